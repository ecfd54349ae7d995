"""Keeps a notebook to its memory, in the kernel's own process, and lets the kernel tell of it.

Linux counts what a process has set aside for data and refuses what goes beyond a limit; the cell
then ends with `MemoryError`. To tell of that takes memory as well, while the cell's frames still
hold all they took. So the cap holds while the notebook's own code runs, and whatever Jupyter does
around it has a reserve.
"""

import re
import resource
import sys
from pathlib import Path
from typing import Any

GIB = 2**30
# Enough to load what sets a traceback in type, and to send it.
RESERVE = 256 * 2**20
LOST = re.compile(r"without (setting an )?exception")


class Cap:
    """The cap on this process, which can be lifted to leave a reserve.

    Parameters
    ----------
    gib : float
        In GiB. Where the system allows less already, that holds.
    """

    def __init__(self, gib: float) -> None:
        self.bytes, most = int(gib * GIB), resource.getrlimit(resource.RLIMIT_DATA)[1]
        # Kept to less than it has already, a kernel could not even start.
        top = max(self.bytes, _taken()) + RESERVE
        top = top if most == resource.RLIM_INFINITY else min(top, most)
        self._capped, self._lifted = (min(self.bytes, top), top), (top, top)

    def hold(self) -> None:
        """Refuse what goes beyond the cap."""
        resource.setrlimit(resource.RLIMIT_DATA, self._capped)

    def lift(self) -> None:
        """Give the reserve; needs no memory itself."""
        resource.setrlimit(resource.RLIMIT_DATA, self._lifted)

    def true_error(self, error: BaseException | None) -> BaseException | None:
        """Return an error as what it was.

        Where there is no memory for a traceback either, Python may lose the error, and raises
        `SystemError` for its being lost.
        """
        if isinstance(error, SystemError) and LOST.search(str(error)):
            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            if most > self.bytes / 2:
                return MemoryError(str(error)).with_traceback(error.__traceback__)
        return error


def keep_to(gib: float) -> None:
    """Let this kernel's notebook have so much memory and no more; called before it starts.

    Parameters
    ----------
    gib : float
        In GiB.
    """
    from ipykernel.zmqshell import ZMQInteractiveShell

    cap, kind = Cap(gib), ZMQInteractiveShell
    run, show = kind.run_code, kind.showtraceback

    async def run_code(
        self: ZMQInteractiveShell, code_obj: Any, result: Any = None, *, async_: bool = False
    ) -> bool:
        try:
            cap.hold()
            return await run(self, code_obj, result, async_=async_)
        except MemoryError as error:  # there was not even enough to begin to tell of one
            cap.lift()
            if result is not None:
                result.error_in_exec = error
            self.showtraceback()
            return True
        finally:
            cap.lift()

    def showtraceback(self: ZMQInteractiveShell, exc_tuple: Any = None, **options: Any) -> None:
        cap.lift()
        error = cap.true_error(sys.exception())
        if exc_tuple is None and error is not sys.exception():
            exc_tuple = (type(error), error, error and error.__traceback__)
        show(self, exc_tuple, **options)

    setattr(kind, "run_code", run_code)  # noqa: B010 - as it is put in place of another
    setattr(kind, "showtraceback", showtraceback)  # noqa: B010
    cap.lift()


def _taken() -> int:
    """Return how many bytes this process has set aside."""
    data = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
    return data * resource.getpagesize()
