"""Run one edition through papermill, and say truly what became of it."""

import logging
import re
import time
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.data.project import Project
from helpers.reports.editions import Edition
from helpers.reports.kernel import Kernels, ReportKernelManager, kernel_log, private_folder
from helpers.reports.loop import with_own_loop

if TYPE_CHECKING:
    from nbformat import NotebookNode

CELL_SECONDS = 600
START_SECONDS = 120
# nbclient gives up after four seconds of silence while a cell's output is still on its way.
OUTPUT_SECONDS = 60
LONGEST_MESSAGE = 300


class Status(StrEnum):
    """What became of a run."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    KERNEL_DIED = "kernel_died"
    TIMED_OUT = "timed_out"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Outcome:
    """The result of one run.

    Attributes
    ----------
    status : Status
        Told by what happened, never by the metadata papermill saves: those say `completed` for
        cells that never ran when a kernel dies or a cell times out.
    seconds : float
        Wall time.
    notebook : NotebookNode or None
        The executed notebook, as far as it got.
    cell : int or None
        The cell at fault: its place in the notebook's file, counted from 1.
    error, message : str
        Name and first line of the error.
    """

    status: Status
    seconds: float
    notebook: "NotebookNode | None" = None
    cell: int | None = None
    error: str = ""
    message: str = ""


class _Watch:
    """Hooks of nbclient that keep hold of the notebook and of the cell now running."""

    def __init__(self) -> None:
        self.notebook: Any = None
        self.index: int | None = None

    def started(self, notebook: "NotebookNode") -> None:
        """Keep the notebook: papermill gives it back only when all went well."""
        self.notebook = notebook

    def reached(self, cell: "NotebookNode", cell_index: int) -> None:
        """Note the cell that is about to run."""
        self.index = cell_index

    def place(self, index: int | None) -> int | None:
        """Return a cell's place in the author's file, where papermill's own cell isn't counted."""
        if index is None or self.notebook is None:
            return None
        cells = self.notebook.cells[: index + 1]
        return sum("injected-parameters" not in cell.metadata.get("tags", []) for cell in cells)


def execute(
    edition: Edition,
    project: Project,
    *,
    cell_seconds: float = CELL_SECONDS,
    kernels: Kernels | None = None,
) -> Outcome:
    """Run the notebook of an edition in a kernel of its own.

    Parameters
    ----------
    edition : Edition
    project : Project
    cell_seconds : float
        Longest time for one cell, in seconds.
    kernels : Kernels, optional
        Registry through which a run in another thread can be stopped.

    Returns
    -------
    Outcome
        Nothing is raised for a failing notebook and nothing is written outside a private
        temporary folder. `KeyboardInterrupt` passes through.
    """
    start, watch, kernels = time.monotonic(), _Watch(), kernels or Kernels()
    with private_folder() as name:
        manager = ReportKernelManager.bound_to(project, Path(name), kernels)
        try:
            with_own_loop(partial(_run, edition, project, manager, watch, cell_seconds))
            status, index, error, message = _early_exit(watch)
        except Exception as exception:  # of any kind: one edition must not stop the others
            status, index, error, message = _classify(exception, watch, kernel_log(Path(name)))
    if kernels.stopped.is_set() and status is not Status.SUCCEEDED:
        status, error, message = Status.INTERRUPTED, "Interrupted", "stopped before it was done"
    seconds = time.monotonic() - start
    return Outcome(status, seconds, watch.notebook, watch.place(index), error, message)


def _run(
    edition: Edition,
    project: Project,
    manager: type[ReportKernelManager],
    watch: _Watch,
    cell_seconds: float,
) -> None:
    import nbformat  # late, like papermill, which alone costs seconds where jupyterlab is installed
    import papermill

    for name in ("papermill", "traitlets"):
        # Without a handler of their own, their warnings would end up on the user's terminal.
        logging.getLogger(name).addHandler(logging.NullHandler())
    notebook = nbformat.read(project.notebooks / f"{edition.notebook}.ipynb", as_version=4)
    papermill.execute_notebook(
        notebook,
        None,  # papermill rewrites its file at every cell, and not atomically: it gets none
        parameters=edition.given,
        kernel_name="python3",
        language="python",
        progress_bar=False,
        start_timeout=START_SECONDS,
        execution_timeout=cell_seconds,
        iopub_timeout=OUTPUT_SECONDS,
        autosave_cell_every=0,
        kernel_manager_class=manager,
        shutdown_kernel="immediate",
        on_notebook_start=watch.started,
        on_cell_start=watch.reached,
    )


def _early_exit(watch: _Watch) -> tuple[Status, int | None, str, str]:
    """Find a cell that left with `sys.exit(0)`: papermill calls that a success, cells missing."""
    for index, cell in enumerate(watch.notebook.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error" and output.ename == "SystemExit":
                return Status.FAILED, index, "SystemExit", "the notebook ended before its last cell"
    return Status.SUCCEEDED, None, "", ""


def _classify(
    exception: Exception, watch: _Watch, log: Path
) -> tuple[Status, int | None, str, str]:
    """Turn what was raised into a status, the index of the cell, a name and a message."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    if isinstance(exception, PapermillExecutionError):
        index, name = exception.cell_index, exception.ename
        return Status.FAILED, index, name, _first_line(exception.evalue)
    if isinstance(exception, CellTimeoutError):
        return Status.TIMED_OUT, watch.index, "Timeout", "the cell took longer than allowed"
    if isinstance(exception, DeadKernelError) or "Kernel died" in str(exception):
        words = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
        message = _first_line(words[-1]) if words else "its process ended without a word"
        return Status.KERNEL_DIED, watch.index, "KernelDied", message
    name = type(exception).__name__
    return Status.FAILED, watch.index, name, _first_line(str(exception))


def _first_line(text: str) -> str:
    """Return the first line without terminal colours, shortened."""
    plain = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text).strip()
    line = plain.splitlines()[0].strip() if plain else ""
    return line if len(line) <= LONGEST_MESSAGE else line[: LONGEST_MESSAGE - 1] + "…"
