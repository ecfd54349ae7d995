"""Days and parameters in words."""

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

PERIOD = ("start", "end")


def day_words(day: date | str) -> str:
    """Write a day in words.

    Parameters
    ----------
    day : date or str
        A day, or a day written YYYY-MM-DD; any other text comes back as it is.

    Examples
    --------
    >>> day_words("2021-05-01")
    '1 May 2021'
    """
    if isinstance(day, str):
        try:
            day = date.fromisoformat(day)
        except ValueError:
            return day
    return f"{day.day} {day:%B %Y}"


def moment_words(moment: datetime) -> str:
    """Write a moment in words, in UTC.

    Examples
    --------
    >>> from datetime import UTC
    >>> moment_words(datetime(2026, 11, 2, 6, 5, tzinfo=UTC))
    '2 November 2026, 06:05 UTC'
    """
    return f"{day_words(moment.date())}, {moment:%H:%M} UTC"


def period_words(start: str, end: str) -> str:
    """Write a period in words; an empty end is open.

    Examples
    --------
    >>> period_words("2020-11-09", "2021-03-31")
    '9 November 2020 to 31 March 2021'
    >>> period_words("", "")
    'the whole period'
    """
    if start and end:
        return f"{day_words(start)} to {day_words(end)}"
    if start:
        return f"from {day_words(start)}"
    return f"until {day_words(end)}" if end else "the whole period"


def value_words(value: Any) -> str:
    """Write a parameter's value in words.

    Examples
    --------
    >>> value_words(["prisoners", "mine_maps"])
    'prisoners, mine maps'
    >>> value_words([])
    'all'
    >>> value_words("")
    'no limit'
    """
    if value is None or value == "":
        return "no limit"
    if value == [] or value == {}:
        return "all"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(value_words(item) for item in value)
    return day_words(str(value)).replace("_", " ")


def selection_words(parameters: Mapping[str, Any], chosen: Collection[str]) -> str:
    """Write a selection in words, for a card.

    Parameters
    ----------
    parameters : mapping of str to Any
        Every parameter of the run.
    chosen : collection of str
        Names of those the edition sets: beside period and vintage only they are told.

    Examples
    --------
    >>> every = {"start": "2020-11-09", "end": "", "as_of": "", "scope": "all_returns", "days": 9}
    >>> selection_words(every, ["scope"])
    'From 9 November 2020 · scope: all returns'
    """
    parts = [period_words(*(str(parameters.get(name) or "") for name in PERIOD))]
    as_of = parameters.get("as_of")
    if as_of:
        parts.append(f"as published by {day_words(as_of)}")
    for name, value in parameters.items():
        if name in chosen and name not in (*PERIOD, "as_of"):
            parts.append(f"{name.replace('_', ' ')}: {value_words(value)}")
    words = " · ".join(parts)
    return words[0].upper() + words[1:]


def first_sentence(text: str) -> str:
    """Return the first sentence of a text: what a card has room for.

    Examples
    --------
    >>> first_sentence("96 (90 to 100) came, 5.5 a day. Says Interfax.")
    '96 (90 to 100) came, 5.5 a day.'
    """
    return re.split(r"(?<=[.!?])\s+(?=[A-Z0-9“(])", text, maxsplit=1)[0]


def vintage_words(as_of: str, newest: str) -> str:
    """Say which claims a page could know.

    Parameters
    ----------
    as_of : str
        Day of the vintage, YYYY-MM-DD, or empty.
    newest : str
        Newest publication date in the data, YYYY-MM-DD, or empty.

    Examples
    --------
    >>> vintage_words("2021-05-01", "2024-07-12")
    'only what had been published by 1 May 2021'
    >>> vintage_words("", "2024-07-12")
    'everything curated, published up to 12 July 2024'
    """
    if as_of:
        return f"only what had been published by {day_words(as_of)}"
    return "everything curated" + (f", published up to {day_words(newest)}" if newest else "")
