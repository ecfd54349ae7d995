"""Handovers: who gave whom how many, through whom, for what, after how long."""

from typing import Any

import pandas as pd

from helpers.analysis.series import ids, sound

LEGS = {
    "servicemen": "people",
    "civilians": "people",
    "detainees": "people",
    "remains": "remains",
    "mine_maps": "maps",
    "mines_mapped": "mines",
}
# "detainees" counts everybody handed over; where a source gives it, its parts add nothing.
_TOTAL = "detainees"
_LEG = ["event_id", "from_party", "leg"]


def handovers(exchanges: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """List every leg of every handover with what the claims say of it.

    Parameters
    ----------
    exchanges : DataFrame
        Claims of the table `exchanges`.
    events : DataFrame
        The table `events`.

    Returns
    -------
    DataFrame
        One row per event, giver and kind of leg, by date (claims that name Armenia or the
        Nagorno-Karabakh authorities as receiver of one handover are claims of one leg):
        `event_id`, `date`, `title`, `leg` (people, remains, maps, mines), `from_party`,
        `to_party`, `low`, `best`, `high` (Float64; low and high span the exact claims and those
        that contradict them all, best is the one of these that most independent origins
        support), `disputed` (bool: they exclude each other), `support` (int), `mediators`,
        `in_return_for` (joined ids or words), `held_since` (datetime64, NaT when not told),
        `days_held` (Int64, release minus capture), `claims`, `sources` (tuples of ids).
        Claims whose note begins with "Subset" count part of a figure and are left out.
    """
    chosen = sound(exchanges)
    chosen = chosen[chosen["category"].isin(LEGS) & (chosen["measure"] == "flow")]
    chosen = chosen[~chosen["note"].str.startswith("Subset") & (chosen["event_id"] != "")]
    chosen = chosen[chosen["event_id"].isin(events["event_id"])]
    chosen = chosen.assign(
        leg=chosen["category"].map(LEGS), origin=chosen["origin_key"].str.casefold()
    )
    figures: dict[Any, pd.DataFrame] = dict(tuple(_per_source(chosen).groupby(_LEG)))
    known = events.set_index("event_id")
    groups: dict[Any, pd.DataFrame] = dict(tuple(chosen.groupby(_LEG)))
    rows = [_leg(group, figures[key], known.loc[key[0]]) for key, group in groups.items()]
    table = pd.DataFrame(rows, columns=_COLUMNS).astype(_DTYPES)
    return table.sort_values(["date", "event_id", "leg", "from_party"], ignore_index=True)


def handed_over(legs: pd.DataFrame, leg: str = "people") -> pd.DataFrame:
    """Add up handovers over time, per receiving party.

    Parameters
    ----------
    legs : DataFrame
        From :func:`handovers`.
    leg : str
        people, remains, maps or mines; they are never added to each other.

    Returns
    -------
    DataFrame
        `to_party`, `date`, `low`, `best`, `high` (Float64, running sums of the legs listed, one
        row per date), sorted. A leg without a best figure counts with its low one in `best`.
    """
    chosen = legs[legs["leg"] == leg].copy()
    chosen["best"] = chosen["best"].fillna(chosen["low"])
    chosen["high"] = chosen["high"].fillna(chosen["best"])
    daily = chosen.groupby(["to_party", "date"], as_index=False)[["low", "best", "high"]].sum()
    daily[["low", "best", "high"]] = daily.groupby("to_party")[["low", "best", "high"]].cumsum()
    return daily


_COLUMNS = [
    "event_id",
    "date",
    "title",
    "leg",
    "from_party",
    "to_party",
    "from_name",
    "to_name",
    "low",
    "best",
    "high",
    "unit",
    "disputed",
    "support",
    "mediators",
    "mediators_name",
    "in_return_for",
    "held_since",
    "days_held",
    "claims",
    "sources",
]
_DTYPES = {
    "date": "datetime64[us]",
    "low": "Float64",
    "best": "Float64",
    "high": "Float64",
    "held_since": "datetime64[us]",
    "days_held": "Int64",
    "disputed": "bool",
    "support": "int64",
}


def _leg(group: pd.DataFrame, figures: pd.DataFrame, event: pd.Series) -> tuple:
    spanned = _spanned(figures)
    # The receiver that most independent origins name.
    named = group.groupby("to_party")["origin"].nunique()
    head = group[group["to_party"] == named.idxmax()].iloc[0]
    captured = group["held_since"].dropna()
    since = captured.mode().iloc[0] if len(captured) else pd.NaT
    days = (event["date"] - since).days if pd.notna(since) else pd.NA
    return (
        head["event_id"],
        event["date"],
        event["title"],
        head["leg"],
        head["from_party"],
        head["to_party"],
        head["from_party_name"],
        head["to_party_name"],
        spanned["low"].min(),
        _best_supported(spanned),
        spanned["high"].max(skipna=False),
        head["unit"],
        bool((spanned["low"].max() > spanned["high"]).any()),
        group["origin"].nunique(),
        event["mediators"],
        event["mediators_name"],
        ";".join(ids(word for word in group["in_return_for"] if word)),
        since,
        days,
        ids(group["claim_id"]),
        ids(group["source_id"]),
    )


def _per_source(chosen: pd.DataFrame) -> pd.DataFrame:
    """Give one figure per leg, source and claimant: its total, or the sum of its parts."""
    keys = [*_LEG, "source_id", "claimant_id"]
    total = chosen["category"] == _TOTAL
    has_total = total.groupby([chosen[key] for key in keys]).transform("any")
    used = chosen[total | ~has_total].drop_duplicates([*keys, "category"])
    groups = used.groupby(keys, sort=False)
    figures = groups[["low", "best", "high"]].sum(min_count=1)
    return figures.assign(origin=groups["origin"].first()).reset_index()


def _spanned(figures: pd.DataFrame) -> pd.DataFrame:
    """Keep the exact figures of one leg, and the inexact ones that allow none of them."""
    low, high = figures["low"], figures["high"].fillna(float("inf"))
    exact = low[low == high].unique()
    allows = [any(a <= value <= b for value in exact) for a, b in zip(low, high, strict=True)]
    return figures[(low == high) | ~pd.Series(allows, index=figures.index)]


def _best_supported(figures: pd.DataFrame) -> object:
    stated = figures.dropna(subset=["best"])
    if stated.empty:
        return pd.NA
    support = stated.groupby("best")["origin"].nunique()
    # Equal support: the lower figure, so that nothing is claimed beyond what half the sources say.
    return support[support == support.max()].index.min()
