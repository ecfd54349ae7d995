"""The one door to the built tables."""

import datetime
import json
import shutil
import subprocess
import sys

import pandas as pd
import pytest

from helpers.data.build import build
from helpers.data.errors import ParameterError, ProjectError
from helpers.data.load import day_of, load, record_reads
from helpers.data.project import ROOT_VARIABLE
from helpers.data.schemas import COLUMNS, MODELS
from helpers.data.vocabulary import PLACE_COLUMNS, TABLES


@pytest.fixture(scope="module")
def ready(make_small, tmp_path_factory):
    """A small project, built; tests only read it."""
    project = make_small(tmp_path_factory.mktemp("ready") / "small").project
    build(project)
    return project


@pytest.fixture
def copy(ready, tmp_path):
    """A copy of the built project that a test may spoil."""
    shutil.copytree(ready.root, tmp_path / "copy")
    return type(ready)(tmp_path / "copy")


def ids(table: str, **options) -> list[str]:
    return load(table, **options).frame.iloc[:, 0].str.removeprefix(f"{table[:3]}-0000000").tolist()


@pytest.mark.parametrize("table", MODELS)
def test_every_table_loads_whole(shipped, table):
    result = load(table, project=shipped)
    assert (result.name, result.as_of) == (table, None)
    assert (result.hidden_later, result.hidden_undated) == (0, 0)
    assert len(result.frame)
    assert result.frame.index.tolist() == list(range(len(result.frame)))


def test_project_is_found_when_none_is_given(ready, monkeypatch):
    monkeypatch.setenv(ROOT_VARIABLE, str(ready.root))
    assert len(load("returns").frame) == 5


def test_as_of_hides_what_was_published_later_and_what_is_undated(ready):
    result = load("returns", as_of="2021-01-31", project=ready)
    assert result.frame.empty
    assert result.as_of == pd.Timestamp("2021-01-31")
    assert (result.hidden_later, result.hidden_undated) == (4, 1)


def test_as_of_includes_the_day_itself(ready):
    result = load("returns", as_of="2021-02-01", project=ready)
    assert result.frame["claim_id"].str[-1].tolist() == ["1", "2", "3", "4"]
    assert (result.hidden_later, result.hidden_undated) == (0, 1)


@pytest.mark.parametrize("table", ["plans", "sources"])
def test_as_of_holds_for_plans_and_sources(ready, table):
    result = load(table, as_of="2021-02-01", project=ready)
    assert len(result.frame) == 1
    assert (result.hidden_later, result.hidden_undated) == (
        (1, 1) if table == "sources" else (0, 0)
    )


@pytest.mark.parametrize("table", ["places", "parties", "claimants", "missions"])
def test_as_of_leaves_reference_tables_whole(ready, table):
    result = load(table, as_of="1990-01-01", project=ready)
    assert len(result.frame) == len(load(table, project=ready).frame)
    assert result.as_of == pd.Timestamp("1990-01-01")
    assert (result.hidden_later, result.hidden_undated) == (0, 0)


@pytest.mark.parametrize(
    ("as_of", "sources"),
    [
        ("2021-02-01", "agency-20210201-00a1"),
        ("2021-03-01", "late-20210301-00a3;agency-20210201-00a1"),
        (None, "paper-nd-00a2;late-20210301-00a3;agency-20210201-00a1"),
    ],
)
def test_events_keep_the_sources_known_then(ready, as_of, sources):
    result = load("events", as_of=as_of, project=ready)
    events = result.frame.set_index("event_id")
    assert events.at["exchange-2021-02-01", "source_ids"] == sources
    # The war is told by an undated page only.
    assert ("war-2020" in events.index) == (as_of is None)
    assert result.hidden_undated == (0 if as_of is None else 1)


def test_event_told_later_is_hidden_and_counted(ready):
    result = load("events", as_of="2021-01-31", project=ready)
    assert result.frame.empty
    assert (result.hidden_later, result.hidden_undated) == (1, 1)


def test_shipped_claims_of_an_as_of_day_were_all_published_by_then(shipped):
    full = load("exchanges", project=shipped)
    part = load("exchanges", as_of="2021-06-30", project=shipped)
    assert (part.frame["published"] <= pd.Timestamp("2021-06-30")).all()
    assert len(part.frame) + part.hidden_later + part.hidden_undated == len(full.frame)
    assert min(len(part.frame), part.hidden_later, part.hidden_undated) > 50


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("", "", ["1", "2", "3", "4", "5"]),
        ("2021-01-30", "", ["1", "3", "4"]),
        ("2021-01-31", "", ["4"]),
        ("2021-02-01", "", []),
        ("", "2021-01-20", ["2", "5"]),
        ("", "2021-01-19", ["5"]),
        ("", "2020-12-01", ["5"]),
        ("", "2020-11-30", []),
        ("2020-12-31", "2021-01-20", ["2", "5"]),  # the month reaches to its last day
        ("2021-01-01", "2021-01-20", ["2"]),
        ("2021-02-01", "2020-01-01", []),
    ],
)
def test_start_and_end_keep_what_overlaps(ready, start, end, expected):
    assert ids("returns", start=start, end=end, project=ready) == expected


def test_start_and_end_hold_for_periods(ready):
    for start, end, rows in (("2020-11-09", "", 1), ("2020-11-10", "", 0), ("", "2020-09-27", 1),
                             ("", "2020-09-26", 0), ("2020-10-10", "2020-10-11", 1)):  # fmt: skip
        assert len(load("casualties", start=start, end=end, project=ready).frame) == rows


def test_hidden_rows_are_counted_within_the_days_asked_for(ready):
    result = load("returns", as_of="2021-01-01", start="2021-01-01", project=ready)
    assert (result.hidden_later, result.hidden_undated) == (4, 0)


def test_start_and_end_leave_tables_without_days_alone(ready):
    assert len(load("sources", start="2030-01-01", end="2030-01-02", project=ready).frame) == 3


@pytest.mark.parametrize(
    ("names", "origin", "destination"),
    [
        ("both", "Hilltown (Բլուր / Təpə)", "Oldbridge (Körpü)"),
        ("armenian", "Բլուր", "Oldbridge"),
        ("azerbaijani", "Təpə", "Körpü"),
        ("english", "Hilltown", "Oldbridge"),
    ],
)
def test_place_names_in_the_form_asked_for(ready, names, origin, destination):
    row = load("returns", names=names, project=ready).frame.loc[0]
    assert (row["origin_name"], row["destination_name"]) == (origin, destination)
    events = load("events", names=names, project=ready).frame
    assert events["place_name"].tolist() == ["", origin]


def test_both_forms_are_the_default(ready):
    assert load("returns", project=ready).frame["origin_name"][0] == "Hilltown (Բլուր / Təpə)"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"table": "prisoners"}, "'prisoners': no such table; use one of returns, exchanges, "),
        ({"table": "corrections"}, "'corrections': no such table; use one of returns, "),
        ({"as_of": "1 Feb 2021"}, "as_of='1 Feb 2021': not a day; write it as YYYY-MM-DD"),
        ({"as_of": "2021-02-30"}, "as_of='2021-02-30': not a day; write it as YYYY-MM-DD"),
        ({"start": "20210201"}, "start='20210201': not a day; write it as YYYY-MM-DD"),
        ({"start": "2021-W05-1"}, "start='2021-W05-1': not a day; write it as YYYY-MM-DD"),
        ({"end": "2021-02"}, "end='2021-02': not a day; write it as YYYY-MM-DD"),
        ({"names": "russian"}, "names='russian': no such form; use one of both, armenian, "),
    ],
)
def test_wrong_arguments(ready, options, message):
    with pytest.raises(ParameterError) as caught:
        load(**{"table": "returns", "project": ready} | options)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    "value",
    [
        "2021-02-01",
        datetime.date(2021, 2, 1),
        datetime.datetime(2021, 2, 1, 13, 30),
        pd.Timestamp("2021-02-01 13:30"),
    ],
)
def test_days_may_be_given_as_text_or_as_dates(value):
    assert day_of(value, "start") == pd.Timestamp("2021-02-01")


@pytest.mark.parametrize("value", ["", None])
def test_no_day_is_no_limit(value):
    assert day_of(value, "start") is None


def refused(project, table: str = "returns") -> str:
    with pytest.raises(ProjectError) as caught:
        load(table, project=project)
    assert str(caught.value).endswith("; run `karabakh build`")
    return str(caught.value)


def test_tables_that_are_not_built(small):
    assert refused(small.project).startswith("data/processed/datapackage.json: not built")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"resources": []}', '{"resources": [1]}', "\xff"])
def test_descriptor_that_cannot_be_read(copy, text):
    (copy.processed / "datapackage.json").write_text(text, encoding="latin-1")
    assert refused(copy).startswith("data/processed/datapackage.json: not readable")


def test_table_that_is_missing(copy):
    (copy.processed / "returns.parquet").unlink()
    assert refused(copy).startswith("data/processed/returns.parquet: not built")
    assert len(load("exchanges", project=copy).frame) == 2


def test_table_the_descriptor_does_not_know(copy):
    path = copy.processed / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    package["resources"] = [item for item in package["resources"] if "returns" not in item["path"]]
    path.write_text(json.dumps(package), encoding="utf-8")
    assert refused(copy).startswith("data/processed/returns.parquet: not built")


@pytest.mark.parametrize("table", ["returns", "places"])
def test_table_tampered_with(copy, table):
    frame = pd.read_parquet(copy.processed / f"{table}.parquet")
    frame.iloc[::-1].to_parquet(copy.processed / f"{table}.parquet")
    text = refused(copy)
    assert text.startswith(f"data/processed/{table}.parquet: differs from datapackage.json")


@pytest.mark.parametrize("change", ["edit", "add", "remove"])
def test_raw_files_that_changed_since_the_build(copy, change):
    path = copy.raw / "corrections.csv"
    if change == "edit":
        path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    elif change == "add":
        (copy.raw / "more.csv").write_text("x\n")
    else:
        path.unlink()
    assert refused(copy).startswith("data/raw: has changed since the tables were built")


def test_built_tables_may_travel_without_the_raw_ones(copy):
    shutil.rmtree(copy.raw)
    assert len(load("returns", project=copy).frame) == 5


def test_reads_are_recorded_with_the_hash_of_the_file(ready):
    package = json.loads((ready.processed / "datapackage.json").read_text(encoding="utf-8"))
    hashes = {item["path"]: item["hash"] for item in package["resources"]}
    with record_reads() as reads:
        load("returns", project=ready)
    # Place names come from the places.
    assert reads == {name: hashes[name] for name in ("returns.parquet", "places.parquet")}
    with record_reads() as reads:
        load("events", as_of="2021-02-01", project=ready)
    assert set(reads) == {"events.parquet", "places.parquet", "sources.parquet"}


def test_nothing_is_recorded_outside_the_block(ready):
    with record_reads() as reads:
        pass
    load("returns", project=ready)
    assert reads == {}


def test_nested_records_each_hold_what_was_read_within(ready):
    with record_reads() as outer:
        with record_reads() as inner:
            pass
        load("returns", project=ready)
        with record_reads() as second:
            load("exchanges", project=ready)
        load("plans", project=ready)
    assert inner == {}
    assert set(second) == {"exchanges.parquet", "places.parquet"}
    assert set(outer) == {f"{t}.parquet" for t in ("returns", "exchanges", "plans", "places")}


def test_recording_ends_with_an_error(ready):
    with pytest.raises(ParameterError), record_reads() as reads:
        load("nothing", project=ready)
    load("returns", project=ready)
    assert reads == {}


def test_reads_are_noted_in_the_file_named_by_the_environment(ready, tmp_path, monkeypatch):
    notes = tmp_path / "reads"
    monkeypatch.setenv("KARABAKH_READS", str(notes))
    with record_reads() as reads:
        load("returns", project=ready)
    load("exchanges", project=ready)
    lines = [line.split("\t") for line in notes.read_text(encoding="utf-8").splitlines()]
    assert dict(lines[:2]) == reads
    assert [name for name, _ in lines[2:]] == ["exchanges.parquet", "places.parquet"]


def test_frames_are_the_caller_s_own(ready):
    mine = load("returns", project=ready).frame
    mine["count"] = 0
    assert load("returns", project=ready).frame["count"].tolist() != [0] * 5


def test_plain_lists_agree_with_the_declarations():
    assert tuple(MODELS) == TABLES
    declared = {
        item.name
        for table in MODELS
        for item in COLUMNS[table]
        if item.references == "places.place_id"
    }
    assert declared == set(PLACE_COLUMNS)


def test_loading_does_without_the_checkers():
    # A cold kernel would wait most of a second for pandera, which only checking needs.
    script = "import helpers.data.load, sys; print('pandera' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
