"""What goes with the tables in words: the first sheet, the README, the codebook."""

from collections.abc import Mapping

import pandas as pd

from helpers.data.derived import derived_columns
from helpers.data.inputs import CODEBOOK
from helpers.data.schemas import COLUMNS, MODELS, describe_table

WORKBOOK = "karabakh-ledger.xlsx"
LICENCE = "LICENSE-DATA.md"


def about(frames: Mapping[str, pd.DataFrame], as_of: str) -> dict[str, str]:
    """Say what the tables are, in the lines of the workbook's first sheet.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        All tables.
    as_of : str
        Day by which everything in them had been published; empty means everything.

    Returns
    -------
    dict of str to str
        Heading to text.
    """
    newest = frames["sources"]["published"].max()
    return {
        "Title": "Karabakh Ledger: sourced claims on what followed the 9 November 2020 statement",
        "Known by": as_of or "everything curated so far",
        "Newest page": "none is dated" if pd.isna(newest) else f"{newest:%Y-%m-%d}",
        "Reading": (
            "One row of returns, exchanges, deployments, operations and casualties is one figure "
            "that one claimant stated and one source printed. An empty cell means not stated, "
            "never zero. Running totals (measure: cumulative) must not be summed, nor claims of "
            "different claimants or series added. low and high bound what the words allow."
        ),
        "Second row": "HXL hashtags; leave it out when you count rows.",
        "Apostrophes": "Text that a spreadsheet would take for a formula begins with one.",
        "Licence": f"Creative Commons Attribution 4.0 International (CC BY 4.0); see {LICENCE}",
        "Tables": "; ".join(f"{name}: {len(frame)} rows" for name, frame in frames.items()),
    }


def readme(lines: Mapping[str, str]) -> str:
    """Write the text beside the tables.

    Parameters
    ----------
    lines : mapping of str to str
        From :func:`about`.

    Returns
    -------
    str
        Markdown.
    """
    text = [f"# {lines['Title']}", ""]
    text += [f"- **{name}.** {words}" for name, words in lines.items() if name != "Title"]
    text += [
        "",
        f"`csv/` and `parquet/` hold the tables, `{WORKBOOK}` holds all of them as sheets,",
        f"`{CODEBOOK}` says what every column and word means, `datapackage.json` describes the",
        "files for machines (Frictionless Data Package v2).",
    ]
    return "\n".join(text) + "\n"


def codebook() -> pd.DataFrame:
    """List every column with what it means.

    Returns
    -------
    DataFrame
        `table`, `rows are`, `column`, `kind`, `unit`, `meaning`; text.
    """
    rows = [
        (table, describe_table(table), item.name, item.kind, item.unit or "", item.description)
        for table in MODELS
        for item in (*COLUMNS[table], *derived_columns(table))
    ]
    return pd.DataFrame(rows, columns=["table", "rows are", "column", "kind", "unit", "meaning"])
