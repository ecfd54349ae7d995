"""Says what became of an attempt, from what was raised and what the kernel left behind."""

import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.data.project import Project
from helpers.reports.excerpt import excerpt, first_line, last_lines, without_root
from helpers.reports.kernel import kernel_log
from helpers.reports.memory import with_cap, words_of_memory
from helpers.reports.outcome import Limits, Outcome, Status
from helpers.reports.watch import Stopped, Watch

if TYPE_CHECKING:
    from helpers.reports.notebook_client import KernelDiedError

# What a death is called that another attempt would not spare.
OUT_OF_MEMORY = "OutOfMemory"


def early_exit(watch: Watch) -> Outcome:
    """Find a cell that left with `sys.exit(0)`: papermill calls that a success, cells missing.

    Parameters
    ----------
    watch : Watch
        Of a run in which nothing was raised.

    Returns
    -------
    Outcome
        A success if there is none.
    """
    for index, cell in enumerate(watch.notebook.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error" and output.ename == "SystemExit":
                message = "the notebook ended before its last cell"
                return _outcome(Status.FAILED, watch.place(index), "SystemExit", message)
    return _outcome(Status.SUCCEEDED, None, "", "")


def verdict(
    exception: Exception, watch: Watch, folder: Path, project: Project, *, limits: Limits
) -> Outcome:
    """Turn what was raised into an outcome.

    Parameters
    ----------
    exception : Exception
    watch : Watch
    folder : Path
        The run's private folder, with the log of its kernel.
    project : Project
        Its root is left out of messages.
    limits : Limits

    Returns
    -------
    Outcome
    """
    from papermill.exceptions import PapermillExecutionError

    from helpers.reports.notebook_client import KernelDiedError, LimitError

    place = watch.place(watch.index)
    if isinstance(exception, PapermillExecutionError):
        name, message = exception.ename, without_root(first_line(exception.evalue), project)
        # Nobody but a person or another program interrupts a kernel.
        status = Status.INTERRUPTED if name == "KeyboardInterrupt" else Status.FAILED
        if name.endswith("MemoryError"):  # pyarrow has one of its own
            message = with_cap(message, limits)
        traceback = excerpt(exception.traceback, project)
        return _outcome(status, watch.place(exception.cell_index), name, message, traceback)
    if isinstance(exception, LimitError):
        return _outcome(Status.TIMED_OUT, place, "Timeout", str(exception))
    if isinstance(exception, KernelDiedError):
        return _death(exception, place, folder, limits)
    if isinstance(exception, Stopped):
        return _outcome(Status.INTERRUPTED, None, "Interrupted", "stopped before its turn came")
    message = without_root(first_line(str(exception)), project)
    return _outcome(Status.FAILED, place, type(exception).__name__, message)


def _outcome(
    status: Status, cell: int | None, error: str, message: str, traceback: str = ""
) -> Outcome:
    return Outcome(status, 0.0, None, cell, error, message, traceback)


def _death(
    exception: "KernelDiedError", place: int | None, folder: Path, limits: Limits
) -> Outcome:
    """Tell of a kernel that died, from its last words where it had any."""
    log = kernel_log(folder)
    words = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    error, message = "KernelDied", first_line(words[-1]) if words else _manner(exception.exit_code)
    if limits.capped and (told := words_of_memory(words)):
        error, message = OUT_OF_MEMORY, with_cap(first_line(told), limits)
    return _outcome(Status.KERNEL_DIED, place, error, message, last_lines(words))


def _manner(exit_code: int | None) -> str:
    """Say how a process ended that said nothing itself."""
    if exit_code is not None and exit_code < 0:
        with suppress(ValueError):
            name = signal.Signals(-exit_code).name
            hint = ", perhaps because memory ran out" if name == "SIGKILL" else ""
            return f"its process was ended by {name}{hint}"
    return "its process ended without a word"
