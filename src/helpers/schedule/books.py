"""The schedule's books: what the plan wants, what was remembered, what the pages say."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from helpers.reports.cadence import last_slot
from helpers.reports.editions import Edition
from helpers.reports.manifest import Record
from helpers.reports.outcome import Status
from helpers.schedule.incidents import Result
from helpers.schedule.marks import HELD, Mark, corrected, due_since, failed, passed

# What an edition is told to be when nothing hindered it.
GOOD = Status.SUCCEEDED


class Books:
    """How far each edition has come, and what became of it.

    Parameters
    ----------
    plan : sequence of Edition
    marks : mapping of str to Mark
        As remembered. Editions that the plan no longer has are forgotten.
    records : mapping of str to Record
        As the manifest of the pages has them: what somebody ran by hand counts as well.
    now : datetime
        Aware.

    Attributes
    ----------
    marks : dict of str to Mark
        By edition; one that nobody has dealt with has none.
    results : list of Result
        What became of editions since the marks were remembered.
    """

    def __init__(
        self,
        plan: Sequence[Edition],
        marks: Mapping[str, Mark],
        records: Mapping[str, Record],
        now: datetime,
    ) -> None:
        self.plan, self.records, self.now = plan, dict(records), now
        self.marks: dict[str, Mark] = {}
        self.results: list[Result] = []
        self._editions = {edition.name: edition for edition in plan}
        for edition in plan:
            mark = self._adopted(edition, marks.get(edition.name))
            if mark:
                self.marks[edition.name] = corrected(mark, edition.cadence, now)

    def due(self) -> dict[str, datetime]:
        """Return the editions to run now, with the slot each is run for."""
        waiting = {
            edition.name: due_since(self.marks.get(edition.name), edition.cadence, self.now)
            for edition in self.plan
        }
        return {name: slot for name, slot in waiting.items() if slot}

    def note(self, record: Record, run: str, at: datetime) -> None:
        """Enter what became of an edition in a run; one that was broken off is still due."""
        self.records[record.edition] = record
        if record.status == Status.INTERRUPTED:
            return
        cadence, mark = self._editions[record.edition].cadence, self.marks.get(record.edition)
        made = (passed if record.good else failed)(mark, cadence, self.now)
        made = replace(made, status=record.status, reason=record.reason, run=run, ran=at)
        if record.good:
            made = replace(made, succeeded=at)
        self.marks[record.edition] = replace(made, seconds=record.seconds)
        self.results.append(_result(record))

    def hold_back(self, name: str, reason: str, at: datetime) -> None:
        """Enter that an edition was due and could not be run, for a reason that is not its own."""
        mark = failed(self.marks.get(name), self._editions[name].cadence, self.now, held=True)
        self.marks[name] = replace(mark, status=HELD, reason=reason, ran=at)

    def moved_on(self, run: str) -> dict[str, str]:
        """Return the editions that have a newer dated one than was looked at, and which that was.

        From now on the newest counts as looked at. Where none was before, only what this `run` made
        is returned: nobody knows what has been told of others.
        """
        found = {}
        for name, mark in self.marks.items():
            record = self.records.get(name)
            if not record or not record.page or record.page.dated == mark.looked:
                continue
            self.marks[name] = replace(mark, looked=record.page.dated)
            if mark.looked or record.run == run:
                found[name] = mark.looked
        return found

    def _adopted(self, edition: Edition, mark: Mark | None) -> Mark | None:
        """Take over what somebody ran by hand, or a run that was killed before it could tell."""
        record = self.records.get(edition.name)
        if not record or not record.good:
            return mark
        at = max(map(_moment, (record.ran, record.verified or record.ran)))
        if mark and mark.ran and at <= mark.ran:
            return mark
        if mark and mark.status not in ("", GOOD):
            self.results.append(_result(record))
        slot = last_slot(edition.cadence, at)
        made = passed(mark, edition.cadence, at) if mark else Mark(slot)
        return replace(
            made,
            status=record.status,
            run=record.run,
            ran=at,
            succeeded=at,
            seconds=record.seconds,
        )


def _result(record: Record) -> Result:
    return Result(
        key=record.edition,
        title=record.title,
        status=record.status,
        reason=record.reason,
        page=record.page.file if record.page else "",
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
