"""How well a quantity is covered, and on whose word."""

import pandas as pd
import pytest

from helpers.analysis import (
    claim_series,
    latest_statements,
    leading_claims,
    reported_days,
    silences,
    statements,
    support,
)
from small_frames import claims


def on(day: str, **cells) -> dict:
    return {"date": day, "last_day": day} | cells


def test_days_are_counted_once_however_many_pages_print_them() -> None:
    frame = claims(on("2021-01-05"), on("2021-01-05"), on("2021-01-09"), on("2021-03-01"))
    (row,) = reported_days(frame).to_numpy().tolist()
    assert row == [2, 0, 1]


def test_a_month_between_reports_is_shown_and_a_period_is_no_day() -> None:
    week = on("2021-02-01", last_day="2021-02-07", date_precision="week")
    days = reported_days(claims(on("2021-01-05"), week, on("2021-03-01")))
    assert [str(month) for month in days.columns] == ["2021-01", "2021-02", "2021-03"]
    assert days["2021-02"].tolist() == [0]
    assert reported_days(claims(week)).empty


def test_who_reported_most_comes_first() -> None:
    other = {"claimant": "Another office", "claimant_id": "other"}
    frame = claims(on("2021-01-05"), on("2021-01-05", **other), on("2021-01-06", **other))
    assert reported_days(frame).index[0] == "Another office"


def test_silences_are_the_days_between_reports_longest_first() -> None:
    frame = claims(on("2021-01-01"), on("2021-01-09"), on("2021-01-10"), on("2021-02-01"))
    rows = silences(frame)
    assert rows["days"].tolist() == [21, 7]
    assert rows["from"].tolist() == [pd.Timestamp("2021-01-11"), pd.Timestamp("2021-01-02")]
    assert rows["until"].tolist() == [pd.Timestamp("2021-01-31"), pd.Timestamp("2021-01-08")]
    assert silences(frame, least=22).empty
    assert silences(claims(on("2021-01-01"))).empty


def test_support_tells_pages_from_independent_origins() -> None:
    frame = claims(
        on("2021-02-01", count=96, wire="TASS", source_id="a-1"),
        on("2021-02-01", count=96, wire="tass", source_id="a-2"),
        on("2021-02-01", count=97, wire="Interfax", source_id="a-3"),
    )
    rows = support(frame)
    assert rows["count"].tolist() == [96, 97]
    assert rows["pages"].tolist() == [2, 1]
    assert rows["origins"].tolist() == [1, 1]
    assert rows["sources"].tolist() == [("a-1", "a-2"), ("a-3",)]


def test_of_restated_tolls_the_last_printed_stands() -> None:
    early = on("2020-11-09", count=2_783, published="2020-12-03", claim_id="cas-1")
    late = on("2020-11-09", count=2_907, published="2021-06-02", claim_id="cas-2")
    undated = on("2020-11-09", count=2_000, published=None, claim_id="cas-3")
    media = on("2020-11-09", claimant_id="media", published="2022-01-01", claim_id="cas-4")
    frame = claims(late, undated, early, media)
    assert latest_statements(frame)["claim_id"].tolist() == ["cas-2"]
    assert latest_statements(claims(undated))["claim_id"].tolist() == ["cas-3"]


def test_statements_hold_every_measure_and_refuse_nothing_empty() -> None:
    frame = claims(on("2021-02-01"), on("2021-02-02", measure="flow", count=3))
    assert statements(frame)["measure"].tolist() == ["flow", "cumulative"]
    assert (
        statements(frame.head(0)).columns.tolist() == claim_series(frame, "flow").columns.tolist()
    )


@pytest.fixture
def mixed() -> pd.DataFrame:
    """Two offices, an outlet, two starts and a level."""
    other = {"claimant_id": "other", "speaker": "other"}
    return claims(
        on("2021-01-01", since="2020-11-14", claim_id="ret-1", speaker="ministry"),
        on("2021-01-02", since="2020-11-15", claim_id="ret-2", speaker="ministry"),
        on("2021-01-03", since="2018-01-01", claim_id="ret-3", speaker="ministry"),
        on("2021-01-04", measure="flow", claim_id="ret-4", speaker="ministry"),
        on("2021-01-05", measure="stock", claim_id="ret-5", speaker="ministry"),
        on("2021-01-06", claim_id="ret-6", **other),
        *(on("2021-01-07", claimant_id="media", speaker="media: X") for _ in range(9)),
    )


def test_the_leading_office_is_counted_from_one_day(mixed: pd.DataFrame) -> None:
    found = leading_claims(mixed, "escorted_returns/people")["claim_id"].tolist()
    assert found == ["ret-1", "ret-2", "ret-4"]
    assert leading_claims(mixed, "all_returns/people").empty
    assert leading_claims(mixed[mixed["claimant_id"] == "media"], "escorted_returns/people").empty
    assert leading_claims(mixed)["claim_id"].tolist() == found
    tolls = mixed.assign(party_id="armenia")
    assert leading_claims(tolls)["claim_id"].tolist() == ["ret-1", "ret-2"]
    untold = mixed[mixed["claim_id"] == "ret-6"]
    assert leading_claims(untold, "escorted_returns/people")["claim_id"].tolist() == ["ret-6"]
