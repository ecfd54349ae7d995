"""The kernels of a run: how many compute at a time, and how all of them are stopped."""

import os
import signal
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.data.project import ALERTS_VARIABLE, READS_VARIABLE, ROOT_VARIABLE, Project
from helpers.warm.startup import SPARING

if TYPE_CHECKING:
    from helpers.warm.client import WarmParent


class Kernels:
    """The kernels now running, so that an interrupted run leaves none behind.

    Parameters
    ----------
    parent : WarmParent, optional
        What kernels are forked from; without it they start cold.
    jobs : int, optional
        How many run cells at a time; the number of processors by default. More may be starting or
        ending meanwhile.

    Attributes
    ----------
    closed : Event
        Whether no run may begin any more.
    stopped : Event
        Whether all was stopped.
    turn : Semaphore
        Held by a run while its cells run.
    """

    def __init__(self, parent: "WarmParent | None" = None, jobs: int | None = None) -> None:
        self.parent = parent
        self.closed, self.stopped = threading.Event(), threading.Event()
        self.turn = threading.BoundedSemaphore(max(1, jobs or os.cpu_count() or 1))
        self._groups: set[int] = set()
        self._lock = threading.Lock()

    def add(self, group: int) -> None:
        """Remember a kernel by its process group, or end it at once after `stop`."""
        with self._lock:
            self._groups.add(group)
            if self.stopped.is_set():
                _kill(group)

    def remove(self, group: int) -> None:
        """Forget a kernel that has ended."""
        with self._lock:
            self._groups.discard(group)

    def stop(self) -> None:
        """Kill every kernel; their runs end as interrupted."""
        self.closed.set()
        with self._lock:
            self.stopped.set()
            for group in self._groups:
                _kill(group)


def _kill(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def kernel_environment(project: Project, folder: Path) -> dict[str, str]:
    """Build the environment a notebook runs in, the same wherever the command was called.

    Parameters
    ----------
    project : Project
        Becomes ``KARABAKH_ROOT``, so a copy of the project is reported on as itself.
    folder : Path
        Private folder for IPython's profile and history, so that none of the user's settings take
        part, and for the notes of what is read.

    Returns
    -------
    dict of str to str
        A fixed hash seed, UTC, the inline backend, no memory set aside in vain, and ``PYTHONPATH``
        made absolute because the kernel's folder is another. Without the addresses of alerts:
        those are secrets.
    """
    environment = {name: os.environ[name] for name in os.environ if name != ALERTS_VARIABLE}
    paths = environment.get("PYTHONPATH", "").split(os.pathsep)
    environment["PYTHONPATH"] = os.pathsep.join(str(Path(path).resolve()) for path in paths if path)
    environment |= {
        ROOT_VARIABLE: str(project.root),
        READS_VARIABLE: str(read_notes(folder)),
        "PYTHONHASHSEED": "0",
        "TZ": "UTC",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "IPYTHONDIR": str(profile_folder(folder).parent),
        **SPARING,
    }
    return environment


def profile_folder(folder: Path) -> Path:
    """Return the folder of IPython's settings for the kernel."""
    return folder / "ipython" / "profile_default"


def kernel_log(folder: Path) -> Path:
    """Return where the kernel's process writes what doesn't belong to a cell."""
    return folder / "kernel.log"


def read_notes(folder: Path) -> Path:
    """Return where the kernel's process notes what it loads."""
    return folder / "reads"
