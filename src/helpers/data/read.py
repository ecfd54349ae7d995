"""Raw CSV -> text frame, with every fault of the file located."""

import csv
import difflib
import io
from pathlib import Path

import pandas as pd

from helpers.data.columns import Column
from helpers.data.errors import Problem


def read_raw(
    path: Path, columns: tuple[Column, ...], name: str
) -> tuple[pd.DataFrame, list[Problem]]:
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
    frame : DataFrame of str
        One row per claim, indexed by line number, columns in declared order; empty when the
        file cannot be read as a table.
    problems : list of Problem
        Faults of the file, its header and the shape of its lines.
    """
    nothing = pd.DataFrame(columns=[item.name for item in columns], dtype="str")
    text, problems = _decode(path, name)
    if not text:
        return nothing, problems
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        header = next(reader)
        for cells in reader:
            rows.append(cells)
            lines.append(reader.line_num)
    except csv.Error as error:
        problems.append(
            Problem(name, reader.line_num, "", "", f"not valid CSV ({error})", "close the quotes")
        )
        return nothing, problems
    faults = _check_header(header, columns, name)
    if faults:
        return nothing, problems + faults
    problems += _check_shape(rows, lines, len(header), name)
    whole = [(line, row) for line, row in zip(lines, rows, strict=True) if len(row) == len(header)]
    frame = pd.DataFrame(
        [row for _, row in whole], index=[line for line, _ in whole], columns=header, dtype="str"
    )
    return frame[[item.name for item in columns]], problems


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


def _check_header(header: list[str], columns: tuple[Column, ...], name: str) -> list[Problem]:
    declared = [item.name for item in columns]
    problems = []
    for word in declared:
        if word not in header:
            near = difflib.get_close_matches(word, set(header) - set(declared), 1)
            remedy = f"rename {near[0]!r}" if near else "add the column"
            problems.append(Problem(name, 1, word, "", "the column is missing", remedy))
    for word in header:
        if word not in declared:
            problems.append(
                Problem(name, 1, word, "", "the column is not declared", "remove or rename it")
            )
    for word in {word for word in header if header.count(word) > 1}:
        problems.append(Problem(name, 1, word, "", "the column stands twice", "remove one"))
    return problems


def _check_shape(
    rows: list[list[str]], lines: list[int], width: int, name: str
) -> list[Problem]:
    return [
        Problem(
            name, line, "", ",".join(row), f"has {len(row)} cells where the header has {width}",
            "quote cells that hold commas, or fill in what is missing",
        )  # fmt: skip
        for line, row in zip(lines, rows, strict=True)
        if len(row) != width
    ]
