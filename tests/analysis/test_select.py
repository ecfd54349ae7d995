"""Choosing rows, also where there are none."""

import pandas as pd
import pytest

from helpers.analysis import (
    claim_series,
    claims_from,
    events_from,
    main_series,
    recent,
    single_days,
    where,
)
from small_frames import claims, events


def test_where_keeps_rows_with_one_of_the_words() -> None:
    frame = claims({"scope": "a"}, {"scope": "b"}, {"scope": "c"}, {"scope": "bb"})
    assert where(frame, "scope", "b")["scope"].tolist() == ["b"]
    assert where(frame, "scope", ["c", "a"])["scope"].tolist() == ["a", "c"]
    assert where(frame, "scope", "unheard of").empty


@pytest.mark.parametrize("nothing", [[], ()])
def test_where_keeps_everything_when_no_word_is_given(nothing) -> None:
    frame = claims({"scope": "a"}, {"scope": "b"})
    assert len(where(frame, "scope", nothing)) == 2


def test_where_with_an_empty_word_keeps_rows_with_an_empty_cell() -> None:
    frame = claims({"scope": ""}, {"scope": "b"})
    assert where(frame, "scope", "")["scope"].tolist() == [""]


def test_recent_counts_back_from_the_latest_event() -> None:
    frame = events(*({"date": day} for day in ("2021-01-01", "2021-01-21", "2021-01-31")))
    assert recent(frame, 10)["date"].dt.day.tolist() == [31]
    assert recent(frame, 11)["date"].dt.day.tolist() == [21, 31]
    assert len(recent(frame, 31)) == 3


def test_recent_of_nothing_is_nothing() -> None:
    assert recent(events({}).head(0), 30).empty


def test_claims_from_gathers_pages_over_tables() -> None:
    one = claims({"source_id": "a"}, {"source_id": "b"}).assign(own=1)
    other = claims({"source_id": "b"}, {"source_id": "c"}).assign(other=2)
    found = claims_from([one, other], ["b", "c"])
    assert found["source_id"].tolist() == ["b", "b", "c"]
    assert "claim_id" in found
    assert not {"own", "other"} & set(found)
    assert claims_from([one, other], ["d"]).empty


def test_events_from_needs_the_whole_id() -> None:
    frame = events(
        {"event_id": "one", "source_ids": "a-1;b-2"},
        {"event_id": "two", "source_ids": "b-22"},
        {"event_id": "three", "source_ids": ""},
    )
    assert events_from(frame, ["b-2"])["event_id"].tolist() == ["one"]
    assert events_from(frame, ["b-22", "a-1"])["event_id"].tolist() == ["one", "two"]
    assert events_from(frame, []).empty
    assert events_from(frame.head(0), ["b-2"]).columns.tolist() == frame.columns.tolist()


def test_single_days_leave_periods_out() -> None:
    frame = claims(
        {},
        {"date_precision": "by"},
        {"date_precision": "month", "last_day": "2021-02-28"},
        {"date_precision": "days", "last_day": "2021-02-01"},
    )
    assert single_days(frame)["date_precision"].tolist() == ["day", "days"]
    assert single_days(frame.head(0)).empty


@pytest.fixture
def series() -> pd.DataFrame:
    rows = [
        {"series": "few/people", "count": 1},
        {"series": "many/people", "count": 2},
        {"series": "many/people", "count": 2},
        {"series": "days/people", "count": 3},
    ]
    return claim_series(claims(*rows), "cumulative")


def test_main_series_has_most_claims_unless_another_is_preferred(series: pd.DataFrame) -> None:
    assert main_series(series)["series"].tolist() == ["many/people"]
    assert main_series(series, prefer="few/people")["series"].tolist() == ["few/people"]
    assert main_series(series, prefer="none/people")["series"].tolist() == ["many/people"]
    assert main_series(series, prefer="few/people").index.tolist() == [0]


def test_main_series_of_nothing_is_nothing(series: pd.DataFrame) -> None:
    for prefer in ("", "few/people"):
        empty = main_series(series.head(0), prefer)
        assert empty.empty
        assert empty.columns.tolist() == series.columns.tolist()
