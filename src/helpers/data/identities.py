"""Rules that may be broken only when the breach is known, listed and explained."""

import numpy as np
import pandas as pd

from helpers.data.counts import intervals
from helpers.data.errors import Problem
from helpers.data.frames import rows_of
from helpers.data.periods import first_days, last_days
from helpers.data.series import SUBSET, series_of, speaker_of
from helpers.data.tables import Curated
from helpers.data.vocabulary import FIGURE_TABLES, IDENTITY

_LIST = "mend it, or list it with its reason in data/raw/known_issues.csv"
# Before any day a table can hold; Timestamp.min would turn the column to nanoseconds and overflow.
_LONG_AGO = pd.Timestamp("0001-01-01")


def check_identities(
    curated: Curated, frames: dict[str, pd.DataFrame], *, complete: bool
) -> list[Problem]:
    """Check what claims say of each other, and that the list of known issues is true.

    Parameters
    ----------
    curated : Curated
        For file names and the text of cells.
    frames : dict of str to DataFrame
        Typed frames by table, every cell in order.
    complete : bool
        Whether the frames hold every row; only then can an entry of the list be called stale.

    Returns
    -------
    list of Problem
        Breaches that are not listed, and entries of the list that no longer hold; none while the
        list itself is at fault.
    """
    known = frames["known_issues"]
    if "known_issues" in curated.partial or len(known) < len(curated.frames["known_issues"]):
        return []
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
                value = str(curated.frames[table].at[line, column])
                problems.append(Problem(curated.file(table), line, column, value, text, _LIST))
    return problems + (_stale(known, true, curated.file("known_issues")) if complete else [])


def _stale(known: pd.DataFrame, true: set[tuple[str, str]], file: str) -> list[Problem]:
    again = set(known.index[known.duplicated(["claim_id", "rule"])])
    problems = []
    for line, row in known.iterrows():
        if line in again:
            rule = f"{row['claim_id']} is listed twice for this rule"
        elif (row["claim_id"], row["rule"]) not in true:
            rule = f"{row['claim_id']} keeps the rule {row['rule']} by now"
        else:
            continue
        number = int(str(line))
        problems.append(Problem(file, number, "rule", row["rule"], rule, "remove the entry"))
    return problems


Breaches = dict[tuple[str, str], tuple[str, str]]


def _duplicates(frame: pd.DataFrame, listed: set[tuple[str, str]]) -> Breaches:
    """Find rows that say the same; a listed twin only looks so, and is never dropped."""
    content = [name for name in frame if name not in ("claim_id", "note")]
    again = frame[frame.duplicated(content)]
    if again.empty:
        return {}
    first = frame.groupby(content, dropna=False, sort=False)["claim_id"].transform("first")
    return {
        (row.claim_id, rule): ("claim_id", f"says the same as {first[row.Index]}")
        for row in rows_of(again)
        for rule in ["twin_claim" if (row.claim_id, "twin_claim") in listed else "duplicate_claim"]
    }


def _after_publication(frame: pd.DataFrame, published: pd.Series) -> Breaches:
    printed = published.reindex(frame["source_id"]).set_axis(frame.index)
    late = frame[first_days(frame) > printed]
    return {
        (row.claim_id, "date_after_publication"): (
            "date",
            f"is after the day its source was published ({printed[row.Index]:%Y-%m-%d})",
        )
        for row in rows_of(late)
    }


def _falls(table: str, frame: pd.DataFrame, left_out: set[str], sources: pd.DataFrame) -> Breaches:
    """Find running totals below an earlier one of their series.

    Claims left out (known to be wrong) don't accuse others, but are tried themselves, so that a
    stale entry of the list shows.
    """
    publishers = sources.set_index("source_id")["publisher"]
    # Parts of larger figures ("Subset") are no series: each may count another part.
    whole = ~frame["note"].str.startswith(SUBSET)
    # Where the source is in doubt, so is who speaks.
    sourced = frame["source_id"].isin(publishers.index)
    totals = frame[(frame["measure"] == "cumulative") & whole & sourced]
    if totals.empty:
        return {}
    totals = totals.join(intervals(totals["count"], totals["qualifier"])).assign(
        series=series_of(table, totals),
        # A total "by this day" may be as old as you like: it never comes after another.
        first=first_days(totals).mask(totals["date_precision"] == "by", _LONG_AGO),
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
        self.known = series["known"].to_numpy(dtype=bool)
        self.first = _day_numbers(series["first"])
        self.last = _day_numbers(series["last"])
        self.low = series["low"].to_numpy(dtype=float)
        self.high = series["high"].to_numpy(dtype=float, na_value=np.inf)


def _day_numbers(days: pd.Series) -> np.ndarray:
    return days.to_numpy().astype("datetime64[D]").astype(np.int64)


def _falls_of_one(totals: _Totals) -> Breaches:
    trusted = ~totals.known
    ids, low, high = totals.ids[trusted], totals.low[trusted], totals.high[trusted]
    first, last = totals.first[trusted], totals.last[trusted]
    floor, below = _highest_before(last, low, totals.first)
    # With both axes turned round, the lowest ceiling after a day is the highest before it.
    ceiling, above = _highest_before(-first, -high, -totals.last)
    breaches: Breaches = {}
    fallen = floor > totals.high
    for one in np.flatnonzero(fallen):
        text = f"is below the earlier total of {ids[below[one]]} ({floor[one]:.15g})"
        breaches[totals.ids[one], "cumulative_fall"] = ("count", text)
    for one in np.flatnonzero(totals.known & ~fallen & (-ceiling < totals.low)):
        text = f"is above the later total of {ids[above[one]]}"
        breaches[totals.ids[one], "cumulative_fall"] = ("count", text)
    return breaches


def _highest_before(
    days: np.ndarray, values: np.ndarray, asked: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return for each day asked the highest value of any day before it, and where it stands."""
    order = np.argsort(days, kind="stable")
    highest = np.maximum.accumulate(values[order])
    leader = np.maximum.accumulate(np.where(values[order] == highest, np.arange(len(order)), 0))
    before = np.searchsorted(days[order], asked, side="left")
    highest = np.concatenate([[-np.inf], highest])
    return highest[before], np.concatenate([[0], order[leader]])[before]
