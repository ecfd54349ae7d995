"""What a process has from the one that started it, besides its environment."""

import os
import resource
from pathlib import Path
from typing import Any

LIMITS = sorted(name for name in dir(resource) if name.startswith("RLIMIT_"))


def own_surroundings() -> dict[str, Any]:
    """Tell the surroundings a process started from here would have.

    Returns
    -------
    dict of str to object
        ``umask``, ``nice``, ``cpus`` and ``limits`` (name to soft and hard limit), JSON-able.
    """
    # Reading the mask through os.umask means setting it, for all threads.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    mask = next(line.split()[1] for line in status.splitlines() if line.startswith("Umask:"))
    return {
        "umask": int(mask, 8),
        "nice": os.getpriority(os.PRIO_PROCESS, 0),
        "cpus": sorted(os.sched_getaffinity(0)),
        "limits": {name: resource.getrlimit(getattr(resource, name)) for name in LIMITS},
    }


def take_on(surroundings: dict[str, Any]) -> None:
    """Give this process the surroundings of another, as far as it has the right to.

    Parameters
    ----------
    surroundings : dict of str to object
        From `own_surroundings`.

    Raises
    ------
    OSError, ValueError
        A limit or a niceness is asked for that only an administrator may set.
    """
    os.umask(surroundings["umask"])
    if os.sched_getaffinity(0) != set(surroundings["cpus"]):
        os.sched_setaffinity(0, surroundings["cpus"])
    if os.getpriority(os.PRIO_PROCESS, 0) != surroundings["nice"]:
        os.setpriority(os.PRIO_PROCESS, 0, surroundings["nice"])
    for name, limit in surroundings["limits"].items():
        kind = getattr(resource, name)
        if resource.getrlimit(kind) != tuple(limit):
            resource.setrlimit(kind, tuple(limit))
