"""How a chart of claims is drawn and named."""

from dataclasses import dataclass

import pandas as pd

from helpers.data.vocabulary import (
    ACTIVITIES,
    CASUALTY_CATEGORIES,
    DEPLOYMENT_CATEGORIES,
    EXCHANGE_CATEGORIES,
    FORCES,
    SCOPES,
    UNITS,
)

# Parties whose people are counted, in short.
PARTY_NAMES = {
    "armenia": "Armenia",
    "azerbaijan": "Azerbaijan",
    "nk_authorities": "Nagorno-Karabakh",
    "russia": "Russia",
    "lebanon": "Lebanon",
}


@dataclass(frozen=True)
class Look:
    """How a chart of claims is to be drawn and named.

    Attributes
    ----------
    what : str
        What is counted, as words that follow a number: "people brought back in escorted convoys".
    line : str
        straight joins reports at most three weeks apart; step holds a level until the next
        report; none shows marks only.
    agreed : DataFrame, optional
        Agreed strength by `date` and `best`, to draw as a dashed line.
    """

    what: str
    line: str = "straight"
    agreed: pd.DataFrame | None = None


def look_for(word: str, line: str = "straight") -> Look:
    """Return the look for a coded scope, category or activity, named by its label.

    Parameters
    ----------
    word : str
        E.g. ``escorted_returns``.
    line : str
        See :class:`Look`.

    Returns
    -------
    Look
    """
    labels = SCOPES | EXCHANGE_CATEGORIES | DEPLOYMENT_CATEGORIES | ACTIVITIES | CASUALTY_CATEGORIES
    return Look(labels.get(word, word.replace("_", " ")), line)


def series_name(series: str) -> str:
    """Return the name of a series: what is counted, of whom or by whom, in words.

    Parameters
    ----------
    series : str
        Key of a series, e.g. ``azerbaijan/killed_servicemen/war-2020/servicemen``.

    Returns
    -------
    str
        E.g. "killed, servicemen, Azerbaijan"; units, places and events are left out.
    """
    words = series.split("/")
    first, second = words[0], words[1] if len(words) > 1 else ""
    if second in CASUALTY_CATEGORIES:
        return f"{CASUALTY_CATEGORIES[second]}, {_party(first)}"
    if first in FORCES:
        return f"{(ACTIVITIES | DEPLOYMENT_CATEGORIES).get(second, second)}, {FORCES[first]}"
    return (SCOPES | EXCHANGE_CATEGORIES).get(first, first)


def look_of(series: pd.DataFrame, line: str = "none") -> Look:
    """Return the look for people held or missing, named by whose they are and who holds them.

    Parameters
    ----------
    series : DataFrame
        From :func:`helpers.analysis.series.claim_series`, one series of the table `exchanges`.
    line : str
        See :class:`Look`.

    Returns
    -------
    Look
    """
    if series.empty:
        return Look("people held or missing", line)
    words = series["series"].iloc[0].split("/")
    unit = UNITS[series["unit"].iloc[0]]
    if words[0] == "missing":
        day = pd.Timestamp(words.pop()) if words[-1][:1].isdigit() else None
        since = f" since {day.day} {day:%b %Y}" if day is not None else ""
        return Look(f"{unit} of {_party(words[-2])} missing{since}", line)
    return Look(f"{unit} of {_party(words[2])} held by {_party(words[1])}", line)


def _party(party: str) -> str:
    return " and ".join(PARTY_NAMES.get(word, word) for word in party.split(";"))


def noun_of(look: Look, row: pd.Series) -> str:
    """Return what a figure of a series counts, as words that follow the number.

    Parameters
    ----------
    look : Look
    row : Series
        A row of :func:`helpers.analysis.series.claim_series`.

    Returns
    -------
    str
        Names the unit where it is not people, and the town where towns have series of their own.
    """
    unit = UNITS[row["unit"]]
    counted = look.what if unit == "people" or unit in look.what else f"{unit} ({look.what})"
    own_series = row["series"].count("/") == 2 and row["place"]
    return f"{counted}, {row['place']}" if own_series else counted


def strength_name(force: str, category: str = "personnel", unit: str = "people") -> str:
    """Name a strength, as words that follow a number: posts of the Russian peacekeepers.

    Parameters
    ----------
    force, category : str
        Coded force and category.
    unit : str
        What personnel are counted in.

    Returns
    -------
    str
    """
    counted = unit if category == "personnel" else DEPLOYMENT_CATEGORIES[category]
    return f"{counted} of the {FORCES.get(force, force.replace('_', ' '))}"
