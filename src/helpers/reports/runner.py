"""Run editions, publish their pages, and keep the record of what became of each."""

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from helpers.data.build import build
from helpers.data.project import Project
from helpers.reports.desk import INDEX, Desk
from helpers.reports.editions import Edition, override_as_of, select
from helpers.reports.execute import Outcome, Status, execute
from helpers.reports.kernel import Kernels
from helpers.reports.manifest import Record
from helpers.reports.plan import read_plan


class Listener(Protocol):
    """Who wants to know how a run gets on."""

    def begin(self, total: int) -> None:
        """Hear that `total` editions are about to run."""

    def done(self, record: Record) -> None:
        """Hear what became of one."""


@dataclass(frozen=True)
class RunResult:
    """What became of a run.

    Attributes
    ----------
    records : tuple of Record
        The editions that were asked for, in the plan's order.
    folder : Path
        Where the pages are.
    interrupted : bool
        Whether the run was broken off.
    """

    records: tuple[Record, ...]
    folder: Path
    interrupted: bool = False

    @property
    def failures(self) -> tuple[Record, ...]:
        """The editions that did not succeed."""
        return tuple(record for record in self.records if record.status != Status.SUCCEEDED)

    @property
    def index(self) -> Path:
        """The index page."""
        return self.folder / INDEX


def run_reports(
    project: Project,
    editions: Iterable[str] | None = None,
    *,
    out: Path | None = None,
    as_of: str | None = None,
    jobs: int | None = None,
    listener: Listener | None = None,
) -> RunResult:
    """Check and build the data, re-execute editions, publish pages, manifest and index.

    Parameters
    ----------
    project : Project
    editions : iterable of str, optional
        Names; all by default.
    out : Path, optional
        Output folder; the project's ``reports`` by default.
    as_of : str, optional
        Day, YYYY-MM-DD, that replaces the editions' own ``as_of``.
    jobs : int, optional
        Editions run at a time; the number of processors by default.
    listener : Listener, optional
        Told of every edition.

    Returns
    -------
    RunResult
        A failing edition stops no other and leaves its last good page as it was. Ctrl-C ends the
        kernels, records what was done, and comes back as `interrupted`.

    Raises
    ------
    DataError
        The curated tables break rules: nothing is run.
    ReportError
        The plan breaks rules, an edition is unknown, the output folder cannot be written.
    """
    plan = read_plan(project)
    chosen = override_as_of(select(plan, editions or ()), as_of)
    build(project)
    desk = Desk(project, (out or project.reports).resolve(), plan)
    if listener:
        listener.begin(len(chosen))
    interrupted = _run_all(chosen, desk, jobs or os.cpu_count() or 1, listener)
    desk.publish_index()
    records = tuple(desk.records[edition.name] for edition in chosen)
    return RunResult(records, desk.folder, interrupted)


def _run_all(editions: Sequence[Edition], desk: Desk, jobs: int, listener: Listener | None) -> bool:
    """Execute in threads, publish in this one; return whether the run was broken off."""
    kernels, interrupted = Kernels(), False
    waiting: dict[Future[Outcome], Edition] = {}

    def publish(future: Future[Outcome]) -> None:
        edition = waiting.pop(future)
        try:
            outcome = future.result()
        except CancelledError:
            outcome = Outcome(Status.INTERRUPTED, 0.0, None, None, "Interrupted", "never begun")
        record = desk.publish(edition, outcome)
        if listener:
            listener.done(record)

    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        for edition in editions:
            waiting[pool.submit(execute, edition, desk.project, kernels=kernels)] = edition
        try:
            for future in as_completed(list(waiting)):
                publish(future)
        except KeyboardInterrupt:
            interrupted = True
            kernels.stop()
            pool.shutdown(wait=True, cancel_futures=True)
            for future in list(waiting):
                publish(future)
    return interrupted
