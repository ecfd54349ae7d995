"""What changed between two vintages: two `as_of` days, or two builds."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from helpers.data.figures import KeyFigure

_INTERVAL = ("low", "best", "high")


def compare_figures(before: Sequence[KeyFigure], after: Sequence[KeyFigure]) -> pd.DataFrame:
    """Set the key figures of two vintages side by side where they differ.

    Parameters
    ----------
    before, after : sequence of KeyFigure
        Of the older and the newer vintage; names are unique in each.

    Returns
    -------
    DataFrame
        One row per figure whose number or day differs, in the order of `after`, then those that
        are gone: `name`, `label`, `before_low`, `before_best`, `before_high`, `after_low`,
        `after_best`, `after_high` (Float64, NA where that vintage has no such figure),
        `before_date`, `after_date`, `change` (Float64, after less before), `sources` (tuple of
        ids: those that stand behind one of the two only).

    Raises
    ------
    ValueError
        Two figures of one vintage share a name.
    """
    old, new = _by_name(before, "before"), _by_name(after, "after")
    rows = [
        _side_by_side(old.get(name), new.get(name))
        for name in {**new, **old}
        if _shown(old.get(name)) != _shown(new.get(name))
    ]
    return pd.DataFrame(rows, columns=list(_FIGURES)).astype(_FIGURES)


def changed_claims(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """List the claims that came, went or were corrected.

    Parameters
    ----------
    before, after : DataFrame
        One claim table of two vintages, as :func:`helpers.data.load.load` gives it.

    Returns
    -------
    DataFrame
        By claim: `claim_id`, `source_id`, `what` (added, removed or changed), `columns` (tuple: the
        columns that differ, of those that both vintages have; empty unless changed).

    Raises
    ------
    ValueError
        A claim stands twice in one vintage.
    """
    old, new = _by_claim(before, "before"), _by_claim(after, "after")
    rows = [
        (claim, old.at[claim, "source_id"], "removed", ())
        for claim in old.index.difference(new.index)
    ]
    rows += [
        (claim, new.at[claim, "source_id"], "added", ())
        for claim in new.index.difference(old.index)
    ]
    both = new.index.intersection(old.index)
    differ = pd.DataFrame(index=both)
    for column in new.columns.intersection(old.columns):
        one, other = old.loc[both, column].astype("object"), new.loc[both, column].astype("object")
        missing = one.isna() & other.isna()
        differ[column] = ~((one == other) | missing)
    for claim, cells in differ[differ.any(axis=1)].iterrows():
        rows.append((claim, new.at[claim, "source_id"], "changed", tuple(cells.index[cells])))
    table = pd.DataFrame(rows, columns=list(_CLAIMS)).astype(_CLAIMS)
    return table.sort_values("claim_id", ignore_index=True)


_FIGURES: dict[Any, Any] = {
    "name": "str",
    "label": "str",
    **{f"{side}_{end}": "Float64" for side in ("before", "after") for end in _INTERVAL},
    "before_date": "datetime64[us]",
    "after_date": "datetime64[us]",
    "change": "Float64",
    "sources": "object",
}
_CLAIMS: dict[Any, Any] = {
    "claim_id": "str",
    "source_id": "str",
    "what": "str",
    "columns": "object",
}


def _by_name(figures: Sequence[KeyFigure], which: str) -> dict[str, KeyFigure]:
    named = {figure.name: figure for figure in figures}
    if len(named) < len(figures):
        raise ValueError(f"{which}: two key figures share a name; names must be unique")
    return named


def _by_claim(claims: pd.DataFrame, which: str) -> pd.DataFrame:
    if claims["claim_id"].duplicated().any():
        twice = claims.loc[claims["claim_id"].duplicated(), "claim_id"].iloc[0]
        raise ValueError(f"{which}: claim_id {twice!r} stands twice; load one table once")
    return claims.set_index("claim_id")


def _shown(figure: KeyFigure | None) -> tuple:
    """Return what a reader sees of a figure; missing numbers are alike."""
    if figure is None:
        return ()
    numbers = (None if pd.isna(end) else float(end) for end in _ends(figure))
    return (*numbers, None if pd.isna(figure.date) else figure.date)


def _ends(figure: KeyFigure | None) -> tuple:
    return (pd.NA,) * 3 if figure is None else (figure.low, figure.best, figure.high)


def _side_by_side(old: KeyFigure | None, new: KeyFigure | None) -> tuple:
    known = [figure for figure in (new, old) if figure is not None]
    change = pd.NA if len(known) < 2 else _ends(new)[1] - _ends(old)[1]
    dates = [pd.NaT if figure is None else figure.date for figure in (old, new)]
    sides = [set() if figure is None else set(figure.sources) for figure in (old, new)]
    either = dict.fromkeys(source for figure in known for source in figure.sources)
    sources = tuple(source for source in either if source in sides[0] ^ sides[1])
    return (known[0].name, known[0].label, *_ends(old), *_ends(new), *dates, change, sources)
