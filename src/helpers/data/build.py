"""data/raw -> data/processed: checked, typed, resolved, with intervals."""

import io
import json
from dataclasses import dataclass

import pandas as pd

from helpers.data.check import check_curated
from helpers.data.columns import typed
from helpers.data.derived import derive
from helpers.data.errors import DataError
from helpers.data.inputs import BOUNDARIES, CODEBOOK, DESCRIPTOR, raw_hashes
from helpers.data.package import describe_package, write_codebook
from helpers.data.project import Project, write_atomic
from helpers.data.schemas import COLUMNS, MODELS
from helpers.data.tables import read_curated


@dataclass(frozen=True)
class TableFile:
    """One built table as it lies on disk.

    Attributes
    ----------
    rows, columns : int
    csv, parquet : bytes
        Content of the two files.
    """

    rows: int
    columns: int
    csv: bytes
    parquet: bytes


@dataclass(frozen=True)
class BuildResult:
    """What a build did.

    Attributes
    ----------
    rows : dict of str to int
        Rows per table.
    written : tuple of str
        Names of the files whose content changed.
    """

    rows: dict[str, int]
    written: tuple[str, ...]


def build(project: Project) -> BuildResult:
    """Check the raw tables and build the processed ones.

    Parameters
    ----------
    project : Project

    Returns
    -------
    BuildResult

    Raises
    ------
    DataError
        The check found problems; nothing is written.
    OSError
        A file could not be written. Files are replaced one by one, the descriptor last, and
        readers compare them with the descriptor: a build broken off is noticed, not read.
    """
    # Before anything is read: what changes during the build is then noticed by the next.
    built_from = raw_hashes(project)
    contents = build_contents(project)
    rows = {name: item.rows for name, item in contents.items()}
    files = {f"{name}.csv": item.csv for name, item in contents.items()}
    files |= {f"{name}.parquet": item.parquet for name, item in contents.items()}
    files |= {path.name: path.read_bytes() for path in project.raw.glob(BOUNDARIES)}
    package = describe_package(built_from, files, rows)
    files[DESCRIPTOR] = (json.dumps(package, indent=1, ensure_ascii=False) + "\n").encode()
    targets = {project.processed / name: content for name, content in files.items()}
    targets[project.docs / CODEBOOK] = write_codebook().encode()
    written = []
    for path, content in targets.items():
        if not path.is_file() or path.read_bytes() != content:
            write_atomic(path, content)
            written.append(project.name_of(path))
    return BuildResult(rows, tuple(written))


def build_contents(project: Project) -> dict[str, TableFile]:
    """Build every table in memory.

    Parameters
    ----------
    project : Project

    Returns
    -------
    dict of str to TableFile

    Raises
    ------
    DataError
        The check found problems.
    """
    curated = read_curated(project)
    problems = check_curated(curated)
    if problems:
        raise DataError(problems)
    frames = {table: typed(curated.frames[table], COLUMNS[table]) for table in COLUMNS}
    return {table: serialise(derive(table, frames)) for table in MODELS}


def serialise(frame: pd.DataFrame) -> TableFile:
    """Write one table in both formats.

    Parameters
    ----------
    frame : DataFrame

    Returns
    -------
    TableFile
        The same bytes for the same table.
    """
    text = frame.to_csv(
        index=False, lineterminator="\n", date_format="%Y-%m-%d", float_format="%.15g"
    )
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    return TableFile(len(frame), frame.shape[1], text.encode("utf-8"), buffer.getvalue())
