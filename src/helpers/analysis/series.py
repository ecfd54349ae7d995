"""Claims -> tidy series: one row per series, claimant and day."""

from collections.abc import Iterable

import pandas as pd
from pandas.api.typing import DataFrameGroupBy

KEYS = ["series", "measure", "claimant_id", "speaker"]
_MERGED = ["series", "claimant_id", "speaker", "date", "last_day"]


def claim_series(claims: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Merge what each claimant said of the same thing on the same day or in the same period.

    Repeats of a figure narrow each other: the intervals are intersected. Where they share no
    number the hull is kept and flagged, and there is no best value. Nothing is averaged. A running
    total grows within the day, so its highest reading stands.

    Parameters
    ----------
    claims : DataFrame
        Rows of one claim table as :func:`helpers.data.load.load` gives them.
    measure : str
        flow, cumulative or stock: they are never mixed.

    Returns
    -------
    DataFrame
        One row per series, speaker and period, sorted: `series`, `measure`, `claimant_id`,
        `speaker` (an outlet where no office is named), `claimant`, `claimant_party`, `unit`,
        `place` (its name where all claims name one), `date` (a running total stands on the last
        day its date can mean), `last_day` (later where a period is meant),
        `low`, `best`, `high` (Float64), `conflict` (bool), `support` (int, independent origins),
        `claims` and `sources` (tuples of ids).
    """
    chosen = claims[claims["measure"] == measure].copy()
    if measure == "cumulative":
        chosen["date"] = chosen["last_day"]
    chosen["origin"] = chosen["origin_key"].str.casefold()
    chosen["place"] = chosen["destination_name" if "destination_name" in chosen else "place_name"]
    groups = chosen.groupby(_MERGED, sort=True)
    table = groups[["claimant", "claimant_party", "unit"]].first()
    table["place"] = groups["place"].first().where(groups["place"].nunique() == 1, "")
    table = table.join(_merge(chosen, groups, measure))
    table["support"] = groups["origin"].nunique()
    table["claims"] = groups["claim_id"].agg(ids)
    table["sources"] = groups["source_id"].agg(ids)
    return table.reset_index().assign(measure=measure)[COLUMNS].astype(_DTYPES)


def sum_flows(series: pd.DataFrame) -> pd.DataFrame:
    """Add up the flows of one series and claimant.

    Parameters
    ----------
    series : DataFrame
        Rows of :func:`claim_series`, all of one series and claimant.

    Returns
    -------
    DataFrame
        One row: `low`, `best`, `high`, `days` (days reported on). Unreported days add nothing
        and are not zero, so the sum is of what was reported.

    Raises
    ------
    ValueError
        A stock or running total was given, several series or claimants, or periods that overlap.
    """
    if set(series["measure"]) - {"flow"}:
        raise ValueError("only flows are added; a stock or a running total never is")
    if len(series[["series", "speaker"]].drop_duplicates()) > 1:
        raise ValueError("flows of different series or speakers are never added")
    periods = series.sort_values("date")
    if (periods["date"] <= periods["last_day"].shift()).any():
        raise ValueError("flows of periods that overlap are never added: days would count twice")
    total = {name: series[name].sum(min_count=1) for name in ("low", "best", "high")}
    days = int(((series["last_day"] - series["date"]).dt.days + 1).sum())
    return pd.DataFrame([total | {"days": days}])


def sound(claims: pd.DataFrame) -> pd.DataFrame:
    """Leave out claims that are known to be misprinted, doubled or out of step.

    Parameters
    ----------
    claims : DataFrame
        With `known_issue`.

    Returns
    -------
    DataFrame
        Claims for lines and key figures; tables of claims still show all.
    """
    return claims[~claims["known_issue"].str.contains("cumulative_fall|misprint|duplicate_claim")]


def independent_support(claims: pd.DataFrame) -> int:
    """Count independent origins: reprints of one agency item count once.

    Parameters
    ----------
    claims : DataFrame
        With `origin_key`.

    Returns
    -------
    int
    """
    return claims["origin_key"].str.casefold().nunique()


def ids(values: Iterable[str]) -> tuple[str, ...]:
    """Return ids once each, in order of first mention."""
    return tuple(dict.fromkeys(values))


COLUMNS = [
    *KEYS,
    "claimant",
    "claimant_party",
    "unit",
    "place",
    "date",
    "last_day",
    "low",
    "best",
    "high",
    "conflict",
    "support",
    "claims",
    "sources",
]
_DTYPES = {
    "date": "datetime64[us]",
    "last_day": "datetime64[us]",
    "low": "Float64",
    "best": "Float64",
    "high": "Float64",
    "conflict": "bool",
    "support": "int64",
}


def _merge(claims: pd.DataFrame, groups: DataFrameGroupBy, measure: str) -> pd.DataFrame:
    """Intersect the intervals of each group; keep the hull and say so where nothing is left."""
    width = (claims["high"] - claims["low"]).fillna(float("inf"))
    if measure == "cumulative":
        ordered = claims.assign(width=-width)
        ordered = ordered.sort_values(["low", "width", "best"], na_position="first")
        highest = ordered.groupby(_MERGED).tail(1).set_index(_MERGED)
        return highest[["low", "best", "high"]].assign(conflict=False)
    merged = pd.DataFrame({"low": groups["low"].max(), "high": groups["high"].min()})
    merged["conflict"] = (merged["low"] > merged["high"]).fillna(False).astype("bool")
    inside = (claims["best"] >= groups["low"].transform("max")) & ~(
        claims["best"] > groups["high"].transform("min")
    ).fillna(False)
    # The narrowest statement speaks: an exact figure over the rounded ones that agree with it.
    stated = claims[inside.fillna(False)].assign(width=width).sort_values(["width", "best"])
    # Figures that exclude each other leave nothing inside, and so no best.
    merged["best"] = stated.groupby(_MERGED)["best"].first()
    hull = merged["conflict"]
    merged["low"] = merged["low"].mask(hull, groups["low"].min())
    merged["high"] = merged["high"].mask(hull, groups["high"].max())
    return merged
