"""data/raw -> data/processed."""

import shutil

import pandas as pd
import pytest

from helpers.data import build as build_module
from helpers.data.build import build
from helpers.data.errors import DataError, ProjectError
from helpers.data.load import load
from helpers.data.project import Project, write_atomic
from helpers.data.schemas import MODELS
from helpers.data.vocabulary import CLAIM_TABLES


def contents(project: Project) -> dict[str, bytes]:
    """Return the bytes of every built file by name."""
    return {path.name: path.read_bytes() for path in sorted(project.processed.iterdir())}


def test_every_raw_row_of_the_shipped_data_is_built(shipped):
    for table in MODELS:
        raw = pd.read_csv(shipped.raw / f"{table}.csv", dtype=str)
        built = load(table, project=shipped).frame
        assert len(built) == len(raw)
        key = raw.columns[0]
        assert built[key].tolist() == raw[key].tolist()


def test_csv_and_parquet_hold_the_same(shipped):
    for table in MODELS:
        frame = load(table, project=shipped).frame
        text = pd.read_csv(shipped.processed / f"{table}.csv", dtype=str, keep_default_na=False)
        assert list(text.columns) == list(pd.read_parquet(shipped.processed / f"{table}.parquet"))
        for name, column in frame.items():
            if name.endswith("_name"):
                continue  # load writes these in the form asked for
            if column.dtype == "Float64":
                again = pd.to_numeric(text[name].replace("", None)).astype("Float64")
            elif column.dtype.kind == "M":
                again = pd.to_datetime(text[name].replace("", None)).astype(column.dtype)
            else:
                again, column = text[name], column.fillna("").astype("str")
            pd.testing.assert_series_equal(again, column, check_dtype=False, check_names=False)


def test_two_builds_in_two_folders_are_byte_identical(make_small, tmp_path):
    one, two = make_small(tmp_path / "one").project, make_small(tmp_path / "other/two").project
    build(one)
    build(two)
    assert contents(one) == contents(two)
    assert (one.docs / "codebook.md").read_bytes() == (two.docs / "codebook.md").read_bytes()


def test_a_second_build_writes_nothing(small):
    first = build(small.project)
    stamps = {path: path.stat().st_mtime_ns for path in small.project.processed.iterdir()}
    second = build(small.project)
    assert len(first.written) == 2 * len(MODELS) + 2
    assert {"data/processed/returns.csv", "docs/codebook.md"} <= set(first.written)
    assert second.written == ()
    assert second.rows == first.rows == {table: len(small.rows[table]) for table in MODELS}
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps


def test_a_changed_row_rewrites_its_own_table_and_the_descriptor(small):
    build(small.project)
    small.put("deployments", 0, "count", "1961")
    assert build(small.project).written == (
        "data/processed/deployments.csv",
        "data/processed/deployments.parquet",
        "data/processed/datapackage.json",
    )


def test_faulty_tables_are_not_built(small):
    small.put("returns", 0, "count", "-1")
    small.put("events", 0, "kind", "party")
    with pytest.raises(DataError) as caught:
        build(small.project)
    assert [problem.column for problem in caught.value.problems] == ["kind", "count"]
    assert str(caught.value).splitlines() == [str(problem) for problem in caught.value.problems]
    assert list(small.project.processed.iterdir()) == []


def test_faulty_tables_leave_the_last_build_as_it_was(small):
    build(small.project)
    before = contents(small.project)
    small.put("returns", 0, "count", "-1")
    with pytest.raises(DataError):
        build(small.project)
    assert contents(small.project) == before


def test_intervals_names_and_sources_are_attached(small):
    build(small.project)
    returns = load("returns", names="english", project=small.project).frame.set_index("claim_id")
    row = returns.loc["ret-00000001"]
    assert (row["low"], row["best"], row["high"]) == (96, 96, 96)
    assert (row["claimant"], row["claimant_party"]) == ("Ministry", "northland")
    assert (row["publisher"], row["via"], row["language"]) == ("Agency", "", "en")
    assert (row["published"], row["url"]) == (pd.Timestamp("2021-02-01"), "https://example.org/1")
    assert (row["origin_name"], row["destination_name"]) == ("Hilltown", "Oldbridge")
    assert (row["series"], row["speaker"]) == ("escorted_returns/people", "ministry")
    assert returns["known_issue"].tolist() == ["", "", "", "cumulative_fall", ""]
    # A reprint goes back to the agency it credits.
    assert returns["origin_key"].tolist() == ["Agency", "Agency", "Newswire", "Agency", "Paper"]
    month = returns.loc["ret-00000005"]
    assert (month["date"], month["last_day"]) == (
        pd.Timestamp("2020-12-01"),
        pd.Timestamp("2020-12-31"),
    )
    assert pd.isna(month["published"])
    assert month["speaker"] == "media: Paper"
    exchanges = load("exchanges", project=small.project).frame.set_index("claim_id")
    assert exchanges.at["exc-00000001", "mediators_name"] == "Northland; Red Cross"
    assert exchanges.at["exc-00000001", "held_since"] == pd.Timestamp("2021-01-15")
    held = exchanges.loc["exc-00000002"]
    assert (held["low"], held["high"]) == (24, 99)
    assert pd.isna(held["best"])
    assert held["place_name"] == ""


def test_events_know_their_first_dated_report(small):
    build(small.project)
    events = load("events", project=small.project).frame.set_index("event_id")
    assert events.at["exchange-2021-02-01", "first_published"] == pd.Timestamp("2021-02-01")
    assert pd.isna(events.at["war-2020", "first_published"])
    assert events.at["war-2020", "last_day"] == pd.Timestamp("2020-11-09")


def test_dtypes_are_those_declared(shipped):
    frame = load("returns", project=shipped).frame
    assert {str(frame[name].dtype) for name in ("count", "low", "best", "high")} == {"Float64"}
    dates = ("date", "date_end", "since", "published", "last_day")
    assert {str(frame[name].dtype) for name in dates} == {"datetime64[us]"}
    assert str(frame["note"].dtype) == "str"


def test_a_table_without_rows_is_built_with_its_columns(small):
    rows = {table: len(frame) for table, frame in small.rows.items()}
    for table in (*CLAIM_TABLES, "plans", "missions", "corrections", "known_issues", "events"):
        small.rows[table].clear()
        small.write(table)
    result = build(small.project)
    assert result.rows["returns"] == 0
    assert result.rows["sources"] == rows["sources"]
    for table in (*CLAIM_TABLES, "plans", "events", "missions"):
        frame = load(table, as_of="2021-02-01", start="2020-01-01", project=small.project).frame
        assert frame.empty
        assert "date" in frame or table == "missions"
    returns = load("returns", project=small.project).frame
    assert str(returns["published"].dtype) == "datetime64[us]"
    assert str(returns["low"].dtype) == "Float64"
    assert str(returns["series"].dtype) == "str"


@pytest.mark.parametrize("full_at", ["returns.csv", "deployments.parquet"])
def test_build_broken_off_leaves_whole_files_and_is_not_read(small, monkeypatch, full_at):
    build(small.project)
    before = contents(small.project)
    small.put("returns", 0, "note", "New")
    small.put("deployments", 0, "count", "1961")
    tables = build_module.build_contents(small.project)
    after = {f"{name}.csv": item.csv for name, item in tables.items()}
    after |= {f"{name}.parquet": item.parquet for name, item in tables.items()}

    def fill_the_disk(path, content):
        if path.name == full_at:
            raise OSError(28, "No space left on device", str(path))
        write_atomic(path, content)

    monkeypatch.setattr(build_module, "write_atomic", fill_the_disk)
    with pytest.raises(OSError, match="No space left"):
        build(small.project)
    now = contents(small.project)
    assert set(now) == set(before)
    for name, content in now.items():
        assert content in (before[name], after.get(name))
    assert (now["returns.csv"] == before["returns.csv"]) == (full_at == "returns.csv")
    assert now["datapackage.json"] == before["datapackage.json"]
    with pytest.raises(ProjectError, match="run `karabakh build`"):
        load("returns", project=small.project)
    monkeypatch.undo()
    build(small.project)
    assert load("returns", project=small.project).frame["note"][0] == "New"


def test_table_newer_than_its_descriptor_is_not_read_even_without_raw_files(small, monkeypatch):
    build(small.project)
    small.put("returns", 0, "note", "New")

    def fill_the_disk(path, content):
        if path.name == "datapackage.json":
            raise OSError(28, "No space left on device", str(path))
        write_atomic(path, content)

    monkeypatch.setattr(build_module, "write_atomic", fill_the_disk)
    with pytest.raises(OSError, match="No space left"):
        build(small.project)
    shutil.rmtree(small.project.raw)
    with pytest.raises(ProjectError, match=r"returns\.parquet: differs from datapackage\.json"):
        load("returns", project=small.project)
