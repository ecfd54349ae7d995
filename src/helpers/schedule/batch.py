"""One call of the schedule: run what is due, remember what became of it, tell who has to know."""

import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from helpers.data.errors import DataError, KarabakhError, ReportError
from helpers.data.project import Project
from helpers.reports.crew import Options
from helpers.reports.editions import Edition
from helpers.reports.lock import BusyError, hold
from helpers.reports.manifest import read_manifest
from helpers.reports.outcome import Status
from helpers.reports.plan import PlanError, read_plan
from helpers.reports.runner import RunResult, run_id, run_reports
from helpers.reports.scratch import sweep
from helpers.reports.signals import Signals
from helpers.schedule.books import Books
from helpers.schedule.delivery import Parcel, deliver, outstanding
from helpers.schedule.figure_changes import FigureChange, figure_changes
from helpers.schedule.incidents import DATA, PLAN, RUN, Result, settle
from helpers.schedule.last_resort import save
from helpers.schedule.log import Log
from helpers.schedule.marks import Mark
from helpers.schedule.messages import write_messages
from helpers.schedule.result import Batch
from helpers.schedule.state import State, put_aside, read_state, state_folder, write_state
from helpers.schedule.told import Told

LOCK = "lock"
# What can be wrong beside single editions.
TITLES = {PLAN: "Plan reports.yml", DATA: "Tables in data/raw", RUN: "Run"}
BROKEN = "broken"
EVENTS = {PLAN: "plan_broken", DATA: "data_broken", RUN: "run_broken"}
# So many lines of what is wrong are remembered.
MOST_LINES = 20


def run_due(
    project: Project,
    *,
    log: Log,
    now: datetime | None = None,
    options: Options | None = None,
    addresses: str = "",
) -> Batch:
    """Run the editions whose time has come.

    Parameters
    ----------
    project : Project
    log : Log
        Told of every event.
    now : datetime, optional
        Aware; what counts as the present, the clock's time by default.
    options : Options, optional
        How they are run.
    addresses : str
        Where alerts go; see `helpers.schedule.secret`.

    Returns
    -------
    Batch
        A failing edition, broken tables or a broken plan are told there, not raised. What was
        remembered changes in one transaction, before alerts are sent.

    Raises
    ------
    StateError, ReportError
        The folder of the state cannot be read or written: nothing is run.
    SystemExit
        A signal came before anything ran.
    """
    now = (now or datetime.now(UTC)).astimezone(UTC)
    folder = state_folder(project)
    try:
        with (
            Signals() as signals,
            hold(folder, LOCK, busy="another call is at work", option=""),
        ):
            log.run = run_id()
            options = replace(options or Options(), now=now, run=log.run)
            batch = _Call(project, folder, now, options, log, signals).make(addresses)
            stopped_by = batch.result.stopped_by if batch.result else 0
            return replace(batch, stopped_by=stopped_by or signals.received)
    except BusyError as error:
        log.event("busy", level="warning", reason=str(error))
        return Batch(busy=str(error))


@dataclass
class _Call:
    """One call, while it holds the lock."""

    project: Project
    folder: Path
    now: datetime
    options: Options
    log: Log
    signals: Signals
    results: list[Result] = field(default_factory=list)
    changes: list[FigureChange] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def make(self, addresses: str) -> Batch:
        state = self._remembered()
        try:
            plan = read_plan(self.project, now=self.now)
        except PlanError as error:
            self._broken(PLAN, error)
            self._close(state, state.marks, None, addresses)
            return Batch(complaints=tuple(self.complaints))
        self._mended(PLAN)
        books = Books(plan, state.marks, read_manifest(self.project.reports), self.now)
        due = books.due()
        result = self._run(books, due) if due else None
        self.results += books.results
        self._look_at_figures(plan, books)
        self._close(state, books.marks, plan, addresses)
        return Batch(tuple(due), result, tuple(self.complaints))

    def _remembered(self) -> State:
        state, damage = read_state(self.folder)
        if damage:
            moved = put_aside(self.folder)
            self.log.event("state_rebuilt", level="warning", reason=damage, kept=str(moved))
        return state

    def _run(self, books: Books, due: Mapping[str, datetime]) -> RunResult | None:
        """Run what is due and enter what became of it, or that it is held back."""
        slots = {name: f"{slot:%Y-%m-%dT%H:%MZ}" for name, slot in due.items()}
        told = Told(self.log, slots)
        try:
            result = run_reports(self.project, due, options=self.options, listener=told)
        except BusyError:
            raise
        except Exception as error:  # of any kind: somebody has to hear of it
            self._hold_back(books, due, error)
            return None
        self._mended(DATA)
        at = datetime.now(UTC)
        for record in result.records:
            books.note(record, result.run, at)
        for fault in result.faults:
            self._broken(RUN, fault)
        if not result.faults:
            self._mended(RUN)
        self.complaints += [line for line in result.complaints if line not in self.complaints]
        self.log.event("run_ends", summary=result.summary, signal=result.stopped_by or None)
        return result

    def _hold_back(self, books: Books, due: Mapping[str, datetime], error: Exception) -> None:
        reason = self._broken(DATA if isinstance(error, DataError) else RUN, error)
        at = datetime.now(UTC)
        for name in due:
            books.hold_back(name, reason, at)
            self.log.event("held_back", level="error", edition=name, reason=reason)
        if not isinstance(error, KarabakhError | OSError):
            self.log.event("traceback", level="error", text=traceback.format_exc())
        # A run clears away what a killed one left; this one did not get so far.
        if self.project.reports.is_dir():
            with suppress(ReportError), hold(self.project.reports):
                sweep()

    def _look_at_figures(self, plan: Sequence[Edition], books: Books) -> None:
        """Find the key figures that moved further than the plan lets pass in silence."""
        limits = {edition.name: edition.alert_change for edition in plan}
        for name, since in books.moved_on(self.log.run).items():
            if (limit := limits[name]) is not None:
                self.changes += figure_changes(self.project.reports, name, limit, since=since)

    def _close(
        self,
        state: State,
        marks: Mapping[str, Mark],
        plan: Sequence[Edition] | None,
        addresses: str,
    ) -> None:
        """Remember, then send; what could not be sent stays in the outbox."""
        self.signals.only_note()
        settled = settle(
            state.incidents,
            self.results,
            now=self.now,
            run=self.log.run,
            planned=None if plan is None else [edition.name for edition in plan],
        )
        messages = write_messages(
            settled, self.changes, project=self.project.root.name, run=self.log.run
        )
        made = (Parcel(message, self.now.isoformat()) for message in messages if addresses)
        new = State(marks, settled.open, (*state.outbox, *made))
        if new != state:
            save(self.folder, new, addresses, project=self.project.root.name)
        if new.outbox:
            self._send(new, addresses)

    def _send(self, state: State, addresses: str) -> None:
        delivery = deliver(state.outbox, addresses)
        left = outstanding(delivery, now=self.now)
        write_state(self.folder, replace(state, outbox=left))
        for fault in delivery.faults:
            self.log.event("alert_fails", level="error", reason=fault)
            self.complaints.append(fault)
        if sent := len(state.outbox) - len(left):
            self.log.event("alerts_sent", messages=sent, waiting=len(left))

    def _broken(self, key: str, error: object) -> str:
        """Enter what is wrong beside single editions; return its first line."""
        lines = str(error).splitlines()
        if isinstance(error, Exception) and not isinstance(error, KarabakhError | OSError):
            lines = [": ".join([type(error).__name__, *lines[:1]])]  # ours to mend
        reason = lines[0] + (f" (and {len(lines) - 1} more)" if len(lines) > 1 else "")
        self.complaints += lines
        told = "\n".join(lines[:MOST_LINES])
        self.results.append(Result(key, TITLES[key], BROKEN, told))
        self.log.event(EVENTS[key], level="error", reason=reason)
        return reason

    def _mended(self, key: str) -> None:
        self.results.append(Result(key, TITLES[key], Status.SUCCEEDED))
