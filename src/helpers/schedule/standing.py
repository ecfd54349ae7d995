"""How an edition stands with its cadence."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Standing:
    """Last and next run of one edition; every moment is in UTC.

    Attributes
    ----------
    edition, title, cadence : str
        As the plan has them.
    status : str
        Of the last run: a `Status` value, "held", or "" when it never ran.
    reason : str
        Why the last run failed, one line; "" when it did not.
    last_run : datetime or None
        When a scheduled run last dealt with it.
    last_success : datetime or None
        When one last went well.
    next_run : datetime
        When the schedule will next deal with it: a slot, or a retry.
    period : timedelta
        Between this slot and the next.
    due_since : datetime or None
        The slot that waits to be dealt with; None when there is none.
    overdue, failing : bool
        Whether a slot has waited too long, and whether the last run went wrong.
    seconds : float or None
        Duration of the last run.
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
