"""Run one edition through papermill, and say truly what became of it."""

import logging
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.data.project import Project
from helpers.reports.editions import Edition
from helpers.reports.kernel import Kernels, read_notes
from helpers.reports.lean import load_tools
from helpers.reports.outcome import Limits, Outcome, Status
from helpers.reports.scratch import private_folder
from helpers.reports.verdict import OUT_OF_MEMORY, early_exit, verdict
from helpers.reports.watch import Watch

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from helpers.reports.manager import ReportKernelManager

__all__ = ["Limits", "Outcome", "Status", "execute"]
KERNEL = "python3"


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
    start, watch = time.monotonic(), Watch(kernels or Kernels())
    limits, stopped = limits or Limits(), watch.kernels.stopped
    attempt = 0
    while True:
        attempt += 1
        watch.renew()
        outcome = _attempt(edition, project, limits, watch)
        if outcome.status is not Status.KERNEL_DIED or outcome.error == OUT_OF_MEMORY:
            break
        if attempt >= limits.attempts or stopped.wait(limits.back_off * 2 ** (attempt - 1)):
            break
    if stopped.is_set() and outcome.status is not Status.SUCCEEDED:
        why = {"error": "Interrupted", "message": "stopped before it was done", "traceback": ""}
        outcome = replace(outcome, status=Status.INTERRUPTED, **why)
    seconds = time.monotonic() - start - watch.waited
    return replace(outcome, seconds=seconds, attempts=attempt)


def _attempt(edition: Edition, project: Project, limits: Limits, watch: Watch) -> Outcome:
    load_tools()
    from helpers.reports.manager import ReportKernelManager

    with private_folder() as name:
        folder = Path(name)
        cap = limits.memory_gib if limits.capped else 0.0
        manager = ReportKernelManager.bound_to(project, folder, watch.kernels, memory_gib=cap)
        try:
            _run(edition, project, manager, limits, watch)
            outcome = early_exit(watch)
        except Exception as exception:  # of any kind: one edition must not stop the others
            outcome = verdict(exception, watch, folder, project, limits=limits)
        return replace(outcome, notebook=watch.notebook, reads=_reads(folder), kernel=manager.how)


def _run(
    edition: Edition,
    project: Project,
    manager: "type[ReportKernelManager]",
    limits: Limits,
    watch: Watch,
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
