"""Days that move with the calendar: ``today``, ``-7d``, ``-2w``, ``-3m``, ``-1y``."""

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Any

RELATIVE = re.compile(r"today|-(\d{1,5})([dwmy])")
FORMS = "YYYY-MM-DD, today, or a distance back such as -7d, -2w, -3m, -1y"


def is_relative(value: Any) -> bool:
    """Whether a value is a day told by its distance from today."""
    return isinstance(value, str) and RELATIVE.fullmatch(value) is not None


def resolve_day(value: str, today: date) -> str:
    """Return the day that a relative one means.

    Parameters
    ----------
    value : str
        ``today``, or a number of days, weeks, months or years back. Months and years keep the day
        of the month, or take the month's last day where it is shorter.
    today : date

    Returns
    -------
    str
        YYYY-MM-DD.

    Raises
    ------
    ValueError
        Not a relative day, or one before the year 1.

    Examples
    --------
    >>> resolve_day("-7d", date(2026, 3, 3))
    '2026-02-24'
    >>> resolve_day("-1m", date(2026, 3, 31))
    '2026-02-28'
    """
    found = RELATIVE.fullmatch(value)
    if not found:
        raise ValueError(f"{value!r} is no relative day; write {FORMS}")
    number, unit = int(found[1] or 0), found[2] or "d"
    try:
        if unit in "dw":
            return (today - timedelta(days=number * (7 if unit == "w" else 1))).isoformat()
        months = today.year * 12 + today.month - 1 - number * (12 if unit == "y" else 1)
        year, month = months // 12, months % 12 + 1
        return date(year, month, min(today.day, monthrange(year, month)[1])).isoformat()
    except (ValueError, OverflowError):
        raise ValueError("lies before the year 1") from None
