"""Claims that came, went or were corrected between two vintages, each in one line."""

import re
from typing import Any

import pandas as pd

from helpers.data.changes import changed_claims
from helpers.data.frames import rows_of
from helpers.data.wording import short_name, write_date, write_figure
from helpers.reports.changes_box import ChangedClaim
from helpers.reports.words import day_words

# Made from other columns, or from other tables: a new way to make them corrects no claim.
DERIVED = re.compile(
    "last_day|low|best|high|series|speaker|known_issue|claimant|claimant_party|publisher|via"
    "|language|origin_key|.*_name"
)
Vintage = tuple[pd.DataFrame | None, str]


def changes_of_table(old: Vintage, new: Vintage) -> tuple[tuple[str, ChangedClaim], ...]:
    """Set two vintages of a claim table side by side.

    Parameters
    ----------
    old, new : (DataFrame or None, str)
        The table, and the day by which a claim must have been published; empty for all.

    Returns
    -------
    tuple of (str, ChangedClaim)
        With the id of each claim's source, in the order of the claims' ids; empty when one of the
        two is no longer kept.
    """
    before, after = _known_by(*old), _known_by(*new)
    if before is None or after is None:
        return ()
    changes = changed_claims(before, after)
    texts = {"old": _rows(before, changes), "new": _rows(after, changes)}
    found = []
    for change in rows_of(changes):
        columns = [column for column in change.columns if not DERIVED.fullmatch(column)]
        if columns or change.what != "changed":
            row = texts["old" if change.what == "removed" else "new"][change.claim_id]
            text = _line(row)
            if change.what == "changed":
                text += _correction(texts["old"][change.claim_id], row, columns)
            claim = ChangedClaim(change.what, text, _printed(row), row.url)
            found.append((change.source_id, claim))
    return tuple(found)


def _known_by(claims: pd.DataFrame | None, day: str) -> pd.DataFrame | None:
    return claims if claims is None or not day else claims[claims["published"] <= pd.Timestamp(day)]


def _rows(claims: pd.DataFrame, changes: pd.DataFrame) -> dict[str, Any]:
    """Return the rows of the claims that changed, by id."""
    some = claims[claims["claim_id"].isin(changes["claim_id"])]
    return {row.claim_id: row for row in rows_of(some.rename(columns={"count": "figure"}))}


def _line(row: Any) -> str:
    return f"{_stated(row)}: {row.note}" if row.note else _stated(row)


def _stated(row: Any) -> str:
    figure = write_figure(row.figure, row.qualifier)
    day = write_date(row.date, row.last_day, row.date_precision)
    return f"{figure} {row.unit.replace('_', ' ')}, {day}, stated by {short_name(row.claimant)}"


def _correction(old: Any, new: Any, columns: list[str]) -> str:
    """Say what was corrected: the line as it was, or what the line does not show."""
    if _line(old) != _line(new):
        return f" (before: {_stated(old) if old.note == new.note else _line(old)})"
    return f" (corrected: {', '.join(column.replace('_', ' ') for column in columns)})"


def _printed(row: Any) -> str:
    day = "undated" if pd.isna(row.published) else day_words(f"{row.published:%Y-%m-%d}")
    return f"{row.publisher}, {day}"
