"""Key figures stand for many claims and say whose they are."""

import pandas as pd
import pytest

from helpers.analysis import (
    KeyFigure,
    claim_series,
    deployment_figures,
    exchange_figures,
    handovers,
    latest,
    overview_figures,
    returns_figures,
    side_by_side,
)
from helpers.analysis.figures import standing
from helpers.data.load import load
from helpers.data.project import Project
from small_frames import claims, events, handover_claims


def made(*rows: dict, measure: str = "cumulative") -> pd.DataFrame:
    return claim_series(claims(*rows, measure=measure), measure)


def test_the_latest_value_is_the_last_stated_one() -> None:
    series = made(
        {"count": 100, "date": "2021-01-01"},
        {"count": 300, "date": "2021-01-03"},
        {"count": 200, "date": "2021-01-02"},
        {"count": 200, "date": "2021-01-09", "qualifier": "vague"},
    )
    (figure,) = latest(series, "name", "people back")
    assert (figure.low, figure.best, figure.high) == (300, 300, 300)
    assert (figure.name, figure.label) == ("name", "people back")
    assert figure.date == pd.Timestamp("2021-01-03")
    assert figure.said_by == "Ministry of Bridges (Northland)"
    assert figure.sources == series.loc[series["date"] == figure.date, "sources"].item()


def test_on_one_day_the_best_supported_speaker_counts() -> None:
    office = {"claimant_id": "unhcr", "count": 5}
    series = made({"count": 7}, office, office)
    assert latest(series, "", "")[0].best == 5


def test_nothing_stated_makes_no_figure() -> None:
    assert latest(made({"count": 200, "qualifier": "vague"}), "", "") == []
    assert latest(made({}).head(0), "", "") == []


def test_a_rounded_last_word_gives_way_to_the_exact_one_it_allows() -> None:
    exact = {"count": 52_700, "date": "2021-02-22"}
    rounded = {"count": 53_000, "qualifier": "about", "date": "2021-11-01"}
    assert standing(made(exact, rounded))["best"] == 52_700
    outgrown = rounded | {"count": 54_000}
    assert standing(made(exact, outgrown))["best"] == 54_000
    assert standing(made(rounded))["best"] == 53_000


def test_the_largest_flow_stands_and_the_last_level() -> None:
    rows = [{"count": 9, "date": "2021-01-01"}, {"count": 4, "date": "2021-01-02"}]
    assert standing(made(*rows, measure="flow"))["best"] == 9
    assert standing(made(*rows, measure="stock"))["best"] == 4


def test_words_stand_where_nothing_else_was_said() -> None:
    row = standing(made({"count": 200, "qualifier": "vague"}, measure="flow"))
    assert (row["low"], row["high"]) == (200, 999)


def test_side_by_side_takes_each_speakers_last_word_on_each_series() -> None:
    rows = [
        {"count": 100, "date": "2021-01-01"},
        {"count": 120, "date": "2021-01-05"},
        {"count": 50, "date": "2021-01-09", "claimant_id": "unhcr"},
        {"count": 70, "date": "2021-01-01", "series": "all_returns/people"},
    ]
    table = side_by_side(made(*rows))
    assert table[["series", "best"]].to_numpy().tolist() == [
        ["all_returns/people", 70],
        ["escorted_returns/people", 120],
        ["escorted_returns/people", 50],
    ]
    assert side_by_side(made({}).head(0)).empty


def test_handovers_are_added_per_side_and_kind_never_across() -> None:
    rows = [
        {"count": 10},
        {"event_id": "exchange-2", "count": 3, "to_party": "nk_authorities"},
        {"event_id": "exchange-2", "count": 2, "from_party": "armenia", "to_party": "azerbaijan"},
        {"event_id": "exchange-2", "count": 70, "category": "remains", "unit": "bodies"},
        {"event_id": "exchange-3", "count": 24, "qualifier": "vague"},
        {"event_id": "exchange-3", "count": 1, "from_party": "armenia", "to_party": "lebanon"},
    ]
    known = events(
        {"event_id": "exchange-1", "date": "2021-01-01"},
        {"event_id": "exchange-2", "date": "2021-01-02"},
        {"event_id": "exchange-3", "date": "2021-01-03"},
    )
    legs = handovers(handover_claims(*rows), known)
    figures = {figure.name: figure for figure in exchange_figures(legs)}
    assert set(figures) == {"people_to_armenian", "people_to_azerbaijani", "remains_to_armenian"}
    people = figures["people_to_armenian"]
    assert (people.low, people.best, people.high) == (10 + 3 + 24, 10 + 3 + 24, 10 + 3 + 99)
    assert people.date == pd.Timestamp("2021-01-03")
    assert "3 handovers" in people.said_by
    assert len(people.sources) == len(set(people.sources)) == 3
    assert figures["people_to_azerbaijani"].best == 2
    assert figures["remains_to_armenian"].best == 70


def test_one_handover_is_not_several() -> None:
    (figure,) = exchange_figures(handovers(handover_claims({}), events({})))
    assert "1 handovers" not in figure.said_by
    assert "1 handover" in figure.said_by


def test_a_flight_that_came_empty_is_no_handover() -> None:
    empty = {"event_id": "exchange-2", "count": 0}
    known = events({}, {"event_id": "exchange-2", "date": "2022-01-01"})
    (figure,) = exchange_figures(handovers(handover_claims({}, empty), known))
    assert figure.date == pd.Timestamp("2021-12-19")
    assert "2 handovers" not in figure.said_by
    only = handovers(handover_claims(empty), known)
    assert exchange_figures(only) == []


def test_outlets_never_stand_for_the_escorted_total() -> None:
    media = {"claimant_id": "media", "speaker": "media: Paper", "date": "2021-03-01", "count": 9}
    figures = returns_figures(claims(media, {"count": 96}))
    assert [(figure.name, figure.best) for figure in figures] == [("escorted_returns", 96)]


def overview(project: Project, **options) -> dict[str, KeyFigure]:
    names = ("returns", "exchanges", "deployments", "events")
    frames = (load(name, project=project, **options).frame for name in names)
    return {figure.name: figure for figure in overview_figures(*frames)}


def test_every_figure_of_the_overview_says_what_when_who_and_where_it_stands(
    shipped: Project,
) -> None:
    figures = overview(shipped)
    known = set(load("sources", project=shipped).frame["source_id"])
    assert len(figures) >= 8
    for figure in figures.values():
        assert figure.label
        assert figure.said_by
        assert figure.date > pd.Timestamp("2020-11-09")
        assert figure.sources
        assert set(figure.sources) <= known
        assert figure.low <= figure.best <= figure.high
    assert figures["escorted_returns"].best == 52_700
    assert figures["exodus_arrivals"].best == 100_632


def test_the_overview_knows_only_what_was_known(shipped: Project) -> None:
    figures = overview(shipped, as_of="2021-05-01")
    assert "exodus_arrivals" not in figures
    assert "resettled_idps" not in figures
    assert figures["people_to_armenian"].best < overview(shipped)["people_to_armenian"].best
    assert all(figure.date <= pd.Timestamp("2021-05-01") for figure in figures.values())


@pytest.mark.parametrize("table", ["returns", "deployments"])
def test_no_claims_make_no_figures(tables: dict, table: str) -> None:
    make = {"returns": returns_figures, "deployments": deployment_figures}[table]
    assert make(tables[table].head(0)) == []


def test_no_legs_make_no_figures(tables: dict) -> None:
    assert exchange_figures(handovers(tables["exchanges"].head(0), tables["events"])) == []
