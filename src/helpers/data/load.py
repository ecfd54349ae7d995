"""The one door to the built tables: what was known on a date, in the reader's place names."""

import io
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from helpers.data.boundaries import Outline, read_outlines
from helpers.data.errors import ParameterError, ProjectError
from helpers.data.inputs import BOUNDARIES, DESCRIPTOR, digest, raw_hashes
from helpers.data.names import name_column, place_names, replace_ids
from helpers.data.project import READS_VARIABLE, Project, find_project
from helpers.data.vocabulary import FIGURE_TABLES, PLACE_COLUMNS, TABLES

_REBUILD = "run `karabakh build`"
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_readers: list[dict[str, str]] = []


@dataclass(frozen=True)
class Table:
    """A table as a notebook sees it.

    Attributes
    ----------
    name : str
        Table name.
    frame : DataFrame
        The rows; columns as in ``docs/codebook.md``.
    as_of : Timestamp or None
        Only what had been published by that day is here; None means everything.
    hidden_later, hidden_undated : int
        Rows left out because their source was published later, or bears no date.
    """

    name: str
    frame: pd.DataFrame
    as_of: pd.Timestamp | None = None
    hidden_later: int = 0
    hidden_undated: int = 0


def load(
    table: str,
    *,
    as_of: str | date | None = None,
    names: str = "both",
    start: str | date | None = None,
    end: str | date | None = None,
    project: Project | None = None,
) -> Table:
    """Load one built table.

    Parameters
    ----------
    table : str
        Name of the table, e.g. ``returns``.
    as_of : str or date, optional
        Keep only what had been published by this day. Undated sources are then left out, since
        nobody can say when they were known. Empty or None keeps everything.
    names : str
        Form of place names: both, armenian, azerbaijani or english.
    start, end : str or date, optional
        Keep rows whose days overlap this period.
    project : Project, optional
        The project found from the current folder by default.

    Returns
    -------
    Table

    Raises
    ------
    ParameterError
        Unknown table or form, or a date that is none.
    ProjectError
        The table is not built, half built, or older than the raw files.
    """
    if table not in TABLES:
        raise ParameterError(f"{table!r}: no such table; use one of {', '.join(TABLES)}")
    folder = project or find_project()
    frame = _read(folder, table)
    frame = _rename_places(frame, place_names(_read(folder, "places"), names))
    first, last, known = day_of(start, "start"), day_of(end, "end"), day_of(as_of, "as_of")
    if "last_day" in frame:
        frame = frame[frame["last_day"] >= first] if first is not None else frame
        frame = frame[frame["date"] <= last] if last is not None else frame
    if known is None:
        return Table(table, frame.reset_index(drop=True))
    return _published_by(table, frame, known, folder)


def load_boundaries(project: Project | None = None) -> list[Outline]:
    """Load the outlines of countries that maps are drawn on.

    Parameters
    ----------
    project : Project, optional
        The project found from the current folder by default.

    Returns
    -------
    list of Outline
        In the order of the file.

    Raises
    ------
    ProjectError
        The file is missing, or the tables are not built or older than the raw files.
    """
    return read_outlines(_content(project or find_project(), BOUNDARIES))


def day_of(value: str | date | None, name: str) -> pd.Timestamp | None:
    """Read a day given as a parameter.

    Parameters
    ----------
    value : str, date or None
        YYYY-MM-DD; empty or None means no limit.
    name : str
        What the parameter is called, for the message.

    Returns
    -------
    Timestamp or None

    Raises
    ------
    ParameterError
        Not a day.
    """
    if value is None or value == "":
        return None
    # Python reads 20210201 and 2021-W05-1 as well; a day is written in one way here.
    text = f"{value:%Y-%m-%d}" if isinstance(value, date) else str(value)
    try:
        if not re.fullmatch(_DAY, text):
            raise ValueError(text)
        return pd.Timestamp(date.fromisoformat(text))
    except ValueError:
        raise ParameterError(f"{name}={value!r}: not a day; write it as YYYY-MM-DD") from None


@contextmanager
def record_reads() -> Iterator[dict[str, str]]:
    """Record which files are read, with the hash of their content, while the block runs.

    Yields
    ------
    dict of str to str
        Filled as tables and outlines are loaded: file name to hash.
    """
    reads: dict[str, str] = {}
    _readers.append(reads)
    try:
        yield reads
    finally:
        # By identity: records of nested blocks may be equal, and `remove` would take the wrong one.
        _readers[:] = [other for other in _readers if other is not reads]


def _read(project: Project, table: str) -> pd.DataFrame:
    return pd.read_parquet(io.BytesIO(_content(project, f"{table}.parquet")))


def _content(project: Project, name: str) -> bytes:
    """Read a built file that is as the descriptor says, and record that it was read."""
    described = _descriptor(project)
    path = project.processed / name
    if not path.is_file() or name not in described:
        raise ProjectError(f"{project.name_of(path)}: not built; {_REBUILD}")
    content = path.read_bytes()
    if digest(content) != described[name]:
        raise ProjectError(f"{project.name_of(path)}: differs from {DESCRIPTOR}; {_REBUILD}")
    _note(name, described[name])
    return content


def _note(name: str, content_hash: str) -> None:
    """Tell everybody who wants to know that a file was read."""
    for reads in _readers:
        reads[name] = content_hash
    if notes := os.environ.get(READS_VARIABLE):
        # One short append, which a notebook's other processes cannot get between.
        with Path(notes).open("a", encoding="utf-8") as file:
            file.write(f"{name}\t{content_hash}\n")


def _descriptor(project: Project) -> dict[str, str]:
    path: Path = project.processed / DESCRIPTOR
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
        hashes = {item["path"]: item["hash"] for item in package["resources"]}
        built_from = package["built_from"]
    except FileNotFoundError:
        raise ProjectError(f"{project.name_of(path)}: not built; {_REBUILD}") from None
    except (ValueError, KeyError, TypeError):
        raise ProjectError(f"{project.name_of(path)}: not readable; {_REBUILD}") from None
    # A folder of built tables may travel without its raw files; where they lie, they must agree.
    if project.raw.is_dir() and raw_hashes(project) != built_from:
        raise ProjectError(f"data/raw: has changed since the tables were built; {_REBUILD}")
    return hashes


def _rename_places(frame: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    for column in PLACE_COLUMNS:
        if name_column(column) in frame:
            frame[name_column(column)] = replace_ids(frame[column], names)
    return frame


def _published_by(table: str, frame: pd.DataFrame, known: pd.Timestamp, project: Project) -> Table:
    if table == "events":
        frame, published = frame.copy(), frame["first_published"]
        dates = _read(project, "sources").set_index("source_id")["published"]
        early = set(dates.index[dates <= known])
        frame["source_ids"] = [
            ";".join(source for source in cell.split(";") if source in early)
            for cell in frame["source_ids"]
        ]
    elif table in (*FIGURE_TABLES, "sources"):
        published = frame["published"]
    else:
        return Table(table, frame.reset_index(drop=True), known)
    undated = published.isna()
    kept = frame[published <= known].reset_index(drop=True)
    later = int((published > known).sum())
    return Table(table, kept, known, hidden_later=later, hidden_undated=int(undated.sum()))
