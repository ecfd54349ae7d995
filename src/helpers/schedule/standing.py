"""How each edition stands: when it last ran, when it will next, whether all is as it should be."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from helpers.data.project import Project
from helpers.reports.cadence import next_slot
from helpers.reports.editions import Edition
from helpers.reports.manifest import read_manifest
from helpers.reports.plan import read_plan
from helpers.schedule.books import GOOD, Books
from helpers.schedule.marks import due_since, next_time
from helpers.schedule.state import State, read_state, state_folder

# A slot may wait so long for whoever calls `karabakh due`, and for the run before it.
PATIENCE = timedelta(hours=1)


@dataclass(frozen=True)
class Standing:
    """How one edition stands.

    Attributes
    ----------
    edition, title, cadence : str
    status : str
        Of the last scheduled run: a `Status` value, ``held``, or empty when it never ran.
    reason : str
        Why the last run failed, one line; empty when it did not.
    last_run, last_success : datetime or None
        When the schedule, or somebody by hand, last dealt with it, and last well, UTC.
    next_run : datetime
        When the schedule will next deal with it: a slot, a further try, or now.
    period : timedelta
        From its next slot to the one after.
    due_since : datetime or None
        Slot or further try that waits to be dealt with.
    overdue : bool
        Whether that has waited longer than an hour, or than its period.
    failing : bool
        Whether the last run failed, or it is held back.
    seconds : float or None
        How long the notebook ran.
    run : str
        Id of the last run.
    """

    edition: str
    title: str
    cadence: str
    status: str
    reason: str
    last_run: datetime | None
    last_success: datetime | None
    next_run: datetime
    period: timedelta
    due_since: datetime | None
    overdue: bool
    failing: bool
    seconds: float | None
    run: str


@dataclass(frozen=True)
class Overview:
    """How everything stands.

    Attributes
    ----------
    standings : tuple of Standing
        In the plan's order.
    state : State
    damage : str
        What is wrong with the state file; empty when nothing is.
    now : datetime
        When this was so.
    """

    standings: tuple[Standing, ...]
    state: State
    damage: str
    now: datetime

    @property
    def well(self) -> bool:
        """Whether nothing is overdue, failing or told as wrong."""
        troubled = any(item.overdue or item.failing for item in self.standings)
        return not (troubled or self.state.incidents or self.damage)

    @property
    def next_time(self) -> datetime:
        """When the schedule has something to do again."""
        return min(item.next_run for item in self.standings)


def overview(project: Project, now: datetime | None = None) -> Overview:
    """Find out how everything stands; nothing is changed.

    Parameters
    ----------
    project : Project
    now : datetime, optional
        Aware; the present by default.

    Returns
    -------
    Overview

    Raises
    ------
    PlanError
        The plan breaks rules.
    StateError
        The state cannot be read.
    """
    now = (now or datetime.now(UTC)).astimezone(UTC)
    plan = read_plan(project, now=now)
    state, damage = read_state(state_folder(project))
    books = Books(plan, state.marks, read_manifest(project.reports), now)
    return Overview(tuple(_standing(books, edition) for edition in plan), state, damage, now)


def _standing(books: Books, edition: Edition) -> Standing:
    mark, record = books.marks.get(edition.name), books.records.get(edition.name)
    waits = due_since(mark, edition.cadence, books.now)
    slot = next_slot(edition.cadence, books.now)
    period = next_slot(edition.cadence, slot) - slot
    if waits and mark and mark.retry:
        waits = max(waits, mark.retry)
    made = datetime.fromisoformat(record.page.made) if record and record.page else None
    return Standing(
        edition=edition.name,
        title=edition.title,
        cadence=edition.cadence,
        status=mark.status if mark else "",
        reason=mark.reason if mark else "",
        last_run=mark.ran if mark else None,
        last_success=(mark and mark.succeeded) or made,
        next_run=next_time(mark, edition.cadence, books.now),
        period=period,
        due_since=waits,
        overdue=waits is not None and books.now - waits > min(period, PATIENCE),
        failing=mark is not None and mark.status not in ("", GOOD),
        seconds=mark.seconds if mark else None,
        run=mark.run if mark else "",
    )
