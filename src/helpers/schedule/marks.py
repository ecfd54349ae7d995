"""How far the schedule has come with each edition, and what that makes due; no clock, no files.

A slot is a moment that a cadence names. Slots that were missed are caught up once: the newest
counts for all before it. What failed is tried again soon, then later, then at the next slot.
"""

from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from helpers.reports.cadence import last_slot, next_slot

RETRIES = (timedelta(minutes=10), timedelta(hours=1))
# An edition held back waits for somebody to mend what hinders it, not for its next slot.
HELD, HELD_RETRY = "held", RETRIES[0]
# A clock that is set back by so little (a correction) repeats nothing, as with cron. By more, it
# was wrong before, and the schedule goes on from the present.
SET_BACK = timedelta(hours=3)


@dataclass(frozen=True)
class Mark:
    """How far the schedule has come with an edition.

    Attributes
    ----------
    slot : datetime
        The newest slot that was dealt with, UTC.
    status : str
        What became of the last scheduled run: a `Status`, or ``held``.
    reason : str
        Why it failed, one line.
    run : str
        Its id.
    ran, succeeded : datetime or None
        When the edition was last dealt with, and last well; by the real clock.
    seconds : float or None
        How long its notebook ran.
    tries : int
        Failures in a row since the slot.
    retry : datetime or None
        When to try again before the next slot.
    looked : str
        The dated edition whose key figures were looked at last.
    """

    slot: datetime
    status: str = ""
    reason: str = ""
    run: str = ""
    ran: datetime | None = None
    succeeded: datetime | None = None
    seconds: float | None = None
    tries: int = 0
    retry: datetime | None = None
    looked: str = ""

    def plain(self) -> dict[str, Any]:
        """Return it as values that JSON knows."""
        values = asdict(self).items()
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in values
        }

    @classmethod
    def from_plain(cls, values: dict[str, Any]) -> "Mark":
        """Read what `plain` wrote.

        Raises
        ------
        TypeError, ValueError, KeyError
            It makes no sense.
        """
        texts, moments = (
            ("status", "reason", "run", "looked"),
            ("slot", "ran", "succeeded", "retry"),
        )
        made = {item.name: values[item.name] for item in fields(cls)}
        for name in moments:
            made[name] = None if made[name] is None else _moment(made[name])
        kinds: dict[str, Any] = dict.fromkeys(texts, str) | {
            "slot": datetime,
            "tries": int,
            "seconds": float | int | None,
        }
        if wrong := [name for name, kind in kinds.items() if not isinstance(made[name], kind)]:
            raise TypeError(f"a mark's {wrong[0]} is {made[wrong[0]]!r}")
        return cls(**made)


def due_since(mark: Mark | None, cadence: str, now: datetime) -> datetime | None:
    """Return the slot that waits to be dealt with.

    Parameters
    ----------
    mark : Mark or None
        None for an edition nobody has dealt with: it is due.
    cadence : str
    now : datetime
        Aware.

    Returns
    -------
    datetime or None
        None when there is none, and while a failure waits for its next try.
    """
    slot = last_slot(cadence, now)
    if mark is None or slot > mark.slot:
        return slot
    return mark.slot if mark.retry and _is_over(mark.retry, now) else None


def next_time(mark: Mark | None, cadence: str, now: datetime) -> datetime:
    """Return when an edition that is not due will be; `now` for one that is."""
    if due_since(mark, cadence, now):
        return now
    slot = next_slot(cadence, max(now, mark.slot) if mark else now)
    return min(slot, mark.retry) if mark and mark.retry else slot


def corrected(mark: Mark, cadence: str, now: datetime) -> Mark:
    """Return the mark as it is to be after the clock was set back.

    A mark further ahead than `SET_BACK` is put at the present: every slot from now on is kept, and
    what waited for a further try is tried now.
    """
    if mark.slot - now <= SET_BACK:
        return mark
    slot = last_slot(cadence, now)
    return replace(mark, slot=slot, tries=0, retry=now if mark.retry else None)


def passed(mark: Mark | None, cadence: str, now: datetime) -> Mark:
    """Return the mark after an edition was dealt with well.

    What became of it is for the caller to fill in.
    """
    slot = _newest(mark, cadence, now)
    return replace(mark or Mark(slot), slot=slot, tries=0, retry=None, reason="")


def failed(mark: Mark | None, cadence: str, now: datetime, *, held: bool = False) -> Mark:
    """Return the mark after an edition failed, or was held back.

    Parameters
    ----------
    mark : Mark or None
        As it was before.
    cadence : str
    now : datetime
    held : bool
        Nothing was run: it waits until what hinders it is mended.

    Returns
    -------
    Mark
        With the time of its next try, or none: then the next slot comes first.
    """
    slot = _newest(mark, cadence, now)
    before = mark.tries if mark and mark.slot == slot else 0
    wait = HELD_RETRY if held else next(iter(RETRIES[before : before + 1]), None)
    retry = now + wait if wait else None
    return replace(mark or Mark(slot), slot=slot, tries=before + (not held), retry=retry)


def _newest(mark: Mark | None, cadence: str, now: datetime) -> datetime:
    slot = last_slot(cadence, now)
    return max(slot, mark.slot) if mark else slot


def _is_over(retry: datetime, now: datetime) -> bool:
    """Whether a retry's time has come; further ahead than any wait, the clock was set back."""
    return now >= retry or retry - now > max(RETRIES)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return moment.astimezone(UTC)
