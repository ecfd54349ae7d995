"""Handovers, worked by hand in small frames, and those the shipped data must tell."""

import pandas as pd
import pytest

from helpers.analysis import handed_over, handovers
from small_frames import events, handover_claims


def one_leg(*rows: dict, **shared) -> pd.Series:
    legs = handovers(handover_claims(*rows, **shared), events({}))
    assert len(legs) == 1
    return legs.iloc[0]


def span(leg: pd.Series) -> tuple:
    return tuple(None if pd.isna(leg[name]) else leg[name] for name in ("low", "best", "high"))


def test_parts_add_up_within_a_source() -> None:
    parts = [{"count": 7}, {"count": 3, "category": "civilians", "unit": "civilians"}]
    assert span(one_leg(*parts, source_id="agency-1")) == (10, 10, 10)


def test_parts_of_different_sources_never_add_up() -> None:
    leg = one_leg({"count": 7}, {"count": 3, "category": "civilians"})
    assert span(leg) == (3, 3, 7)


def test_a_total_stands_over_its_parts() -> None:
    rows = [
        {"count": 7},
        {"count": 3, "category": "civilians"},
        {"count": 12, "category": "detainees"},
    ]
    assert span(one_leg(*rows, source_id="agency-1")) == (12, 12, 12)


def test_a_figure_printed_twice_by_one_source_counts_once() -> None:
    assert span(one_leg({}, {}, source_id="agency-1")) == (10, 10, 10)


def test_subsets_are_left_out() -> None:
    leg = one_leg({}, {"count": 2, "note": "Subset: the wounded among them"})
    assert span(leg) == (10, 10, 10)
    assert len(leg["claims"]) == 1


def test_faults_other_measures_and_claims_without_an_event_are_left_out() -> None:
    leg = one_leg(
        {},
        {"count": 99, "known_issue": "misprint"},
        {"count": 99, "measure": "cumulative"},
        {"count": 99, "event_id": ""},
        {"count": 99, "event_id": "exchange-of-later"},
        {"count": 99, "category": "held"},
    )
    assert span(leg) == (10, 10, 10)


def test_figures_that_exclude_each_other_are_disputed_and_the_better_supported_is_best() -> None:
    leg = one_leg({"count": 44}, {"count": 44}, {"count": 45})
    assert span(leg) == (44, 44, 45)
    assert leg["disputed"]
    assert leg["support"] == 3


def test_reprints_of_one_agency_support_a_figure_once() -> None:
    reprints = [{"count": 45, "wire": wire} for wire in ("TASS", "Tass", "TASS")]
    leg = one_leg(*reprints, {"count": 44}, {"count": 44})
    assert leg["best"] == 44
    assert leg["support"] == 3


@pytest.mark.parametrize("order", [(44, 45), (45, 44)])
def test_equal_support_leaves_the_lower_figure(order: tuple[int, int]) -> None:
    assert span(one_leg(*({"count": count} for count in order))) == (44, 44, 45)


@pytest.mark.parametrize(
    ("inexact", "expected", "disputed"),
    [
        ({"count": 10, "qualifier": "about"}, (10, 10, 10), False),
        ({"count": 9, "qualifier": "at_least"}, (10, 10, 10), False),
        ({"count": 10, "qualifier": "vague"}, (10, 10, 10), False),
        ({"count": 3, "qualifier": "vague"}, (10, 10, 10), False),
        ({"count": 20, "qualifier": "at_least"}, (10, 10, 30), True),
        ({"count": 24, "qualifier": "vague"}, (10, 10, 99), True),
        ({"count": 8, "qualifier": "at_most"}, (7, 8, 10), True),
    ],
)
def test_inexact_figures_widen_the_span_only_where_they_contradict(
    inexact: dict, expected: tuple, disputed: bool
) -> None:
    leg = one_leg({"count": 10}, inexact)
    assert span(leg) == expected
    assert leg["disputed"] == disputed


def test_well_supported_rounding_does_not_outdo_the_exact_figure_it_allows() -> None:
    rounded = [{"count": 11, "qualifier": "at_least"}] * 3
    assert span(one_leg({"count": 12}, *rounded)) == (12, 12, 12)


def test_rounded_figures_alone_span_what_they_allow() -> None:
    leg = one_leg({"count": 30, "qualifier": "about"}, {"count": 28, "qualifier": "at_least"})
    assert span(leg) == (25, 28, 35)
    assert not leg["disputed"]


def test_words_alone_give_no_best_and_some_no_top() -> None:
    assert span(one_leg({"count": 24, "qualifier": "vague"})) == (24, None, 99)
    assert span(one_leg({"count": 3, "qualifier": "vague"})) == (3, None, None)


def test_the_receiver_is_whom_most_origins_name() -> None:
    rows = [
        {"to_party": "nk_authorities", "wire": "TASS"},
        {"to_party": "nk_authorities", "wire": "TASS"},
        {"to_party": "nk_authorities", "wire": "TASS"},
        {"to_party": "armenia"},
        {"to_party": "armenia"},
    ]
    leg = one_leg(*rows)
    assert leg["to_party"] == "armenia"
    assert leg["to_name"] == "Armenia"
    assert len(leg["claims"]) == 5


def test_both_directions_are_legs_of_their_own() -> None:
    back = {"from_party": "armenia", "to_party": "azerbaijan", "count": 2}
    legs = handovers(handover_claims({}, back), events({}))
    assert dict(zip(legs["to_party"], legs["best"], strict=True)) == {
        "armenia": 10,
        "azerbaijan": 2,
    }


def test_days_held_run_from_capture_to_release() -> None:
    rows = [{"held_since": "2021-11-16"}, {"held_since": "2021-11-16"}, {"held_since": ""}, {}]
    leg = one_leg(*rows, {"held_since": "2021-11-17"})
    assert leg["held_since"] == pd.Timestamp("2021-11-16")
    assert leg["days_held"] == 33


def test_days_held_are_missing_where_no_capture_is_told() -> None:
    leg = one_leg({})
    assert pd.isna(leg["days_held"])
    assert pd.isna(leg["held_since"])


def test_a_leg_keeps_its_terms_claims_and_sources() -> None:
    frame = handover_claims({"in_return_for": "swap"}, {"in_return_for": "goodwill"}, {})
    leg = handovers(frame, events({"mediators": "eu", "mediators_name": "European Union"})).iloc[0]
    assert leg["in_return_for"] == "swap;goodwill"
    assert leg["claims"] == tuple(frame["claim_id"])
    assert leg["sources"] == tuple(frame["source_id"])
    assert (leg["mediators"], leg["mediators_name"]) == ("eu", "European Union")


KINDS = {
    "servicemen": "people",
    "civilians": "people",
    "detainees": "people",
    "remains": "remains",
    "mine_maps": "maps",
    "mines_mapped": "mines",
}


def test_people_remains_and_maps_never_mix() -> None:
    rows = [
        {"category": name, "source_id": "agency-1", "count": 2**power}
        for power, name in enumerate(KINDS)
    ]
    legs = handovers(handover_claims(*rows), events({}))
    assert dict(zip(legs["leg"], legs["best"], strict=True)) == {
        "people": 4,
        "remains": 8,
        "maps": 16,
        "mines": 32,
    }


def test_no_claims_make_no_legs() -> None:
    empty = handovers(handover_claims({}).head(0), events({}))
    assert empty.empty
    assert empty["days_held"].dtype == "Int64"
    assert handed_over(empty).empty


def test_handed_over_adds_up_per_receiver_and_kind() -> None:
    days = {"exchange-1": "2020-12-14", "exchange-2": "2021-02-01", "exchange-3": "2021-02-01"}
    rows = [
        {"event_id": "exchange-1", "count": 44},
        {"event_id": "exchange-1", "count": 45},
        {"event_id": "exchange-2", "count": 5, "from_party": "armenia", "to_party": "azerbaijan"},
        {"event_id": "exchange-2", "count": 24, "qualifier": "vague"},
        {"event_id": "exchange-3", "count": 4, "qualifier": "vague"},
        {"event_id": "exchange-3", "count": 70, "category": "remains"},
    ]
    known = events(*({"event_id": name, "date": day} for name, day in days.items()))
    legs = handovers(handover_claims(*rows), known)
    sums = handed_over(legs).set_index(["to_party", "date"])
    first, second = pd.Timestamp("2020-12-14"), pd.Timestamp("2021-02-01")
    assert sums.loc[("armenia", first)].tolist() == [44, 44, 45]
    # "Dozens" and "some" count with the least they allow; "some" sets no top of its own.
    assert sums.loc[("armenia", second)].tolist() == [44 + 24 + 4, 44 + 24 + 4, 45 + 99 + 4]
    assert sums.loc[("azerbaijan", second)].tolist() == [5, 5, 5]
    assert len(sums) == 3
    assert handed_over(legs, "remains")[["low", "best", "high"]].to_numpy().tolist() == [[70] * 3]


@pytest.fixture(scope="session")
def legs(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return handovers(tables["exchanges"], tables["events"])


def on(legs: pd.DataFrame, day: str, leg: str, receiver: str) -> pd.Series:
    rows = legs[(legs["date"] == day) & (legs["leg"] == leg) & (legs["to_party"] == receiver)]
    assert len(rows) == 1
    return rows.iloc[0]


def test_the_swap_of_14_december_2020(legs: pd.DataFrame) -> None:
    to_armenia = on(legs, "2020-12-14", "people", "armenia")
    to_azerbaijan = on(legs, "2020-12-14", "people", "azerbaijan")
    assert (to_armenia["best"], to_azerbaijan["best"]) == (44, 12)
    assert to_armenia["event_id"] == to_azerbaijan["event_id"]
    assert to_armenia["in_return_for"] == "swap"
    assert to_armenia["mediators"] == "russia"


def test_two_azerbaijanis_released_on_1_february_2021_after_two_days(legs: pd.DataFrame) -> None:
    leg = on(legs, "2021-02-01", "people", "azerbaijan")
    assert (leg["best"], leg["days_held"], leg["from_party"]) == (2, 2, "armenia")
    assert leg["held_since"] == pd.Timestamp("2021-01-30")
    assert "interfax-20210201-733a" in leg["sources"]


def test_people_for_the_maps_of_aghdam_on_12_june_2021(legs: pd.DataFrame) -> None:
    people = on(legs, "2021-06-12", "people", "armenia")
    mines = on(legs, "2021-06-12", "mines", "azerbaijan")
    assert (people["best"], mines["best"]) == (15, 97_000)
    assert not mines["disputed"]
    assert mines["event_id"] in people["in_return_for"].split(";")
    assert people["event_id"] in mines["in_return_for"].split(";")
    assert "georgia" in people["mediators"]


def test_people_for_maps_on_3_july_2021(legs: pd.DataFrame) -> None:
    people = on(legs, "2021-07-03", "people", "armenia")
    maps = on(legs, "2021-07-03", "maps", "azerbaijan")
    assert people["best"] == 15
    assert maps["event_id"] in people["in_return_for"].split(";")
    assert (people["mediators"], maps["mediators"]) == ("russia", "russia")
    assert "tass-20210707-9432" in people["sources"]


def test_ten_through_the_eu_on_19_december_2021_after_33_days(legs: pd.DataFrame) -> None:
    leg = on(legs, "2021-12-19", "people", "armenia")
    assert (leg["best"], leg["days_held"], leg["mediators"]) == (10, 33, "eu")
    assert leg["held_since"] == pd.Timestamp("2021-11-16")
    assert "pledge-times-20211219-3c5b" in leg["sources"]


def test_two_on_26_november_2021_through_russia(legs: pd.DataFrame) -> None:
    leg = on(legs, "2021-11-26", "people", "armenia")
    assert (leg["best"], leg["mediators"]) == (2, "russia")


def test_the_swap_of_13_december_2023(legs: pd.DataFrame) -> None:
    assert on(legs, "2023-12-13", "people", "armenia")["best"] == 32
    assert on(legs, "2023-12-13", "people", "azerbaijan")["best"] == 2


def test_every_shipped_leg_is_consistent(legs: pd.DataFrame) -> None:
    assert not (legs["low"] > legs["best"]).any()
    assert not (legs["best"] > legs["high"]).any()
    assert not legs.duplicated(["event_id", "from_party", "leg"]).any()
    assert (legs["days_held"].dropna() >= 0).all()
    assert legs["date"].is_monotonic_increasing
    assert (legs["support"] >= 1).all()
    # A dispute needs two ends.
    assert (legs.loc[legs["disputed"], "low"] != legs.loc[legs["disputed"], "high"]).all()
