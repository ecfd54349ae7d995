"""What a chosen series is called, from the words of its key."""

from collections.abc import Mapping

import pandas as pd

from helpers.charts import Look, look_for
from helpers.charts.citations import write_day
from helpers.charts.look import series_name, strength_name
from helpers.charts.words import short_name
from helpers.data.vocabulary import CASUALTY_CATEGORIES, FORCES, UNITS

# By which columns the series of a table are chosen, one after the other, and how readers call them.
LEVELS: dict[str, tuple[tuple[str, str], ...]] = {
    "returns": (("Scope", "scope"),),
    "exchanges": (("Category", "category"),),
    "deployments": (("Force", "force"), ("Category", "category")),
    "operations": (("Force", "force"), ("Activity", "activity")),
    "casualties": (("Whose people", "party_id"), ("Category", "category")),
}
MEASURE_NAMES = {
    "flow": "figures of a day or period",
    "cumulative": "running total",
    "stock": "level",
}
# Categories in which the first party holds or captures and the second is whose people they are.
_HOLDING = ("captured", "died_in_custody", "held", "held_denied", "sentenced")
_MISSING = ("missing", "missing_1990s")
# Categories that read as a sentence: people of one side held by the other.
_PHRASES = {
    "captured": "captured or detained",
    "held": "held",
    "missing": "missing",
    "sentenced": "sentenced",
}

Words = Mapping[str, str]


def level_label(column: str, word: str, words: Words) -> str:
    """Name a value of one of the columns by which series are chosen.

    Parameters
    ----------
    column : str
        E.g. ``scope``.
    word : str
        E.g. ``escorted_returns``.
    words : mapping
        From :meth:`helpers.explore.ledger.Ledger.words`.

    Returns
    -------
    str
        Words with the first letter raised.
    """
    if column == "party_id":
        name = party_label(word, words)
    else:
        name = FORCES.get(word) or CASUALTY_CATEGORIES.get(word) or look_for(word).what
    return name[:1].upper() + name[1:]


def party_label(cell: str, words: Words) -> str:
    """Name one party or several joined by semicolons."""
    return " and ".join(short_name(words.get(word, word)) for word in cell.split(";"))


def details(table: str, series: str, words: Words) -> list[str]:
    """Say what tells a series from the others of its scope, force or category.

    Parameters
    ----------
    table : str
    series : str
        Key of the series.
    words : mapping
        From :meth:`helpers.explore.ledger.Ledger.words`.

    Returns
    -------
    list of str
        Sides, place, event, status, first day, unit: whichever the key holds, unit included.
    """
    parts = series.split("/")
    category, rest = parts[0], parts[len(LEVELS[table]) :]
    said = []
    if table == "exchanges":
        said, rest = [_sides(category, rest[0], rest[1], words)], rest[2:]
    return [text for text in [*said, *(_word(part, words) for part in rest)] if text]


def look_at(table: str, series: str, measure: str, words: Words) -> Look:
    """Say how a series is drawn and named.

    Parameters
    ----------
    table : str
    series : str
        Key of the series.
    measure : str
        flow, cumulative or stock. Only a running total is joined by a line, and the strength of a
        force by steps: other figures say nothing of the days between.
    words : mapping
        From :meth:`helpers.explore.ledger.Ledger.words`.

    Returns
    -------
    Look
    """
    parts = series.split("/")
    line = {"cumulative": "straight", "stock": "step" if table == "deployments" else "none"}
    unit = next(part for part in reversed(parts) if part in UNITS)
    # The chart adds the unit to the name where it says something new.
    extra = [text for text in details(table, series, words) if text != UNITS[unit]]
    name = series_name(series)
    if table == "deployments":
        name = strength_name(parts[0], parts[1], unit)
    if table == "exchanges" and parts[0] in _PHRASES and parts[2] != "-":
        name, extra = _phrase(parts, UNITS[unit], words), extra[1:]
    if table == "returns":
        extra = []  # the chart names the town itself
    return Look(", ".join([name, *extra]), line.get(measure, "none"))


def _word(part: str, words: Words) -> str:
    if part == "subset":
        return "part of a larger figure"
    if part[:1].isdigit():
        return f"since {write_day(pd.Timestamp(part))}"
    return words.get(part, part.replace("_", " "))


def _phrase(parts: list[str], counted: str, words: Words) -> str:
    category, giver, receiver = parts[:3]
    by = "" if giver == "-" else f" by {party_label(giver, words)}"
    return f"{counted} of {party_label(receiver, words)} {_PHRASES[category]}{by}"


def _sides(category: str, giver: str, receiver: str, words: Words) -> str:
    of, by = ("" if side == "-" else party_label(side, words) for side in (receiver, giver))
    if category in (*_HOLDING, *_MISSING):
        return f"of {of}" * bool(of) + " " * bool(of and by) + f"by {by}" * bool(by)
    return f"from {by}" * bool(by) + " " * bool(of and by) + f"to {of}" * bool(of)
