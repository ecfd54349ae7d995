"""Two claimants on one quantity: how far apart they are, and who moved towards whom."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.data.series import is_office

YEAR = pd.Timedelta(days=365)
_INTERVAL = ["low", "best", "high"]
_IDENTITY = ["series", "measure", "claimant"]


@dataclass(frozen=True)
class Comparison:
    """Two claimants side by side.

    Attributes
    ----------
    table : DataFrame
        One row per day: `date`; for each side (prefix ``a_``, ``b_``) `series` (its scope),
        `measure`, `claimant`, `low`, `best`, `high` (Float64), `carried_days` (Int64, age of the
        statement; 0 when made for that day), `claims` and `sources` (tuples of ids); `gap_low`,
        `gap_best`, `gap_high` (Float64, b less a: low and high are the least and most that the
        words of both allow) and `ratio` (Float64, best of b to best of a).
    moves : DataFrame
        Two rows, a then b, or none with fewer than two days on which both have a best figure:
        `series`, `claimant`, `first_date`, `last_date`, `first`, `last` (their best figures on
        these days), `change`, `towards` (the change counted in the direction in which the other
        stood at first: negative is away; NA where both said the same then).
    """

    table: pd.DataFrame
    moves: pd.DataFrame


def compare(series_a: pd.DataFrame, series_b: pd.DataFrame, *, carry_days: int = 0) -> Comparison:
    """Set two claimants side by side on each day that both speak of.

    Scopes may differ (people in convoys, all who returned): each keeps its own, nothing is added
    or converted.

    Parameters
    ----------
    series_a, series_b : DataFrame
        From :func:`helpers.analysis.series.claim_series`; each of one series, measure and speaker.
        A figure for a period stands on its last day; of several that end together the longest.
    carry_days : int
        For how many days a level or a running total still stands when its speaker is silent. A
        flow never does: it is of its day.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        Different units, a side of several series, measures or speakers, or negative `carry_days`.
    """
    if carry_days < 0:
        raise ValueError(f"carry_days: {carry_days} is negative; use 0 or more")
    for side in (series_a, series_b):
        _one_voice(side)
    units = sorted({*series_a["unit"], *series_b["unit"]})
    if len(units) > 1:
        raise ValueError(f"unit: {units[0]!r} and {units[1]!r} are not compared; choose one unit")
    dates = pd.concat([series_a["last_day"], series_b["last_day"]])
    days = pd.DataFrame({"date": sorted(dates.unique())}).astype({"date": "datetime64[us]"})
    table = _standing(days, series_a, "a_", carry_days).merge(
        _standing(days, series_b, "b_", carry_days), on="date"
    )
    table["gap_low"] = table["b_low"] - table["a_high"]
    table["gap_best"] = table["b_best"] - table["a_best"]
    table["gap_high"] = table["b_high"] - table["a_low"]
    # Nothing is so many times as much as zero.
    table["ratio"] = table["b_best"] / table["a_best"].mask(table["a_best"] == 0)
    return Comparison(table, _moves(table))


def _one_voice(side: pd.DataFrame) -> None:
    for column in ("series", "measure", "speaker", "unit"):
        found = sorted(side[column].unique())
        if len(found) > 1:
            raise ValueError(f"{column}: {found[0]!r} and {found[1]!r} on one side; choose one")


def _standing(days: pd.DataFrame, side: pd.DataFrame, prefix: str, carry_days: int) -> pd.DataFrame:
    """Return what one side's word is on each day, where it has one."""
    columns = [*_IDENTITY, *_INTERVAL, "claims", "sources"]
    ordered = side.sort_values(["last_day", "date"], ascending=[True, False])
    stated = ordered.drop_duplicates("last_day", keep="last")[["last_day", *columns]]
    carried = 0 if (side["measure"] == "flow").any() else carry_days
    found = pd.merge_asof(
        days,
        stated,
        left_on="date",
        right_on="last_day",
        tolerance=pd.Timedelta(days=carried),
    )
    found = found[found["last_day"].notna()]
    found["carried_days"] = (found["date"] - found["last_day"]).dt.days.astype("Int64")
    kept = found[["date", *columns, "carried_days"]]
    return kept.rename(columns={name: prefix + name for name in kept.columns[1:]})


def _moves(table: pd.DataFrame) -> pd.DataFrame:
    both = table[table["gap_best"].notna()]
    rows: list[tuple[Any, ...]] = []
    if len(both) > 1:
        first, last = both.iloc[0], both.iloc[-1]
        aim = np.sign(first["gap_best"])
        for side, direction in (("a_", aim), ("b_", -aim)):
            change = last[side + "best"] - first[side + "best"]
            towards = pd.NA if aim == 0 else change * direction
            who = (first[side + "series"], first[side + "claimant"])
            ends = (first[side + "best"], last[side + "best"])
            rows.append((*who, first["date"], last["date"], *ends, change, towards))
    return pd.DataFrame(rows, columns=list(_MOVES)).astype(_MOVES)


_MOVES: dict[Any, Any] = {
    "series": "str",
    "claimant": "str",
    "first_date": "datetime64[us]",
    "last_date": "datetime64[us]",
    "first": "Float64",
    "last": "Float64",
    "change": "Float64",
    "towards": "Float64",
}


def rivals(series: pd.DataFrame, within: pd.Timedelta = YEAR) -> tuple[float, float]:
    """Say between what ends the latest statements of different offices lie.

    Parameters
    ----------
    series : DataFrame
        From :func:`helpers.analysis.series.claim_series`, one series of levels.
    within : Timedelta
        How far before the last statement another still stands against it.

    Returns
    -------
    low, high : float
        Smallest and largest of the last stated values, one per office; equal where they agree,
        NaN where no office states any.
    """
    offices = series[is_office(series)].dropna(subset=["best"])
    recent = offices[offices["date"] >= offices["date"].max() - within]
    last = recent.sort_values("date").groupby("claimant_id")["best"].last().astype(float)
    return float(last.min()), float(last.max())
