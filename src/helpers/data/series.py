"""Which claims count the same thing."""

import pandas as pd

from helpers.data.schemas import IDENTITY

# Notes that begin so mark part of a larger figure, which must never join its series.
_SUBSET = "Subset"


def series_of(table: str, claims: pd.DataFrame) -> pd.Series:
    """Name the series each claim belongs to: what is counted, of whom, where, in which unit.

    Claims of one series may be compared; claims of different series are never mixed or added.
    Measure, claimant and first day of the count are apart from it.

    Parameters
    ----------
    table : str
        Claim table.
    claims : DataFrame
        Its rows.

    Returns
    -------
    Series of str
        Words joined by slashes, e.g. ``escorted_returns/people``. In `returns` the destination
        counts for resettlement only, where each town has a total of its own; a convoy total is
        the same whether the page says Stepanakert or Nagorno-Karabakh.
    """
    parts = [claims[name] for name in IDENTITY[table]] + [claims["unit"]]
    if table == "returns":
        resettled = claims["scope"] == "resettled_idps"
        parts[1] = claims["destination"].where(resettled, "")
    subset = claims["note"].str.startswith(_SUBSET)
    parts.append(pd.Series("", index=claims.index, dtype="str").mask(subset, "subset"))
    joined = parts[0].astype("str")
    for part in parts[1:]:
        joined = joined + "/" + part.astype("str")
    return joined.str.replace("/+", "/", regex=True).str.strip("/")
