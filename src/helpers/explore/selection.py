"""What an explorer has chosen, as plain data."""

import re
from dataclasses import dataclass

import pandas as pd

from helpers.analysis import where
from helpers.data.load import day_of

_LONGEST = 80  # characters of an edition's name


@dataclass(frozen=True)
class Selection:
    """One view of the ledger.

    Attributes
    ----------
    table : str
        Claim table.
    series : str
        Key of the series: claims of different series are never shown as one.
    measure : str
        flow, cumulative or stock.
    claimant, party : str
        Only what this claimant states, or claimants who speak for this party; empty means all.
    start, end : str
        Only claims whose days overlap this period, YYYY-MM-DD; empty means no limit.
    as_of : str
        Only what had been published by this day; empty means all.
    names : str
        Form of place names.
    """

    table: str
    series: str
    measure: str
    claimant: str = ""
    party: str = ""
    start: str = ""
    end: str = ""
    as_of: str = ""
    names: str = "both"

    @property
    def slug(self) -> str:
        """A name made of the selection, for files and editions: a-z, 0-9 and single hyphens."""
        what = _hyphened(self.table, self.series, self.measure)
        days = {"from": self.start, "to": self.end, "as of": self.as_of}
        rest = _hyphened(
            self.claimant or self.party, *(f"{word} {day}" for word, day in days.items() if day)
        )
        # What is counted gives way: who says so and when tell two views of one series apart.
        while len(what) + len(rest) >= _LONGEST:
            what = what.rpartition("-")[0]
        return _hyphened(what, rest)


def voiced(claims: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    """Keep what the chosen voices say of the chosen series, at any time.

    Parameters
    ----------
    claims : DataFrame
        Rows of the selection's table.
    selection : Selection

    Returns
    -------
    DataFrame
    """
    rows = where(where(claims, "series", selection.series), "measure", selection.measure)
    rows = where(rows, "claimant_id", [selection.claimant] if selection.claimant else [])
    return where(rows, "claimant_party", [selection.party] if selection.party else [])


def within(claims: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    """Keep claims whose days overlap the chosen period.

    Parameters
    ----------
    claims : DataFrame
    selection : Selection

    Returns
    -------
    DataFrame

    Raises
    ------
    ParameterError
        A date that is none.
    """
    first, last = day_of(selection.start, "start"), day_of(selection.end, "end")
    rows = claims if first is None else claims[claims["last_day"] >= first]
    return rows if last is None else rows[rows["date"] <= last]


def _hyphened(*words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", " ".join(words).lower()).strip("-")
