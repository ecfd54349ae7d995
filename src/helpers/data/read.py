"""Raw CSV -> text frame, with every fault of the file located."""

import csv
import difflib
import io
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers.data.columns import Column
from helpers.data.errors import Problem

LONGEST_CELL = 131_072
MOST_COLUMNS = 200


@dataclass(frozen=True)
class Raw:
    """One file as it was read.

    Attributes
    ----------
    frame : DataFrame of str
        One row per record, indexed by the line it begins on, columns in declared order; empty
        when the file cannot be read as a table.
    problems : list of Problem
        Faults of the file, its header and the shape of its lines.
    whole : bool
        Whether every record of the file is in the frame; where not, other tables may rightly
        refer to rows that are not here.
    """

    frame: pd.DataFrame
    problems: list[Problem]
    whole: bool


def read_raw(path: Path, columns: tuple[Column, ...], name: str) -> Raw:
    """Read one curated CSV as text, cell for cell.

    Parameters
    ----------
    path : Path
        The file.
    columns : tuple of Column
        What the table declares.
    name : str
        How messages call the file.

    Returns
    -------
    Raw
    """
    nothing = pd.DataFrame(columns=[item.name for item in columns], dtype="str")
    text, problems = _decode(path, name)
    if not text:
        return Raw(nothing, problems, whole=False)
    records, faults = _split(text, name)
    if faults:
        return Raw(nothing, problems + faults, whole=False)
    header = records.pop(1)
    faults = _check_header(header, columns, name)
    if faults:
        return Raw(nothing, problems + faults, whole=False)
    faults = _check_shape(records, len(header), name)
    for fault in faults:
        del records[fault.line]
    frame = pd.DataFrame(list(records.values()), index=list(records), columns=header, dtype="str")
    return Raw(frame[[item.name for item in columns]], problems + faults, whole=not faults)


def _decode(path: Path, name: str) -> tuple[str, list[Problem]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        problem = Problem(
            name, 0, "", "", f"the file cannot be read ({error.strerror})", "restore it"
        )
        return "", [problem]
    if not data.strip():
        problem = Problem(name, 0, "", "", "the file is empty", "restore it, header line included")
        return "", [problem]
    problems = []
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
        problems.append(
            Problem(name, 1, "", "", "begins with a byte order mark", "save as UTF-8 without BOM")
        )
    if b"\r" in data:
        line = data[: data.index(b"\r")].count(b"\n") + 1
        problems.append(
            Problem(name, line, "", "", "has Windows or Mac line ends", "save with LF line ends")
        )
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        return data.decode("utf-8"), problems
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        byte = f"byte 0x{data[error.start]:02x}"
        problems.append(Problem(name, line, "", byte, "is not UTF-8", "save the file as UTF-8"))
        return "", problems


def _split(text: str, name: str) -> tuple[dict[int, list[str]], list[Problem]]:
    """Split a file into records, by the line each begins on: a quoted cell may span several."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: dict[int, list[str]] = {}
    start = 1
    # One setting for the whole process, which other libraries lift.
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        for cells in reader:
            records[start] = cells
            start = reader.line_num + 1
    except csv.Error as error:
        remedy = "close the quotes, and write a quote inside a quoted cell twice"
        return records, [Problem(name, start, "", "", f"not valid CSV ({error})", remedy)]
    finally:
        csv.field_size_limit(before)
    return records, []


def _check_header(header: list[str], columns: tuple[Column, ...], name: str) -> list[Problem]:
    declared = [item.name for item in columns]
    strange = [word for word in dict.fromkeys(header) if word not in declared]
    if not set(header) & set(declared):
        remedy = f"write it: {','.join(declared)}"
        return [Problem(name, 1, "", ",".join(header), "the header line is missing", remedy)]
    if len(header) > MOST_COLUMNS:
        rule = f"has {len(header):,} columns, more than {MOST_COLUMNS}"
        return [Problem(name, 1, "", "", rule, f"write it: {','.join(declared)}")]
    problems = []
    for word in declared:
        if word not in header:
            near = difflib.get_close_matches(word, strange, 1)
            remedy = f"rename {near[0]!r}" if near else "add the column"
            strange = [other for other in strange if other not in near]
            problems.append(Problem(name, 1, word, "", "the column is missing", remedy))
    for word in strange:
        rule = f"column {header.index(word) + 1} is not declared"
        problems.append(Problem(name, 1, word, "", rule, "remove or rename it"))
    for word in dict.fromkeys(word for word in header if header.count(word) > 1):
        problems.append(Problem(name, 1, word, "", "the column stands twice", "remove one"))
    return problems


def _check_shape(records: dict[int, list[str]], width: int, name: str) -> list[Problem]:
    problems = []
    for line, row in records.items():
        if not any(row):
            problems.append(Problem(name, line, "", "", "the line is empty", "remove it"))
        elif len(row) != width:
            rule = f"has {len(row)} cells where the header has {width}"
            remedy = "quote cells that hold commas, or fill in what is missing"
            problems.append(Problem(name, line, "", ",".join(row), rule, remedy))
    return problems
