"""What a schedule ought to do, worked out from the cadences alone."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from croniter import croniter
from soak_call import Called

RETRY, LONGEST_RETRY = timedelta(minutes=10), timedelta(hours=1)
SET_BACK = timedelta(hours=3)
WELL, FAILED = {"succeeded", "unchanged"}, {"failed", "timed_out", "kernel_died"}


class Truth:
    """Holds each call against what was due when it was made.

    An edition counts as dealt with in a slot when a call told so: made, found unchanged, or failed.
    One that is held back is not; it is wanted until it is. What a disturbed call told counts if it
    is remembered.

    Parameters
    ----------
    cadences : mapping of str to str

    Attributes
    ----------
    due, done, overtaken : int
        Pairs of edition and slot that were wanted; that were dealt with; and that a newer slot of
        the edition came after before any call could end by itself.
    lost : list of tuple
        Edition, slot and why: wanted, and an undisturbed call passed it over.
    """

    def __init__(self, cadences: Mapping[str, str]) -> None:
        self.cadences = cadences
        self.dealt: dict[str, datetime] = {}
        self.held: dict[str, datetime] = {}
        self.open: dict[str, datetime] = {}
        self.due = self.done = self.overtaken = 0
        self.lost: list[tuple[str, datetime, str]] = []

    @property
    def unaccounted(self) -> int:
        """Pairs that were wanted and that nothing at all became of."""
        return self.due - self.done - self.overtaken - len(self.lost)

    def forget(self) -> None:
        """Note that the state was damaged: when to try again what is held back is not known."""
        self.held = dict.fromkeys(self.held, datetime.min.replace(tzinfo=UTC))

    def note(self, now: datetime, called: Called) -> None:
        """Enter a call.

        Parameters
        ----------
        now : datetime
            What it took for the present.
        called : Called
        """
        wanted = self._wanted(now)
        for name, slot in wanted.items():
            if self.open.get(name) != slot:
                self.overtaken += name in self.open
                self.due += 1
                self.open[name] = slot
        for name, slot in wanted.items():
            status = called.editions.get(name, "")
            kept = name in called.marks and called.marks[name] >= slot
            if kept and status in WELL | FAILED:
                self._settle(name, slot)
            elif kept and status == "held":
                self.dealt[name], self.held[name] = slot, now + RETRY
            elif called.struck is None:
                why = f"{status or 'passed over'}, {'' if kept else 'not '}remembered"
                self.lost.append((name, slot, f"{why} at {now:%Y-%m-%d %H:%M}"))
                self._settle(name, slot)
                self.done -= 1

    def _settle(self, name: str, slot: datetime) -> None:
        self.dealt[name] = slot
        self.open.pop(name)
        self.held.pop(name, None)
        self.done += 1

    def _wanted(self, now: datetime) -> dict[str, datetime]:
        wanted = {}
        for name, cadence in self.cadences.items():
            newest = croniter(cadence, now + timedelta(seconds=1)).get_prev(datetime)
            dealt = self.dealt.get(name)
            if dealt and dealt - now > SET_BACK:
                dealt = self.dealt[name] = newest
                self._give_up(name, now)
            if dealt is None or newest > dealt:
                wanted[name] = newest
            elif name in self.held and self._is_over(self.held[name], now):
                wanted[name] = dealt
        return wanted

    def _give_up(self, name: str, now: datetime) -> None:
        """Forget what was wanted while the clock was far ahead: that is no slot any more.

        What was held back then is to be tried at once.
        """
        if name in self.held:
            self.held[name] = now
        if self.open.pop(name, None):
            self.due -= 1

    @staticmethod
    def _is_over(retry: datetime, now: datetime) -> bool:
        return now >= retry or retry - now > LONGEST_RETRY
