"""All claims of all tables in one table that can be searched, sorted and paged."""

from html import escape
from typing import Any

import pandas as pd
from itables import options, to_html_datatable
from itables.javascript import generate_init_offline_itables_html

from helpers.charts import look_for
from helpers.charts.citations import describe_source
from helpers.charts.look import series_name
from helpers.charts.tables import Html
from helpers.charts.words import write_figure
from helpers.data.frames import rows_of
from helpers.data.load import load
from helpers.data.project import Project
from helpers.data.vocabulary import FIGURE_TABLES, UNITS

_PAGES = [10, 25, 100]
_STYLE = "table-layout:auto;width:100%;margin:0;caption-side:top"
_CSS = ".dt-container table.dataTable td { vertical-align: top; min-width: 4.5em; }"
# By the place of the column: notes and sources get the room, days stay on one line. The id of a
# claim is found by searching for it.
_COLUMN_RULES: list[dict[str, Any]] = [
    {"className": "dt-left", "targets": "_all"},
    {"className": "dt-nowrap", "targets": [1]},
    {"width": "26%", "targets": [4]},
    {"width": "20%", "targets": [6]},
    {"visible": False, "targets": [7]},
]


def search_claims(*, as_of: str = "", names: str = "both", project: Project | None = None) -> Html:
    """Show every claim of the ledger in a table that can be searched.

    Parameters
    ----------
    as_of : str
        Only what had been published by this day, YYYY-MM-DD; empty means all.
    names : str
        Form of place names.
    project : Project, optional
        The project found from the current folder by default.

    Returns
    -------
    Html
        Holds the table and the script that makes it interactive; nothing is loaded from a network.

    Raises
    ------
    KarabakhError
        The tables are not built, or there is no such day or form.
    """
    claims = all_claims(as_of=as_of, names=names, project=project)
    # Source links are markup; everything that comes from data was escaped when they were made.
    table = to_html_datatable(
        claims,
        connected=False,
        allow_html=True,
        maxBytes=0,
        showIndex=False,
        style=_STYLE,
        css=_CSS,
        classes="display compact",
        lengthMenu=_PAGES,
        autoWidth=False,
        columnDefs=_COLUMN_RULES,
        order=[[1, "desc"]],
    )
    return Html(generate_init_offline_itables_html(options.dt_bundle) + table)


def all_claims(
    *, as_of: str = "", names: str = "both", project: Project | None = None
) -> pd.DataFrame:
    """Gather the claims of all tables as text that may stand in a page.

    Parameters
    ----------
    as_of, names, project
        See :func:`search_claims`.

    Returns
    -------
    DataFrame
        One row per claim, by date: `Table`, `Date` (first day, YYYY-MM-DD), `Figure` (with its
        unit), `Counted`, `Note`, `Stated by`, `Printed by` (with a link), `Claim`; escaped HTML.
    """
    sources = load("sources", project=project).frame.set_index("source_id")
    rows = []
    for table in FIGURE_TABLES:
        claims = load(table, as_of=as_of, names=names, project=project).frame
        counted = _counted(claims)
        for row, what in zip(rows_of(claims.rename(columns={"count": "n"})), counted, strict=True):
            figure = f"{write_figure(row.n, row.qualifier)} {UNITS[row.unit]}"
            cells = (table, f"{row.date:%Y-%m-%d}", figure, what, row.note, row.claimant)
            rows.append((*cells, row.source_id, row.claim_id))
    frame = pd.DataFrame(rows, columns=_COLUMNS, dtype="str").map(escape)
    printed = {source: describe_source(row) for source, row in sources.iterrows()}
    frame["Printed by"] = frame["Printed by"].map(printed)
    return frame.sort_values(["Date", "Claim"], ignore_index=True)


_COLUMNS = [
    "Table",
    "Date",
    "Figure",
    "Counted",
    "Note",
    "Stated by",
    "Printed by",
    "Claim",
]


def _counted(claims: pd.DataFrame) -> list[str]:
    """Say what each claim counts; planned figures have no series."""
    if "series" in claims:
        return [series_name(key) for key in claims["series"]]
    return [look_for(word).what for word in claims["subject"]]
