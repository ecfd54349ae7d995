"""A zip of everything: a Frictionless Data Package with CSV, Parquet, a workbook and its texts."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.data.build import serialise
from helpers.data.errors import ProjectError
from helpers.data.freshness import ensure_built
from helpers.data.inputs import BOUNDARIES, CODEBOOK, digest, raw_hashes
from helpers.data.load import load
from helpers.data.package import describe_package
from helpers.data.project import Project, write_atomic
from helpers.data.schemas import MODELS
from helpers.exports.cells import neutral
from helpers.exports.hxl import hashtag
from helpers.exports.texts import LICENCE, WORKBOOK, about, codebook, readme
from helpers.exports.workbook import make_workbook

# Zip archives know no year before 1980; any fixed moment keeps the bytes the same.
_MOMENT = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Export:
    """What was exported.

    Attributes
    ----------
    path : Path
        The zip.
    rows : dict of str to int
        Rows per table.
    bytes : int
        Size of the zip.
    """

    path: Path
    rows: dict[str, int]
    bytes: int


def export(
    project: Project, path: Path, *, as_of: str | None = None, names: str = "both"
) -> Export:
    """Write every built table, described, into one zip.

    Parameters
    ----------
    project : Project
        Built first where it isn't.
    path : Path
        The zip; its folder is made when missing.
    as_of : str, optional
        Day, YYYY-MM-DD: only what had been published by then.
    names : str
        Form of place names, as in :func:`helpers.data.load.load`.

    Returns
    -------
    Export
        The same tables, day and names give the same bytes.

    Raises
    ------
    DataError, ParameterError
        The curated tables break rules; `as_of` or `names` is not understood.
    ProjectError
        A file is missing, or the zip cannot be written; an older one stays as it was.
    """
    ensure_built(project)
    frames = {
        table: neutral(load(table, as_of=as_of, names=names, project=project).frame)
        for table in MODELS
    }
    try:
        content = _zip(_files(project, frames, as_of or ""))
        write_atomic(path, content)
    except OSError as error:
        raise ProjectError(
            f"{error.filename or path}: {error.strerror}, so nothing was exported; "
            "restore the file, or choose another place with --out"
        ) from None
    return Export(path, {table: len(frame) for table, frame in frames.items()}, len(content))


def _files(project: Project, frames: Mapping[str, pd.DataFrame], as_of: str) -> dict[str, bytes]:
    """Make the content of every file in the zip, by its path there."""
    tables: dict[str, bytes] = {}
    for table, frame in frames.items():
        file = serialise(frame)
        tables[f"{table}.csv"] = _tagged(table, frame, file.csv)
        tables[f"{table}.parquet"] = file.parquet
    tables[BOUNDARIES] = (project.processed / BOUNDARIES).read_bytes()
    words = about(frames, as_of)
    workbook = make_workbook(frames, words, codebook())
    rows = {table: len(frame) for table, frame in frames.items()}
    package = describe_package(raw_hashes(project), tables, rows)
    package["resources"] = [_relocated(resource, frames) for resource in package["resources"]] + [
        _workbook_resource(workbook)
    ]
    if as_of:
        package["as_of"] = as_of
    files = {_place(name): content for name, content in tables.items()}
    files |= {WORKBOOK: workbook, "README.md": readme(words).encode()}
    files["datapackage.json"] = (json.dumps(package, indent=1, ensure_ascii=False) + "\n").encode()
    files[CODEBOOK] = (project.docs / CODEBOOK).read_bytes()
    files[LICENCE] = (project.root / LICENCE).read_bytes()
    return files


def _tagged(table: str, frame: pd.DataFrame, content: bytes) -> bytes:
    """Put the row of hashtags below the header."""
    head, rows = content.split(b"\n", 1)
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(hashtag(table, name) for name in frame.columns)
    return head + b"\n" + line.getvalue().encode() + rows


def _place(name: str) -> str:
    """Return a file's path in the zip: one folder per format."""
    folder = {"csv": "csv/", "parquet": "parquet/"}.get(name.rpartition(".")[2], "")
    return folder + name


def _relocated(resource: dict[str, Any], frames: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Describe a built file as it lies in the zip."""
    resource = resource | {"path": _place(resource["path"])}
    if resource["format"] == "parquet":
        # It brings its own types; as a table, frictionless 5 stumbles over its empty days.
        unread = {key: value for key, value in resource.items() if key not in ("schema", "rows")}
        return unread | {"type": "file"}
    if resource["format"] == "csv":
        # The hashtags are the second row: for a reader of data, a comment.
        resource["dialect"] = resource["dialect"] | {"headerRows": [1], "commentRows": [2]}
        resource["schema"] = _kept_keys(resource["schema"], frames[resource["name"]], frames)
    return resource


def _kept_keys(
    schema: dict[str, Any], frame: pd.DataFrame, frames: Mapping[str, pd.DataFrame]
) -> dict[str, Any]:
    """Keep the foreign keys that hold: with an early `as_of`, some events are not known yet."""

    def holds(key: dict[str, Any]) -> bool:
        (column,), target = key["fields"], key["reference"]
        known = set(frames[target["resource"]][target["fields"][0]]) | {""}
        return set(frame[column]) <= known

    return schema | {"foreignKeys": [key for key in schema.get("foreignKeys", []) if holds(key)]}


def _workbook_resource(content: bytes) -> dict[str, Any]:
    return {
        "name": "workbook",
        "path": WORKBOOK,
        "description": "All tables, one sheet each, with codebook.",
        "format": "xlsx",
        "mediatype": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "bytes": len(content),
        "hash": digest(content),
    }


def _zip(files: Mapping[str, bytes]) -> bytes:
    """Pack files in the order of their names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, files[name])
    return buffer.getvalue()
