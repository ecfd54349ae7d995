"""Rules that may be broken only when the breach is known, listed and explained."""

import numpy as np
import pandas as pd

from helpers.data.counts import intervals
from helpers.data.errors import Problem
from helpers.data.periods import first_days, last_days
from helpers.data.schemas import FIGURE_TABLES, IDENTITY
from helpers.data.series import SUBSET, series_of, speaker_of
from helpers.data.tables import Curated

_LIST = "mend it, or list it with its reason in data/raw/known_issues.csv"


def check_identities(curated: Curated, frames: dict[str, pd.DataFrame]) -> list[Problem]:
    """Check what claims say of each other, and that the list of known issues is true.

    Parameters
    ----------
    curated : Curated
        For file names and the text of cells.
    frames : dict of str to DataFrame
        Typed frames by table, every cell in order.

    Returns
    -------
    list of Problem
        Breaches that are not listed, and entries of the list that no longer hold.
    """
    known = frames["known_issues"]
    listed = set(zip(known["claim_id"], known["rule"], strict=True))
    published = frames["sources"].set_index("source_id")["published"]
    problems: list[Problem] = []
    true: set[tuple[str, str]] = {entry for entry in listed if entry[1] == "misprint"}
    for table in FIGURE_TABLES:
        frame = frames[table]
        breaches = _duplicates(frame, listed)
        if table in IDENTITY:
            breaches |= _after_publication(frame, published)
            left_out = {c for c, rule in listed if rule in ("cumulative_fall", "misprint")}
            breaches |= _falls(table, frame, left_out, frames["sources"])
        true |= set(breaches)
        for (claim, rule), (column, text) in breaches.items():
            if not {(claim, rule), (claim, "misprint")} & listed:
                line = int(frame.index[frame["claim_id"] == claim][0])
                value = curated.frames[table].at[line, column]
                problems.append(Problem(curated.file(table), line, column, value, text, _LIST))
    file = curated.file("known_issues")
    for line, row in known.iterrows():
        if (row["claim_id"], row["rule"]) not in true:
            rule = f"{row['claim_id']} keeps the rule {row['rule']} by now"
            number = int(str(line))
            problems.append(Problem(file, number, "rule", row["rule"], rule, "remove the entry"))
    return problems


Breaches = dict[tuple[str, str], tuple[str, str]]


def _duplicates(frame: pd.DataFrame, listed: set[tuple[str, str]]) -> Breaches:
    """Find rows that say the same; a listed twin only looks so, and is never dropped."""
    content = [name for name in frame if name not in ("claim_id", "note")]
    first = frame.groupby(content, dropna=False, sort=False)["claim_id"].transform("first")
    again = frame[frame.duplicated(content)]
    return {
        (row.claim_id, rule): ("claim_id", f"says the same as {first[row.Index]}")
        for row in again.itertuples()
        for rule in [
            "twin_claim" if (row.claim_id, "twin_claim") in listed else "duplicate_claim"
        ]
    }


def _after_publication(frame: pd.DataFrame, published: pd.Series) -> Breaches:
    printed = frame["source_id"].map(published)
    late = frame[first_days(frame) > printed]
    return {
        (row.claim_id, "date_after_publication"): (
            "date",
            f"is after the day its source was published ({printed[row.Index]:%Y-%m-%d})",
        )
        for row in late.itertuples()
    }


def _falls(
    table: str, frame: pd.DataFrame, left_out: set[str], sources: pd.DataFrame
) -> Breaches:
    """Find running totals below an earlier one of their series.

    Claims left out (known to be wrong) don't accuse others, but are tried themselves, so that a
    stale entry of the list shows.
    """
    publishers = sources.set_index("source_id")["publisher"]
    # Parts of larger figures ("Subset") are no series: each may count another part.
    whole = ~frame["note"].str.startswith(SUBSET)
    totals = frame[(frame["measure"] == "cumulative") & whole]
    totals = totals.assign(
        **intervals(totals["count"], totals["qualifier"]),
        series=series_of(table, totals),
        # A total "by this day" may be as old as you like: it never comes after another.
        first=first_days(totals).mask(totals["date_precision"] == "by", pd.Timestamp.min),
        last=last_days(totals),
        known=totals["claim_id"].isin(left_out),
        speaker=speaker_of(totals, totals["source_id"].map(publishers)),
    )
    if table == "returns":
        # Convoys were counted from mid-November 2020, whether or not the page says so.
        totals["since"] = pd.NaT
    breaches: Breaches = {}
    keys = ["speaker", "series", "since"]
    for _, series in totals.groupby(keys, dropna=False, sort=False):
        if len(series) > 1:
            breaches |= _falls_of_one(_Totals(series))
    return breaches


class _Totals:
    """The running totals of one claimant in one series, as plain arrays."""

    def __init__(self, series: pd.DataFrame) -> None:
        self.ids = series["claim_id"].to_numpy()
        self.known = series["known"].to_numpy()
        self.first, self.last = series["first"].to_numpy(), series["last"].to_numpy()
        self.low = series["low"].to_numpy(dtype=float)
        self.high = series["high"].to_numpy(dtype=float, na_value=np.inf)


def _falls_of_one(totals: _Totals) -> Breaches:
    breaches: Breaches = {}
    for one, claim in enumerate(totals.ids):
        earlier = ~totals.known & (totals.last < totals.first[one])
        later = ~totals.known & (totals.first > totals.last[one])
        floor = np.where(earlier, totals.low, -np.inf)
        ceiling = np.where(later, totals.high, np.inf)
        if floor.max() > totals.high[one]:
            text = f"is below the earlier total of {totals.ids[floor.argmax()]} ({floor.max():g})"
            breaches[claim, "cumulative_fall"] = ("count", text)
        elif totals.known[one] and ceiling.min() < totals.low[one]:
            text = f"is above the later total of {totals.ids[ceiling.argmin()]}"
            breaches[claim, "cumulative_fall"] = ("count", text)
    return breaches
