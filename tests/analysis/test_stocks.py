"""Strength as claimed, and from when to when missions lasted."""

import pandas as pd
import pytest

from helpers.analysis import lifelines, strength
from helpers.data.load import load
from helpers.data.project import Project
from small_frames import claims, events


def test_strength_is_of_one_force_category_and_status() -> None:
    frame = claims(
        {"count": 1960},
        {"count": 1961, "force": "euma"},
        {"count": 1962, "category": "posts"},
        {"count": 1963, "status": "authorised"},
        {"count": 1964, "measure": "flow"},
        {"count": 1965, "known_issue": "misprint"},
        measure="stock",
    )
    assert strength(frame, "russian_peacekeepers", "personnel")["best"].tolist() == [1960]
    agreed = strength(frame, "russian_peacekeepers", "personnel", status="authorised")
    assert agreed["best"].tolist() == [1963]
    assert strength(frame, "un_mission", "personnel").empty


def test_the_shipped_contingent_was_to_be_1960_strong(tables: dict) -> None:
    agreed = strength(
        tables["deployments"], "russian_peacekeepers", "personnel", status="authorised"
    )
    assert set(agreed.loc[agreed["claimant_id"] == "russia_defence_ministry", "best"]) == {1960}


MISSIONS = pd.DataFrame(
    {
        "force": ["euma", "eumcap"],
        "party_id": ["eu", "eu"],
        "opened_event": ["opening-2", "opening-1"],
        "closed_event": ["", "closure-1"],
    }
)
EVENTS = events(
    {"event_id": "opening-1", "date": "2022-10-20", "title": "Monitors arrive", "source_ids": "a"},
    {"event_id": "closure-1", "date": "2022-12-19", "title": "Monitors leave", "source_ids": "b;c"},
    {"event_id": "opening-2", "date": "2023-02-20", "title": "Mission opens", "source_ids": "d"},
)


def reports(*rows: dict) -> pd.DataFrame:
    usual = {"force": "euma", "date": "2023-05-01", "published": "2023-06-30"}
    return claims(*(usual | row for row in rows))


def test_lines_run_from_opening_to_closing() -> None:
    lines = lifelines(MISSIONS, EVENTS, reports({}))
    assert lines["force"].tolist() == ["eumcap", "euma"]
    first, second = (lines.iloc[at] for at in (0, 1))
    assert (first["start"], first["end"]) == (EVENTS["date"][0], EVENTS["date"][1])
    assert not first["open"]
    assert (first["opened"], first["closed"]) == ("Monitors arrive", "Monitors leave")
    assert first["sources"] == ("a", "b", "c")
    assert second["open"]
    assert second["end"] == pd.Timestamp("2023-05-01")
    assert (second["closed"], second["sources"]) == ("", ("d",))


def test_an_open_line_ends_with_the_last_day_spoken_of() -> None:
    last = lifelines(MISSIONS, EVENTS, reports({}, {"date": "2023-06-01"}))["end"].iloc[1]
    assert last == pd.Timestamp("2023-06-01")


def test_a_month_printed_on_its_first_day_says_nothing_of_its_last() -> None:
    month = {"last_day": "2023-05-31", "date_precision": "month"}
    early = lifelines(MISSIONS, EVENTS, reports(month | {"published": "2023-05-01"}))
    assert early["end"].iloc[1] == pd.Timestamp("2023-05-01")
    later = lifelines(MISSIONS, EVENTS, reports(month))
    assert later["end"].iloc[1] == pd.Timestamp("2023-05-31")
    undated = lifelines(MISSIONS, EVENTS, reports(month | {"published": ""}))
    assert undated["end"].iloc[1] == pd.Timestamp("2023-05-31")


def test_a_line_without_reports_or_with_older_ones_ends_where_it_begins() -> None:
    for frame in (reports({}).head(0), reports({"date": "2022-01-01"})):
        line = lifelines(MISSIONS, EVENTS, frame).iloc[1]
        assert line["start"] == line["end"]
        assert line["open"]


def test_before_its_closing_is_known_a_line_is_open() -> None:
    known = EVENTS[EVENTS["event_id"] != "closure-1"]
    spoken = reports({"force": "eumcap", "date": "2022-11-11", "published": "2022-11-12"})
    line = lifelines(MISSIONS, known, spoken).iloc[0]
    assert line["open"]
    assert line["end"] == pd.Timestamp("2022-11-11")
    assert line["closed"] == ""
    assert line["sources"] == ("a",)


def test_before_its_opening_is_known_there_is_no_line() -> None:
    assert lifelines(MISSIONS, EVENTS.head(2), reports({}))["force"].tolist() == ["eumcap"]
    assert lifelines(MISSIONS, EVENTS.head(0), reports({}).head(0)).empty


@pytest.mark.parametrize(
    ("as_of", "opened", "shut"),
    [
        ("2020-11-08", False, False),
        ("2021-05-01", True, False),
        ("2024-06-11", True, False),
        ("2024-06-12", True, True),
    ],
)
def test_the_peacekeepers_line_as_known_on_a_day(
    shipped: Project, tables: dict, as_of: str, opened: bool, shut: bool
) -> None:
    known = {name: load(name, as_of=as_of, project=shipped) for name in ("events", "deployments")}
    lines = lifelines(tables["missions"], known["events"].frame, known["deployments"].frame)
    line = lines[lines["force"] == "russian_peacekeepers"]
    assert len(line) == opened
    if opened:
        assert line["open"].item() is not shut
        assert line["start"].item() == pd.Timestamp("2020-11-10")
        assert (line["end"] <= pd.Timestamp(as_of)).all()
    if shut:
        assert line["end"].item() == pd.Timestamp("2024-06-12")


@pytest.mark.parametrize("as_of", ["2020-12-31", "2021-05-01", "2023-09-30"])
def test_nothing_is_heard_of_after_the_day_of_knowledge(
    shipped: Project, tables: dict, as_of: str
) -> None:
    names = ("events", "deployments", "operations")
    known = [load(name, as_of=as_of, project=shipped).frame for name in names]
    lines = lifelines(tables["missions"], known[0], pd.concat(known[1:]))
    assert len(lines)
    assert (lines["end"] <= pd.Timestamp(as_of)).all()
    assert (lines["start"] <= lines["end"]).all()
