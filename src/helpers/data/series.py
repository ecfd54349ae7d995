"""Which claims count the same thing."""

import pandas as pd

from helpers.data.vocabulary import IDENTITY

# Notes that begin so mark part of a larger figure, which must never join its series.
SUBSET = "Subset"
# Outlets in their own voice and offices nobody names are many speakers, not one.
_MANY_VOICES = ("media", "unattributed")


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
        Words joined by slashes, e.g. ``escorted_returns/people``; for people missing, also the
        day since when. In `returns` the destination
        counts for resettlement only, where each town has a total of its own; a convoy total is
        the same whether the page says Stepanakert or Nagorno-Karabakh.
    """
    parts = [claims[name] for name in IDENTITY[table]] + [claims["unit"]]
    if table == "returns":
        resettled = claims["scope"] == "resettled_idps"
        parts[1] = claims["destination"].where(resettled, "")
    if table == "exchanges":
        # Either party may be missing, and the holder's series is not that of those held.
        parts[1:3] = [part.where(part != "", "-") for part in parts[1:3]]
        # Who is missing since another war or clash is another count.
        days = pd.to_datetime(claims["since"]).dt.strftime("%Y-%m-%d").astype("str")
        parts.append(days.where(claims["category"] == "missing", "").fillna(""))
    subset = claims["note"].str.startswith(SUBSET)
    parts.append(pd.Series("", index=claims.index, dtype="str").mask(subset, "subset"))
    joined = parts[0].astype("str")
    for part in parts[1:]:
        joined = joined + "/" + part.astype("str")
    return joined.str.replace("/+", "/", regex=True).str.strip("/")


def is_office(claims: pd.DataFrame) -> pd.Series:
    """Tell claims of a named office from those of outlets in their own voice.

    Parameters
    ----------
    claims : DataFrame
        Claims or series; needs `claimant_id`.

    Returns
    -------
    Series of bool
    """
    return ~claims["claimant_id"].isin(_MANY_VOICES)


def speaker_of(claims: pd.DataFrame, publisher: pd.Series) -> pd.Series:
    """Name who speaks: the claimant, or the single outlet where no office is named.

    Parameters
    ----------
    claims : DataFrame
        Needs `claimant_id`.
    publisher : Series of str
        Who printed each claim.

    Returns
    -------
    Series of str
        Only statements of one speaker can contradict or continue each other.
    """
    outlet = claims["claimant_id"] + ": " + publisher
    return claims["claimant_id"].where(is_office(claims), outlet)
