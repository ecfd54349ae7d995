"""All tables as one workbook, for people who live in spreadsheets."""

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd
import xlsxwriter

from helpers.exports.hxl import hashtag

_WIDEST = 60  # characters
# Nothing in a cell is run or followed, and what is no number stays a blank cell.
_PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def make_workbook(
    tables: Mapping[str, pd.DataFrame], about: Mapping[str, str], codebook: pd.DataFrame
) -> bytes:
    """Write an XLSX workbook.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        One sheet each; the second row holds HXL hashtags.
    about : mapping of str to str
        What the first sheet says, line by line.
    codebook : DataFrame
        What the columns mean; the second sheet.

    Returns
    -------
    bytes
        The same bytes for the same content: the workbook bears no time of making.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, **_PLAIN}) as book:
        book.set_properties({"title": about.get("Title", ""), "created": datetime(2020, 11, 9)})
        styles = {
            "head": book.add_format({"bold": True, "bottom": 1}),
            "tag": book.add_format({"italic": True, "font_color": "#5b6770"}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        _write_about(book.add_worksheet("About"), about, styles)
        _write_frame(book.add_worksheet("Codebook"), codebook, styles, tags=[])
        for name, frame in tables.items():
            tags = [hashtag(name, column) for column in frame.columns]
            _write_frame(book.add_worksheet(name), frame, styles, tags=tags)
    return buffer.getvalue()


def _write_about(sheet: Any, about: Mapping[str, str], styles: Mapping[str, Any]) -> None:
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 100)
    for line, (name, text) in enumerate(about.items()):
        sheet.write_string(line, 0, name, styles["head"])
        sheet.write_string(line, 1, text, styles["wrap"])


def _write_frame(
    sheet: Any, frame: pd.DataFrame, styles: Mapping[str, Any], *, tags: list[str]
) -> None:
    above = 2 if tags else 1
    for at, name in enumerate(frame.columns):
        sheet.write_string(0, at, name, styles["head"])
        if tags:
            sheet.write_string(1, at, tags[at], styles["tag"])
        lengths = sorted(len(str(value)) for value in frame[name].dropna())
        usual = lengths[int(len(lengths) * 0.9)] if lengths else 0
        sheet.set_column(at, at, min(_WIDEST, max(len(name), usual)) + 2)
        _write_column(sheet, at, above, frame[name], styles)
    sheet.freeze_panes(above, 1)
    if len(frame):
        sheet.autofilter(above - 1, 0, above - 1 + len(frame), len(frame.columns) - 1)


def _write_column(
    sheet: Any, at: int, above: int, column: pd.Series, styles: Mapping[str, Any]
) -> None:
    """Write the cells that hold something; missing is an empty cell, never a zero."""
    days = pd.api.types.is_datetime64_any_dtype(column.dtype)
    numbers = pd.api.types.is_numeric_dtype(column.dtype)
    for line, value in enumerate(column, start=above):
        if pd.isna(value) or value == "":
            continue
        if days:
            sheet.write_datetime(line, at, value.to_pydatetime(), styles["day"])
        elif numbers:
            sheet.write_number(line, at, float(value))
        else:
            sheet.write_string(line, at, str(value))
