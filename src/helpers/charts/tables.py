"""Tables as readers get them."""

from html import escape
from numbers import Real

import pandas as pd

from helpers.charts.citations import page, write_day
from helpers.charts.piece import Html
from helpers.charts.words import write_date, write_figure, write_number
from helpers.data.frames import rows_of

_SHOWN = 25


def table_html(frame: pd.DataFrame, *, caption: str) -> str:
    """Write a frame as an accessible HTML table.

    Parameters
    ----------
    frame : DataFrame
        Cells are numbers, days, text, or tuples of source ids in the column `sources`, which
        become citations. Column names are written as they are, first letter raised.
    caption : str
        What the table holds.

    Returns
    -------
    str
    """
    heads = "".join(f'<th scope="col">{escape(_head(name))}</th>' for name in frame.columns)
    rows = "".join(_row(row, frame.columns) for row in frame.itertuples(index=False))
    return (
        f'<div class="kl-scroll" role="region" tabindex="0" aria-label="{escape(caption)}">'
        f'<table class="kl-table"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def show_table(
    frame: pd.DataFrame, *, caption: str, empty: str = "Nothing to show.", fold: bool = True
) -> Html:
    """Show a frame; long ones fold away behind a line that says how many rows they have.

    Parameters
    ----------
    frame : DataFrame
        See :func:`table_html`.
    caption : str
        What the table holds.
    empty : str
        What to say when there are no rows.
    fold : bool
        Whether a long table folds.

    Returns
    -------
    Html
    """
    if frame.empty:
        return Html(f'<p class="kl-note kl-empty">{escape(empty)}</p>')
    table = table_html(frame, caption=caption)
    if len(frame) <= _SHOWN or not fold:
        return Html(table)
    summary = f"{escape(caption)}: all {write_number(len(frame))} rows"
    return Html(f'<details class="kl-data"><summary>{summary}</summary>{table}</details>')


def claims_table(claims: pd.DataFrame) -> pd.DataFrame:
    """Write claims as rows a reader can check: when, how many, what, who says, who printed it.

    Parameters
    ----------
    claims : DataFrame
        Rows of a claim table.

    Returns
    -------
    DataFrame
        `date`, `figure`, `unit`, `what`, `stated by`, `printed by`, `sources`; text.
    """
    ordered = claims.sort_values(["date", "claim_id"])
    rows = [
        {
            "date": write_date(row.date, row.last_day, row.date_precision),
            "figure": write_figure(row.count_, row.qualifier),
            "unit": row.unit.replace("_", " "),
            "what": row.note,
            "stated by": row.claimant,
            "printed by": _printed(row),
            "sources": (row.source_id,),
        }
        for row in rows_of(ordered.rename(columns={"count": "count_"}))
    ]
    return pd.DataFrame(
        rows, columns=["date", "figure", "unit", "what", "stated by", "printed by", "sources"]
    )


def series_table(series: pd.DataFrame) -> pd.DataFrame:
    """Write a series as the table that goes with its chart.

    Parameters
    ----------
    series : DataFrame

    Returns
    -------
    DataFrame
        `date`, `stated by`, `low`, `best`, `high`, `independent origins`, `sources`.
    """
    table = series.sort_values(["date", "claimant"])
    return pd.DataFrame(
        {
            "date": table["date"],
            "stated by": table["claimant"],
            "low": table["low"],
            "best": table["best"],
            "high": table["high"],
            "independent origins": table["support"],
            "sources": table["sources"],
        }
    )


def show_claims(claims: pd.DataFrame, *, caption: str, fold: bool = True) -> Html:
    """Show claims with who said and who printed each.

    Parameters
    ----------
    claims : DataFrame
        Rows of a claim table.
    caption : str
        What they have in common.
    fold : bool
        Whether a long table folds.

    Returns
    -------
    Html
    """
    return show_table(
        claims_table(claims), caption=caption, empty="No claim matches this selection.", fold=fold
    )


def show_support(support: pd.DataFrame, *, caption: str) -> Html:
    """Show on how many independent words each figure rests.

    Parameters
    ----------
    support : DataFrame
        From :func:`helpers.analysis.coverage.support`.
    caption : str

    Returns
    -------
    Html
    """
    figures = zip(support["count"], support["qualifier"], strict=True)
    dates = zip(support["date"], support["last_day"], support["date_precision"], strict=True)
    table = pd.DataFrame(
        {
            "date": [write_date(*date) for date in dates],
            "figure": [write_figure(*figure) for figure in figures],
            "stated by": support["claimant"],
            "pages": support["pages"],
            "independent origins": support["origins"],
            "sources": support["sources"],
        }
    )
    return show_table(table, caption=caption, empty="No figure in this selection.")


def show_silences(silences: pd.DataFrame, *, caption: str) -> Html:
    """Show the stretches in which nobody stated a figure.

    Parameters
    ----------
    silences : DataFrame
        From :func:`helpers.analysis.coverage.silences`.
    caption : str

    Returns
    -------
    Html
    """
    said = "No stretch of a week or more without a figure in this selection."
    return show_table(silences, caption=caption, empty=said)


def show_sources() -> Html:
    """Show the numbered list of everything cited so far; the last cell of a page."""
    return Html(page().list_html(), {"sources": page().cited()})


def _printed(row) -> str:
    via = f" via {row.via}" if row.via else ""
    day = "undated" if pd.isna(row.published) else write_day(row.published)
    wire = f" ({row.wire})" if row.wire and row.wire != row.publisher else ""
    return f"{row.publisher}{wire}{via}, {day}"


def _head(name: str) -> str:
    text = str(name).replace("_", " ")
    return text[:1].upper() + text[1:]


def _row(row: tuple, columns: pd.Index) -> str:
    cells = []
    for at, (value, name) in enumerate(zip(row, columns, strict=True)):
        tag, scope = ("th", ' scope="row"') if at == 0 else ("td", "")
        number = isinstance(value, Real) and not isinstance(value, bool)
        kind = ' class="kl-num"' if number else ""
        cells.append(f"<{tag}{scope}{kind}>{_cell(value, name)}</{tag}>")
    return f"<tr>{''.join(cells)}</tr>"


def _cell(value: object, name: str) -> str:
    if name == "sources":
        return page().cite(value)  # type: ignore[arg-type]
    if isinstance(value, pd.Timestamp):
        return write_day(value)
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return '<span class="kl-none">not stated</span>'
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Real):
        return write_number(float(value))
    return escape(str(value))
