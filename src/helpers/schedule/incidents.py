"""Incidents: what is wrong, from the run that found it to the run that found it well again."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from helpers.reports.outcome import Status

# Keys of results that are about the run as a whole; the brackets keep them apart from editions.
DATA, PLAN, RUN = "(data)", "(plan)", "(run)"
WHOLE = (DATA, PLAN, RUN)


@dataclass(frozen=True)
class Result:
    """What became of one edition, or of the run as a whole.

    Attributes
    ----------
    key : str
        Name of the edition; `DATA`, `PLAN` or `RUN` where tables, plan or output folder hold all
        editions back.
    title : str
        How readers know it.
    status : str
        A :class:`helpers.reports.outcome.Status`.
    reason : str
        Why it is not good: the cell and the error, or one line per problem.
    remedy : str
        What to do; empty for what is usual after this status.
    page : str
        Path of the last good page; may be empty.
    """

    key: str
    title: str
    status: str
    reason: str = ""
    remedy: str = ""
    page: str = ""

    @property
    def good(self) -> bool:
        """Whether nothing is wrong; an interrupted run leaves that open."""
        return self.status in (Status.SUCCEEDED, Status.SKIPPED)


@dataclass(frozen=True)
class Incident:
    """Something that is wrong, and was told.

    Attributes
    ----------
    key, title, status, reason : str
        As in the result that began it.
    since : str
        When that was, ISO 8601 in UTC.
    run : str
        Which run that was.
    """

    key: str
    title: str
    status: str
    reason: str
    since: str
    run: str

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Incident":
        """Read what `dataclasses.asdict` wrote.

        Raises
        ------
        TypeError, ValueError
            It makes no sense.
        """
        incident = cls(**texts(plain))
        datetime.fromisoformat(incident.since)
        return incident


@dataclass(frozen=True)
class Settled:
    """Incidents after a run.

    Attributes
    ----------
    open : dict of str to Incident
        By key: all that is wrong now.
    opened, closed : tuple of (Incident, Result)
        Those that began and those that ended with this run, each with the result that did it.
    """

    open: dict[str, Incident]
    opened: tuple[tuple[Incident, Result], ...] = ()
    closed: tuple[tuple[Incident, Result], ...] = ()


def settle(
    known: Mapping[str, Incident],
    results: Iterable[Result],
    *,
    now: datetime,
    run: str,
    planned: Collection[str] | None = None,
) -> Settled:
    """Set the results of a run against the incidents that are open.

    Parameters
    ----------
    known : mapping of str to Incident
        Open before the run, by key.
    results : iterable of Result
        What has no result, or was interrupted, stays as it is. Of two with one key the last counts.
    now : datetime
        Aware; when the run ended.
    run : str
        Its id.
    planned : collection of str, optional
        Names of all editions of the plan: incidents of others are forgotten. None when nobody
        knows, and nothing is forgotten.

    Returns
    -------
    Settled
        An incident is opened once and closed once. Another reason or status meanwhile changes
        nothing: whoever mends it will see that.
    """
    latest = {item.key: item for item in results if item.status != Status.INTERRUPTED}
    kept = {key: item for key, item in known.items() if _is_planned(key, planned)}
    opened, closed = [], []
    for key, result in latest.items():
        if result.good and key in kept:
            closed.append((kept.pop(key), result))
        elif not result.good and key not in kept:
            since = f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
            kept[key] = Incident(key, result.title, result.status, result.reason, since, run)
            opened.append((kept[key], result))
    return Settled(kept, tuple(opened), tuple(closed))


def _is_planned(key: str, planned: Collection[str] | None) -> bool:
    return planned is None or key in WHOLE or key in planned


def texts(plain: Mapping[str, Any]) -> dict[str, str]:
    """Return a mapping that has texts only.

    Raises
    ------
    TypeError
        It has something else.
    """
    if wrong := [name for name, value in plain.items() if not isinstance(value, str)]:
        raise TypeError(f"{wrong[0]} is no text: {plain[wrong[0]]!r}")
    return dict(plain)
