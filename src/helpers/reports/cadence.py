"""Cadences: cron expressions of five fields in UTC, and the slots they give.

Fields mean what they mean to Unix cron: Sunday is 0 and 7, and a day that is restricted both as day
of the month and as weekday comes when either fits. Every field is written out as plain numbers
before croniter sees it, which would otherwise take ``5-5`` for every value, ``7-2`` for something
else, and ``R`` for a minute of its own choosing.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from croniter import croniter
from croniter.croniter import CroniterBadDateError

ITEM = re.compile(r"(?:\*|(\w+)(?:-(\w+))?)(?:/(\d{1,2}))?", re.ASCII)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


class _Field(NamedTuple):
    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()


FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day", 1, 31),
    _Field("month", 1, 12, MONTHS),
    _Field("weekday", 0, 7, WEEKDAYS),
)


def fault_of(cadence: str) -> str:
    """Say what is wrong with a cadence.

    Examples
    --------
    >>> fault_of("0 6 * * 1-5")
    ''
    >>> fault_of("0 6 31 2 *")
    'never comes'
    >>> fault_of("0 25 * * *")
    "has '25' as hour, which is none"
    """
    try:
        next_slot(cadence, datetime.now(UTC))
    except CroniterBadDateError:
        return "never comes"
    except ValueError as error:
        return str(error)
    return ""


def last_slot(cadence: str, moment: datetime) -> datetime:
    """Return the newest slot that is not after a moment.

    Parameters
    ----------
    cadence : str
        As `fault_of` finds nothing wrong with it.
    moment : datetime
        Aware.

    Returns
    -------
    datetime
        UTC, to the minute.
    """
    after = moment.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)
    return croniter(_plain(cadence), after).get_prev(datetime)


def next_slot(cadence: str, moment: datetime) -> datetime:
    """Return the first slot after a moment, as `last_slot` returns the last one before it."""
    return croniter(_plain(cadence), moment.astimezone(UTC)).get_next(datetime)


@lru_cache(maxsize=512)
def _plain(cadence: str) -> str:
    """Write a cadence as numbers and stars only.

    Raises
    ------
    ValueError
        It is none; the message goes on after its name.
    """
    texts = cadence.split() if isinstance(cadence, str) else []
    if len(texts) != len(FIELDS):
        raise ValueError("is no cron expression of five fields")
    # cron's own implementations disagree on whether both or either must fit here.
    if "*" not in (texts[2], texts[4]) and (texts[2] + texts[4]).count("*"):
        raise ValueError("restricts day and weekday, one of them by a step, which is ambiguous")
    return " ".join(map(_plain_field, texts, FIELDS))


def _plain_field(text: str, field: _Field) -> str:
    if text == "*":
        return text
    values = {value for item in text.split(",") for value in _values(item, field)}
    if field.name == "weekday":
        values = {value % 7 for value in values}
    return ",".join(map(str, sorted(values)))


def _values(item: str, field: _Field) -> range:
    """Return what a part between commas stands for."""
    found = ITEM.fullmatch(item)
    if not found:
        raise ValueError(f"has {item!r} as {field.name}, which is none")
    first, last, step = found.groups()
    # A star counts each weekday once.
    low, high = field.low, 6 if field.name == "weekday" else field.high
    if first:
        low = _value(first, field)
        high = _value(last, field) if last else low
    if low > high or (step and (int(step) == 0 or low == high)):
        raise ValueError(f"has {item!r} as {field.name}, which counts backwards or nowhere")
    return range(low, high + 1, int(step or 1))


def _value(text: str, field: _Field) -> int:
    if text.lower() in field.names:
        # Names stand for themselves: the first month is 1, the first weekday 0.
        return field.names.index(text.lower()) + field.low
    if not text.isdecimal() or not field.low <= int(text) <= field.high:
        raise ValueError(f"has {text!r} as {field.name}, which is none")
    return int(text)
