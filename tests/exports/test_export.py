"""The exported zip: valid, tagged, inert in a spreadsheet, the same bytes for the same tables."""

import csv
import io
import json
import re
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from frictionless import Package

from helpers.data.derived import derived_columns
from helpers.data.errors import ParameterError, ProjectError
from helpers.data.project import Project
from helpers.data.schemas import COLUMNS, MODELS
from helpers.exports.archive import export
from helpers.exports.cells import neutral
from helpers.exports.hxl import HASHTAGS, hashtag
from helpers.exports.workbook import make_workbook

ROOT = Path(__file__).parents[2]
TAG = re.compile(r"#[a-z][a-z0-9_]*(\+[a-z][a-z0-9_]*)*")
# The list of hashtags of HXL 1.1 that we use; an invented one would be no HXL.
STANDARD = {
    "activity",
    "date",
    "description",
    "event",
    "geo",
    "group",
    "indicator",
    "item",
    "loc",
    "meta",
    "org",
    "status",
}
EARLY = "2021-05-01"


@pytest.fixture(scope="module")
def ledger(shipped: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The shipped project with what an export takes along."""
    root = tmp_path_factory.mktemp("export") / "ledger"
    shutil.copytree(shipped.root, root)
    shutil.copy(ROOT / "LICENSE-DATA.md", root)
    return Project(root)


@pytest.fixture(scope="module", params=["", EARLY])
def made(request: pytest.FixtureRequest, ledger: Project) -> tuple[Path, str]:
    path = ledger.root / f"export-{request.param}.zip"
    export(ledger, path, as_of=request.param)
    return path, request.param


def rows_in(path: Path, table: str) -> list[list[str]]:
    with zipfile.ZipFile(path) as archive:
        text = archive.read(f"csv/{table}.csv").decode()
    return list(csv.reader(io.StringIO(text)))


def test_frictionless_finds_the_whole_package_valid(made) -> None:
    report = Package(str(made[0])).validate()
    assert report.valid, report.flatten(["name", "type", "message"])
    assert {task.name for task in report.tasks} >= {*MODELS, "workbook", "boundaries"}


def test_descriptor_tells_bytes_hashes_and_vintage(made) -> None:
    path, as_of = made
    with zipfile.ZipFile(path) as archive:
        package = json.loads(archive.read("datapackage.json"))
        for item in package["resources"]:
            assert archive.getinfo(item["path"]).file_size >= item["bytes"]
        names = set(archive.namelist())
    assert package.get("as_of", "") == as_of
    listed = {item["path"] for item in package["resources"]}
    assert names == listed | {"README.md", "LICENSE-DATA.md", "codebook.md", "datapackage.json"}


def test_only_what_was_known_by_then_is_exported(ledger, made) -> None:
    path, as_of = made
    published = [row["published"] for row in _records(path, "returns")]
    assert len(published) > 100
    if as_of:
        assert max(published) <= as_of
        assert min(published) != ""
    else:
        assert max(published) > EARLY
        assert len(published) == len(pd.read_csv(ledger.raw / "returns.csv"))


def _records(path: Path, table: str) -> list[dict[str, str]]:
    head, _, *rows = rows_in(path, table)
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.mark.parametrize("table", list(MODELS))
def test_second_row_holds_one_hashtag_per_column(made, table: str) -> None:
    head, tags, *rows = rows_in(made[0], table)
    assert head == [item.name for item in (*COLUMNS[table], *derived_columns(table))]
    assert all(TAG.fullmatch(tag) for tag in tags)
    assert {tag.strip("#").split("+")[0] for tag in tags} <= STANDARD
    assert len(set(tags)) == len(tags)
    assert rows


def test_no_hashtag_is_for_a_column_that_is_gone() -> None:
    known = {item.name for t in MODELS for item in (*COLUMNS[t], *derived_columns(t))}
    assert set(HASHTAGS) <= known
    with pytest.raises(KeyError):
        hashtag("returns", "nothing")


def test_parquet_and_workbook_hold_the_same_rows(made) -> None:
    with zipfile.ZipFile(made[0]) as archive:
        book = openpyxl.load_workbook(io.BytesIO(archive.read("karabakh-ledger.xlsx")))
        for table in MODELS:
            frame = pd.read_parquet(io.BytesIO(archive.read(f"parquet/{table}.parquet")))
            records = _records(made[0], table)
            assert len(frame) == len(records) == book[table].max_row - 2
            key = frame.columns[0]
            assert frame[key].tolist() == [row[key] for row in records]
    assert book.sheetnames == ["About", "Codebook", *MODELS]


def test_workbook_holds_days_and_numbers_and_leaves_missing_cells_empty(made) -> None:
    with zipfile.ZipFile(made[0]) as archive:
        book = openpyxl.load_workbook(io.BytesIO(archive.read("karabakh-ledger.xlsx")))
    cells = list(book["returns"].iter_rows(min_row=3))
    at = {cell.value: index for index, cell in enumerate(book["returns"][1])}
    records = _records(made[0], "returns")
    for row, record in zip(cells, records, strict=True):
        for name in ("count", "low", "best", "high"):
            value = row[at[name]].value
            assert value == (float(record[name]) if record[name] else None)
        assert row[at["date"]].is_date
        assert f"{row[at['date']].value:%Y-%m-%d}" == record["date"]
    for sheet in book:
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_the_same_tables_give_the_same_bytes(ledger, tmp_path) -> None:
    for name in ("one", "two"):
        export(ledger, tmp_path / name / "x.zip", as_of=EARLY)
    assert (tmp_path / "one/x.zip").read_bytes() == (tmp_path / "two/x.zip").read_bytes()


@pytest.mark.parametrize("bad", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_what_a_spreadsheet_would_run_becomes_text(bad: str) -> None:
    frame = pd.DataFrame({"text": [bad, "as = is", "5 - 3", ""], "number": [-1.0, 2, 3, 4]})
    shown = neutral(frame.astype({"text": "str"}))
    assert shown["text"].tolist() == [f"'{bad}", "as = is", "5 - 3", ""]
    assert shown["number"].tolist() == [-1.0, 2, 3, 4]


def test_a_workbook_runs_and_follows_nothing() -> None:
    bad = ['=HYPERLINK("https://example.org","here")', "https://example.org", "12", "{=1+1}"]
    frame = pd.DataFrame({"note": bad}).astype("str")
    book = openpyxl.load_workbook(io.BytesIO(make_workbook({"returns": frame}, {}, frame)))
    for sheet in ("returns", "Codebook"):
        cells = [row[0] for row in book[sheet].iter_rows() if row[0].value in bad]
        assert [cell.value for cell in cells] == bad
        assert {cell.data_type for cell in cells} == {"s"}
        assert not [cell for cell in cells if cell.hyperlink]


def test_bad_requests_leave_an_older_export_alone(ledger, tmp_path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(b"older")
    with pytest.raises(ParameterError, match="not a day"):
        export(ledger, path, as_of="yesterday")
    (tmp_path / "file").write_text("")
    with pytest.raises(ProjectError, match="--out"):
        export(ledger, tmp_path / "file" / "x.zip")
    bare = Project(shutil.copytree(ledger.root, tmp_path / "bare"))
    (bare.root / "LICENSE-DATA.md").unlink()
    with pytest.raises(ProjectError, match=r"LICENSE-DATA\.md: No such file"):
        export(bare, path)
    assert path.read_bytes() == b"older"
    assert [item.name for item in tmp_path.glob(".*")] == []
