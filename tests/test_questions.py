"""Four questions a newcomer asks, answered from the built tables, each figure traced to claims.

The figures stand in the tests: they are what named claims of the shipped tables say.
"""

import pandas as pd
import pytest

from helpers.analysis import (
    KINDRED_SCOPES,
    claim_series,
    handovers,
    lifelines,
    side_by_side,
    sound,
    strength,
    where,
)
from helpers.data.load import Table, load


def only(frame: pd.DataFrame, **wanted: str) -> pd.Series:
    """The one row with these values."""
    for column, value in wanted.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1
    return frame.iloc[0]


def test_how_many_had_returned_by_1_february_2021_and_who_disagrees(shipped) -> None:
    returns = load("returns", end="2021-02-01", project=shipped).frame
    totals = claim_series(sound(where(returns, "scope", KINDRED_SCOPES)), "cumulative")
    last = side_by_side(totals)
    escorted = {"series": "escorted_returns/people"}
    ministry = only(last, **escorted, claimant_id="russia_defence_ministry")
    assert (ministry["date"], ministry["best"]) == (pd.Timestamp("2021-02-01"), 51_947)
    assert "ret-811571ba" in ministry["claims"]
    assert "interfax-20210201-733a" in ministry["sources"]
    president = only(last, series="all_returns/people", claimant_id="nk_president")
    assert (president["low"], president["best"], president["high"]) == (45_000, 50_000, 55_000)
    assert president["claims"] == ("ret-605a3460",)
    authorities = only(last, series="all_returns/people", claimant_id="nk_authorities")
    assert authorities["best"] == 42_000
    assert authorities["claims"] == ("ret-05baf335",)
    vague = only(last, **escorted, claimant_id="media")
    assert vague["low"] == 20_000
    assert pd.isna(vague["best"])


@pytest.fixture(scope="session")
def legs(shipped) -> pd.DataFrame:
    """Every leg of every handover."""
    exchanges = load("exchanges", project=shipped).frame
    return handovers(exchanges, load("events", project=shipped).frame)


@pytest.mark.parametrize(
    ("event", "giver", "people", "mediators", "held"),
    [
        ("exchange-2020-12-14", "azerbaijan", 44, "russia", None),
        ("exchange-2020-12-14", "armenia", 12, "russia", None),
        ("exchange-2021-02-01", "armenia", 2, "russia", 2),
        ("exchange-2021-06-12", "azerbaijan", 15, "georgia;usa;eu;osce", None),
        ("exchange-2021-07-03", "azerbaijan", 15, "russia", None),
        ("exchange-2021-12-04", "azerbaijan", 10, "russia", 18),
        ("exchange-2021-12-19", "azerbaijan", 10, "eu", 33),
        ("exchange-2022-10-04", "azerbaijan", 17, "usa", 21),
        ("exchange-2023-12-13", "azerbaijan", 32, "", None),
        ("exchange-2023-12-13", "armenia", 2, "", None),
    ],
)
def test_who_came_back_in_each_handover_through_whom_and_after_how_long(
    legs, event, giver, people, mediators, held
) -> None:
    leg = only(legs, event_id=event, from_party=giver, leg="people")
    assert leg["best"] == people
    assert leg["mediators"] == mediators
    assert (None if pd.isna(leg["days_held"]) else leg["days_held"]) == held
    assert leg["claims"]
    assert leg["sources"]


@pytest.mark.parametrize(
    ("people", "maps", "mines"),
    [
        ("exchange-2021-06-12", "exchange-2021-06-12-b", 97_000),
        ("exchange-2021-07-03", "exchange-2021-07-03-b", 92_000),
    ],
)
def test_what_was_given_in_return(legs, people, maps, mines) -> None:
    assert maps in only(legs, event_id=people, leg="people")["in_return_for"].split(";")
    leg = only(legs, event_id=maps, leg="mines")
    assert people in leg["in_return_for"].split(";")
    assert leg["best"] == mines


def test_how_strong_the_russian_contingent_was_and_when_it_left(shipped) -> None:
    deployments = load("deployments", project=shipped).frame
    force = ("russian_peacekeepers", "personnel")
    agreed = strength(deployments, *force, status="authorised")
    statement = only(agreed, claimant_id="trilateral_statement")
    assert statement["best"] == 1_960
    there = strength(deployments, *force)
    ministry = there[there["claimant_id"] == "russia_defence_ministry"]
    assert set(ministry["best"]) == {1_960}
    assert not (there["low"] > 1_960 + 40).any()
    tables = [load(name, project=shipped).frame for name in ("missions", "events")]
    line = only(lifelines(*tables, deployments), force="russian_peacekeepers")
    assert (line["start"], line["end"]) == (pd.Timestamp("2020-11-10"), pd.Timestamp("2024-06-12"))
    assert not line["open"]


def held_by(table: Table, claimant: str) -> pd.DataFrame:
    """Running levels of Armenian captives in Azerbaijan, by one claimant."""
    held = where(where(table.frame, "category", "held"), "from_party", "azerbaijan")
    levels = claim_series(sound(where(held, "claimant_id", claimant)), "stock")
    return levels[levels["series"] == "held/azerbaijan/armenia/people"]


def test_what_was_known_about_prisoners_on_1_may_2021(shipped) -> None:
    known = load("exchanges", as_of="2021-05-01", project=shipped)
    assert (known.frame["published"] <= pd.Timestamp("2021-05-01")).all()
    assert known.hidden_later > 0
    assert known.hidden_undated > 0
    baku = held_by(known, "azerbaijan_government")
    assert baku["best"].tolist() == [57, 72]
    assert baku["claims"].tolist() == [("exc-19bd6e35",), ("exc-072b0b43",)]
    yerevan = held_by(known, "armenia_government")
    assert yerevan["low"].tolist() == [200]
    assert yerevan["claims"].tolist() == [("exc-141ec23d",)]
    legs = handovers(known.frame, load("events", as_of="2021-05-01", project=shipped).frame)
    assert legs["date"].max() <= pd.Timestamp("2021-05-01")
    assert "exchange-2021-05-04" not in set(legs["event_id"])
    later = held_by(load("exchanges", project=shipped), "azerbaijan_government")
    assert 0 in later["best"].tolist()
