"""Run the editions that need it, publish their pages, keep the record of what became of each."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from helpers.data.freshness import ensure_built, is_built
from helpers.data.project import Project
from helpers.reports import manifest
from helpers.reports.crew import Crew, Options, crew_for
from helpers.reports.editions import Edition, override_as_of, select
from helpers.reports.fingerprint import fingerprint, reason_to_run
from helpers.reports.gather import gather
from helpers.reports.lock import hold
from helpers.reports.manifest import Record
from helpers.reports.outcome import Status
from helpers.reports.scratch import sweep
from helpers.reports.signals import Signals
from helpers.reports.thrift import give_back

if TYPE_CHECKING:
    from helpers.reports.desk import Desk


class Listener(Protocol):
    """Who wants to know how a run gets on."""

    def begin(self, total: int) -> None:
        """Hear that `total` editions are about to run."""

    def skipped(self, record: Record) -> None:
        """Hear of one that does not run because nothing changed."""

    def done(self, record: Record, why: str) -> None:
        """Hear what became of one, and why it ran."""


@dataclass(frozen=True)
class RunResult:
    """What became of a run.

    Attributes
    ----------
    records : tuple of Record
        The editions that were asked for, in the plan's order.
    folder : Path
        Where the pages are.
    unchanged : frozenset of str
        Editions that did not run because nothing changed.
    faults : tuple of str
        What else could not be written, one line each.
    stopped_by : int
        Number of the signal that broke the run off, 0 for none.
    run : str
        Id of the run, as manifest and pages tell it.
    """

    records: tuple[Record, ...]
    folder: Path
    unchanged: frozenset[str] = frozenset()
    faults: tuple[str, ...] = ()
    stopped_by: int = 0
    run: str = ""

    @property
    def failures(self) -> tuple[Record, ...]:
        """The editions that ran and did not succeed."""
        return tuple(record for record in self.records if not record.good)

    @property
    def exit_status(self) -> int:
        """0 when all is well, 1 when anything is not, 128 plus the number of a signal."""
        if self.stopped_by:
            return 128 + self.stopped_by
        return 1 if self.failures or self.faults else 0

    @property
    def complaints(self) -> tuple[str, ...]:
        """One line for everything that went wrong."""
        failed = (f"{item.edition}: {item.status}: {item.reason}" for item in self.failures)
        return (*failed, *self.faults)

    @property
    def summary(self) -> str:
        """How many editions became what, in one line."""
        told = [
            Status.SKIPPED if item.edition in self.unchanged else item.status
            for item in self.records
        ]
        counts = {status: told.count(status) for status in Status if status in told}
        words = {Status.SKIPPED: "unchanged"}
        return ", ".join(
            f"{number} {words.get(status, status.replace('_', ' '))}"
            for status, number in counts.items()
        )

    @property
    def index(self) -> Path:
        """The index page."""
        return self.folder / "index.html"


def run_reports(
    project: Project,
    editions: Iterable[str] | None = None,
    *,
    out: Path | None = None,
    as_of: str | None = None,
    options: Options | None = None,
    listener: Listener | None = None,
) -> RunResult:
    """Check and build the data, re-execute what changed, publish pages, manifest and index.

    With nothing to do, it takes well under a second: nothing heavy is imported.

    Parameters
    ----------
    project : Project
    editions : iterable of str, optional
        Names; all by default.
    out : Path, optional
        Output folder; the project's ``reports`` by default.
    as_of : str, optional
        Day, YYYY-MM-DD, that replaces the editions' own ``as_of``.
    options : Options, optional
        How many at a time, where, how long.
    listener : Listener, optional
        Told of every edition.

    Returns
    -------
    RunResult
        A failing edition stops no other and leaves its last good page as it was. SIGINT, SIGTERM
        and SIGHUP end the kernels; what was done is recorded and comes back as `stopped_by`.

    Raises
    ------
    DataError
        The curated tables break rules: nothing is run.
    ReportError
        The plan breaks rules, an edition is unknown, the output folder cannot be written or is
        held by another run, the cluster does not answer.
    SystemExit
        A signal came before anything ran.
    """
    options = options or Options()
    folder = (out or project.reports).resolve()
    with ExitStack() as stack:
        signals = stack.enter_context(Signals())
        crew = crew_for(project, options)
        begin = cache(lambda: stack.enter_context(crew))
        if options.force or not (folder / manifest.FILE).is_file():
            begin()  # its kernels' parent loads while the rest is seen to, and imported
        from helpers.reports.desk import Desk

        if not (built := is_built(project)):
            begin()
        plan, chosen = _choose(project, editions, as_of, options.now)
        if not built:
            ensure_built(project)
        stack.enter_context(hold(folder))
        sweep()
        desk = Desk(project, folder, plan, options.run or run_id())
        why = _reasons(chosen, desk, force=options.force)
        due = [edition for edition in chosen if why[edition.name]]
        if due:
            begin()
        unchanged = [desk.skip(edition) for edition in chosen if not why[edition.name]]
        desk.open()
        _tell(listener, len(due), unchanged)
        _run(due, crew, desk, why=why, signals=signals, listener=listener)
        records = tuple(desk.records[edition.name] for edition in chosen)
        names = frozenset(record.edition for record in unchanged)
        faults = tuple(desk.faults)
        return RunResult(records, folder, names, faults, signals.received, desk.run)


def _choose(
    project: Project, editions: Iterable[str] | None, as_of: str | None, now: datetime | None
) -> tuple[tuple[Edition, ...], tuple[Edition, ...]]:
    """Read the plan, and choose of it what is asked for."""
    from helpers.reports.plan import read_plan

    plan = read_plan(project, now=now)
    return plan, override_as_of(select(plan, editions or ()), as_of)


def _run(
    due: Sequence[Edition],
    crew: Crew,
    desk: "Desk",
    *,
    why: Mapping[str, str],
    signals: Signals,
    listener: Listener | None,
) -> None:
    """Let the crew run the editions, publish each here, and write the index whatever happens."""
    # As things are now: what changes while the notebooks run is noticed by the next run.
    made_from = {edition.name: fingerprint(edition, desk.project) for edition in due}
    before = gather(desk.folder, due, desk.project)
    signals.stop = crew.stop
    try:
        for finished in crew.run(due, before) if due else ():
            name, reads = finished.edition.name, finished.outcome.reads
            record = desk.publish(finished, made_from[name] | {"tables": reads})
            give_back()  # the page is large, and nobody needs it any more
            if listener:
                listener.done(record, why[name])
    finally:
        signals.only_note()  # all that is left is to write down what became of it
        desk.close()


def _reasons(chosen: Sequence[Edition], desk: "Desk", *, force: bool) -> dict[str, str]:
    """Say why each edition is to run; nothing for one that isn't."""
    if force:
        return {edition.name: "forced" for edition in chosen}
    return {edition.name: _reason(edition, desk) for edition in chosen}


def _reason(edition: Edition, desk: "Desk") -> str:
    """Say why an edition is to run, unless a run that was killed had done so already."""
    why = _why(edition, desk)
    return _why(edition, desk) if why and desk.adopt(edition) else why


def _why(edition: Edition, desk: "Desk") -> str:
    return reason_to_run(edition, desk.records.get(edition.name), desk.project, desk.folder)


def _tell(listener: Listener | None, total: int, unchanged: Sequence[Record]) -> None:
    if listener:
        for record in unchanged:
            listener.skipped(record)
        listener.begin(total)


def run_id() -> str:
    """Name a run by when it began; the ending tells runs of one second apart."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
