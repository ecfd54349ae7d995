"""What a run tells the log."""

from collections.abc import Mapping

from helpers.reports.manifest import Record
from helpers.schedule.log import Log


class Told:
    """A listener that notes what it hears in the log.

    Parameters
    ----------
    log : Log
    slots : mapping of str to str
        What each edition is run for.
    """

    def __init__(self, log: Log, slots: Mapping[str, str]) -> None:
        self.log, self.slots = log, slots

    def begin(self, total: int) -> None:
        """Note how many editions run."""
        self.log.event("run_begins", editions=total)

    def skipped(self, record: Record) -> None:
        """Note an edition that nothing changed for."""
        slot = self.slots[record.edition]
        self.log.event("edition", edition=record.edition, status="unchanged", slot=slot)

    def done(self, record: Record, why: str) -> None:
        """Note what became of an edition."""
        self.log.event(
            "edition",
            level="info" if record.good else "error",
            edition=record.edition,
            status=record.status,
            slot=self.slots[record.edition],
            seconds=record.seconds,
            why=why,
            reason=record.reason,
            page=record.page.file if record.good and record.page else None,
        )
