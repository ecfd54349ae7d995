"""What differs between an edition and the one before it."""

from typing import Any

from helpers.reports.before import Before
from helpers.reports.changes_box import ChangedFigure, Changes

MOST_CLAIMS = 60
_SHOWN = ("low", "best", "high", "date")


def changes_since(before: Before, facts: dict[str, Any]) -> Changes:
    """Set an edition's facts against those of the one before.

    Parameters
    ----------
    before : Before
    facts : dict
        Key figures and cited sources of the newer edition.

    Returns
    -------
    Changes
        The key figures that differ, and the claims behind the difference: those that changed and
        whose source either edition cites. Claims of a source that stands behind a changed figure
        come first; of more than `MOST_CLAIMS` the rest is counted only.
    """
    figures, sources = _changed_figures(before.facts["figures"], facts["figures"])
    cited = {*before.facts["sources"], *facts["sources"]}
    claims = [(source, claim) for source, claim in before.claims if source in cited]
    claims.sort(key=lambda pair: pair[0] not in sources)
    shown = tuple(claim for _, claim in claims[:MOST_CLAIMS])
    return Changes(
        before.since,
        figures,
        shown,
        more=len(claims) - len(shown),
        figureless=not before.facts["figures"] and not facts["figures"],
    )


def _changed_figures(
    old: list[dict[str, Any]], new: list[dict[str, Any]]
) -> tuple[tuple[ChangedFigure, ...], set[str]]:
    """Return the figures that differ, and the sources behind only one of the two editions."""
    if _shown(old) == _shown(new):
        return (), set()
    # Late: most editions find no difference, and pandas would be loaded for nothing.
    from helpers.data.changes import compare_figures
    from helpers.data.figures import KeyFigure
    from helpers.data.frames import rows_of

    sides = [[KeyFigure.from_plain(figure) for figure in side] for side in (old, new)]
    table = compare_figures(*sides)
    figures = tuple(map(_figure, rows_of(table)))
    return figures, {source for sources in table["sources"] for source in sources}


def _shown(figures: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {figure["name"]: [figure[part] for part in _SHOWN] for figure in figures}


def _figure(row: Any) -> ChangedFigure:
    from helpers.data.wording import write_change

    return ChangedFigure(
        row.label,
        _interval(row.before_low, row.before_best, row.before_high),
        _interval(row.after_low, row.after_best, row.after_high),
        write_change(row.change),
        _day(row.before_date),
        _day(row.after_date),
    )


def _interval(low: Any, best: Any, high: Any) -> str:
    """Write a figure; an edition without it has no low end either."""
    import pandas as pd

    from helpers.data.wording import write_interval

    return "" if pd.isna(low) else write_interval(low, best, high)


def _day(day: Any) -> str:
    return "" if day != day else f"{day:%Y-%m-%d}"
