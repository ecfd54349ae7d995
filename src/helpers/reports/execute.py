"""Run one edition through papermill, and say truly what became of it."""

import logging
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.data.project import Project
from helpers.reports.editions import Edition
from helpers.reports.excerpt import excerpt, first_line, last_lines, without_root
from helpers.reports.kernel import Kernels, kernel_log, read_notes
from helpers.reports.lean import load_tools
from helpers.reports.outcome import Limits, Outcome, Status
from helpers.reports.scratch import private_folder

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from helpers.reports.manager import ReportKernelManager

__all__ = ["Limits", "Outcome", "Status", "execute"]
KERNEL = "python3"


class _Stopped(Exception):  # noqa: N818 - nothing went wrong
    """The run was stopped while it waited for its turn."""


class _Watch:
    """Hooks of nbclient that keep hold of the notebook and of the cell now running."""

    def __init__(self, kernels: Kernels) -> None:
        self.kernels = kernels
        self.notebook: Any = None
        self.places: list[int] = []
        self.index = -1
        self.waited = 0.0

    def started(self, notebook: "NotebookNode") -> None:
        """Keep the notebook: papermill gives it back only when all went well."""
        self.notebook = notebook
        for cell in notebook.cells:
            own = "injected-parameters" not in cell.metadata.get("tags", [])
            self.places.append((self.places[-1] if self.places else 0) + own)

    def reached(self, cell: "NotebookNode", cell_index: int) -> None:
        """Note the cell that is about to run."""
        self.index = cell_index

    def place(self, index: int) -> int | None:
        """Return a cell's place in the author's file, where papermill's own cell isn't counted."""
        return self.places[index] if 0 <= index < len(self.places) else None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until fewer than `jobs` runs compute; that time is nobody's fault."""
        asked = time.monotonic()
        with self.kernels.turn:
            self.waited += time.monotonic() - asked
            if self.kernels.stopped.is_set():
                raise _Stopped
            yield


def execute(
    edition: Edition,
    project: Project,
    *,
    limits: Limits | None = None,
    kernels: Kernels | None = None,
) -> Outcome:
    """Run the notebook of an edition in a kernel of its own, again if that dies.

    Parameters
    ----------
    edition : Edition
    project : Project
    limits : Limits, optional
    kernels : Kernels, optional
        What runs beside it, where kernels come from, and how to stop it from another thread.

    Returns
    -------
    Outcome
        Nothing is raised for a failing notebook and nothing is written outside a private
        temporary folder. `KeyboardInterrupt` passes through.

    Raises
    ------
    OSError
        The private folder could not be made.
    """
    start, watch = time.monotonic(), _Watch(kernels or Kernels())
    limits, stopped = limits or Limits(), watch.kernels.stopped
    attempt = 0
    while True:
        attempt += 1
        watch.notebook, watch.places, watch.index = None, [], -1
        outcome = _attempt(edition, project, limits, watch)
        if outcome.status is not Status.KERNEL_DIED or attempt >= limits.attempts:
            break
        if stopped.wait(limits.back_off * 2 ** (attempt - 1)):
            break
    if stopped.is_set() and outcome.status is not Status.SUCCEEDED:
        why = {"error": "Interrupted", "message": "stopped before it was done", "traceback": ""}
        outcome = replace(outcome, status=Status.INTERRUPTED, **why)
    seconds = time.monotonic() - start - watch.waited
    return replace(outcome, seconds=seconds, attempts=attempt)


def _attempt(edition: Edition, project: Project, limits: Limits, watch: _Watch) -> Outcome:
    load_tools()
    from helpers.reports.manager import ReportKernelManager

    with private_folder() as name:
        folder = Path(name)
        manager = ReportKernelManager.bound_to(project, folder, watch.kernels)
        try:
            _run(edition, project, manager, limits, watch)
            outcome = _early_exit(watch)
        except Exception as exception:  # of any kind: one edition must not stop the others
            outcome = _classify(exception, watch, folder, project)
        return replace(outcome, notebook=watch.notebook, reads=_reads(folder), kernel=manager.how)


def _run(
    edition: Edition,
    project: Project,
    manager: "type[ReportKernelManager]",
    limits: Limits,
    watch: _Watch,
) -> None:
    """Do what `papermill.execute_notebook` does, but for its writing.

    That would write the notebook as text twice and take it to pieces again, for a file that nobody
    wants here: a fifth of a run's overhead.
    """
    from papermill.engines import papermill_engines
    from papermill.execute import raise_for_execution_errors

    from helpers.reports.engine import NAME, Engine

    for name in ("papermill", "traitlets"):
        # Without a handler of their own, their warnings would end up on the user's terminal.
        logging.getLogger(name).addHandler(logging.NullHandler())
    papermill_engines.register(NAME, Engine)  # also where the package's metadata is not installed
    notebook = _parametrised(edition, project, NAME)
    papermill_engines.execute_notebook_with_engine(
        NAME,
        notebook,
        KERNEL,
        progress_bar=False,
        limits=limits,
        turn=watch.turn(),
        kernel_manager_class=manager,
        store_widget_state=False,
        record_timing=False,
        on_notebook_start=watch.started,
        on_cell_start=watch.reached,
    )
    raise_for_execution_errors(notebook, None)


def _parametrised(edition: Edition, project: Project, engine: str) -> "NotebookNode":
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    notebook = load_notebook_node(str(project.notebooks / f"{edition.notebook}.ipynb"))
    if not edition.given:
        return notebook
    return parameterize_notebook(
        notebook, edition.given, kernel_name=KERNEL, language="python", engine_name=engine
    )


def _early_exit(watch: _Watch) -> Outcome:
    """Find a cell that left with `sys.exit(0)`: papermill calls that a success, cells missing."""
    for index, cell in enumerate(watch.notebook.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error" and output.ename == "SystemExit":
                message = "the notebook ended before its last cell"
                return _outcome(Status.FAILED, watch.place(index), "SystemExit", message)
    return _outcome(Status.SUCCEEDED, None, "", "")


def _classify(exception: Exception, watch: _Watch, folder: Path, project: Project) -> Outcome:
    """Turn what was raised into an outcome."""
    from papermill.exceptions import PapermillExecutionError

    from helpers.reports.notebook_client import KernelDiedError, LimitError

    place = watch.place(watch.index)
    if isinstance(exception, PapermillExecutionError):
        name, message = exception.ename, without_root(first_line(exception.evalue), project)
        # Nobody but a person or another program interrupts a kernel.
        status = Status.INTERRUPTED if name == "KeyboardInterrupt" else Status.FAILED
        traceback = excerpt(exception.traceback, project)
        return _outcome(status, watch.place(exception.cell_index), name, message, traceback)
    if isinstance(exception, LimitError):
        return _outcome(Status.TIMED_OUT, place, "Timeout", str(exception))
    if isinstance(exception, KernelDiedError):
        log = kernel_log(folder)
        words = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
        message = first_line(words[-1]) if words else _manner(exception.exit_code)
        return _outcome(Status.KERNEL_DIED, place, "KernelDied", message, last_lines(words))
    message = without_root(first_line(str(exception)), project)
    return _outcome(Status.FAILED, place, type(exception).__name__, message)


def _outcome(
    status: Status, cell: int | None, error: str, message: str, traceback: str = ""
) -> Outcome:
    return Outcome(status, 0.0, None, cell, error, message, traceback)


def _manner(exit_code: int | None) -> str:
    """Say how a process ended that said nothing itself."""
    if exit_code is not None and exit_code < 0:
        with suppress(ValueError):
            name = signal.Signals(-exit_code).name
            hint = ", perhaps because memory ran out" if name == "SIGKILL" else ""
            return f"its process was ended by {name}{hint}"
    return "its process ended without a word"


def _reads(folder: Path) -> dict[str, str]:
    """Collect what the notebook loaded.

    Of a file that changed while the notebook ran, the hash that was read first counts: it differs
    from the file as it is now, so the edition will run again.
    """
    notes, reads = read_notes(folder), {}
    lines = notes.read_text(encoding="utf-8").splitlines() if notes.exists() else []
    for line in lines:
        name, _, content_hash = line.partition("\t")
        reads.setdefault(name, content_hash)
    return dict(sorted(reads.items()))
