"""What a process takes over only once, when it starts, and a fork can therefore not change."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

# Read by Python, the C library or one of the preloaded packages while they start.
ONCE = (
    *("PYTHON", "LC_", "LD_", "MALLOC_", "GLIBC_"),
    *("MPL", "MATPLOTLIB", "PANDAS_", "NPY_", "NUMPY_", "ARROW_"),
)
ONCE_NAMES = {"HOME", "LANG", "LANGUAGE", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"}
# The kernel sets its backend itself, the search path is compared as paths, and the hash seed of
# warm kernels is always 0.
ELSEWHERE = {"MPLBACKEND", "PYTHONPATH", "PYTHONHASHSEED"}
HASH_SEED = "0"
# More than one thread in the parent would make forks unsafe, and these libraries start theirs when
# they are loaded.
ONE_THREAD = dict.fromkeys(
    (
        *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"),
        *("NUMEXPR_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"),
    ),
    "1",
)
# pyarrow's allocator would set aside a whole GiB for the first table, which counts as taken where
# memory is limited.
SPARING = {"MIMALLOC_ARENA_EAGER_COMMIT": "0"}

# As this process started: packages change their process's environment while they are imported.
STARTED = dict(os.environ)


def taken_once(environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Select the variables that only a starting process heeds.

    Parameters
    ----------
    environment : mapping of str to str
        Environment of a kernel.
    folder : Path
        Folder the kernel starts in; relative entries of ``PYTHONPATH`` count from there.

    Returns
    -------
    dict of str to str
        Those variables, ``PYTHONPATH`` made absolute.
    """
    chosen = {
        name: value
        for name, value in environment.items()
        if name not in ELSEWHERE and (name.startswith(ONCE) or name in ONCE_NAMES)
    }
    entries = environment.get("PYTHONPATH", "").split(os.pathsep)
    absolute = [str((folder / entry).resolve()) for entry in entries if entry]
    return chosen | ({"PYTHONPATH": os.pathsep.join(absolute)} if absolute else {})


def parent_environment(once: Mapping[str, str]) -> dict[str, str]:
    """Make the environment of a parent: nothing of a user's goes in that kernels don't share.

    Parameters
    ----------
    once : mapping of str to str
        From `taken_once`.
    """
    path = {name: os.environ[name] for name in ("PATH",) if name in os.environ}
    return {**path, **once, **ONE_THREAD, **SPARING, "PYTHONHASHSEED": HASH_SEED}


def reason_against(environment: Mapping[str, str], folder: Path) -> str:
    """Say why this process, as it started, cannot fork such a kernel.

    Parameters
    ----------
    environment : mapping of str to str
        Environment the kernel shall have.
    folder : Path
        Folder it shall start in.

    Returns
    -------
    str
        Empty if it can.
    """
    if environment.get("PYTHONHASHSEED", "") not in ("", "random", HASH_SEED):
        return f"PYTHONHASHSEED={environment['PYTHONHASHSEED']}: warm kernels have {HASH_SEED}"
    asked, mine = taken_once(environment, folder), taken_once(STARTED, Path("/"))
    if differing := sorted(n for n in asked | mine if asked.get(n) != mine.get(n)):
        return f"{', '.join(differing)}: not as when the warm parent started"
    if (folder / "matplotlibrc").exists():
        return f"{folder / 'matplotlibrc'}: matplotlib's settings are read already"
    if hidden := _hides(folder):
        return f"{hidden}: goes before a module that is loaded already"
    return ""


def _hides(folder: Path) -> Path | None:
    """Find a file that a cold kernel, which looks in its own folder first, would import instead."""
    loaded = {name.partition(".")[0] for name in sys.modules}
    for entry in sorted(os.listdir(folder)):  # noqa: PTH208 - names are all that is needed
        name, dot, ending = entry.partition(".")
        if name not in loaded or (dot and ending.rpartition(".")[2] not in ("py", "so")):
            continue
        path = folder / entry if dot else folder / entry / "__init__.py"
        mine = getattr(sys.modules.get(name), "__file__", None)
        if path.is_file() and not (mine and path.samefile(mine)):
            return path
    return None


def set_since_start() -> dict[str, str]:
    """Return the variables that imports have set in this process, as they would in any kernel."""
    return {name: value for name, value in os.environ.items() if STARTED.get(name) != value}
