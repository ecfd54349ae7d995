"""Claims become series: merged, never averaged, never lost."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.analysis import claim_series, independent_support, sound, sum_flows
from helpers.data.vocabulary import QUALIFIERS
from small_frames import claims

MEASURES = ("flow", "cumulative", "stock")


def merged(*rows: dict, measure: str = "cumulative") -> pd.Series:
    series = claim_series(claims(*rows, measure=measure), measure)
    assert len(series) == 1
    return series.iloc[0]


def span(row: pd.Series) -> tuple:
    return tuple(None if pd.isna(row[name]) else row[name] for name in ("low", "best", "high"))


def test_repeats_narrow_each_other() -> None:
    rows = [{"count": 51900, "qualifier": "about"}, {"count": 51900, "qualifier": "at_least"}]
    row = merged(*rows, measure="stock")
    assert span(row) == (51900, 51900, 51950)
    assert not row["conflict"]


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(
    "inexact",
    [
        {"count": 52000, "qualifier": "about"},
        {"count": 20000, "qualifier": "vague"},
    ],
)
def test_an_exact_figure_speaks_over_a_rounded_one(measure: str, inexact: dict) -> None:
    # A running total of "about 52,000" starts at 51,500, below the exact one.
    for rows in ([inexact, {"count": 51947}], [{"count": 51947}, inexact]):
        row = merged(*rows, measure=measure)
        assert span(row) == (51947, 51947, 51947)
        assert not row["conflict"]


def test_of_two_rounded_statements_the_narrower_speaks() -> None:
    # About 2,000 is 1,500 to 2,500, at most 2,100 is 2,000 to 2,100: each allows the other.
    rows = [{"count": 2000, "qualifier": "about"}, {"count": 2100, "qualifier": "at_most"}]
    for order in (rows, rows[::-1]):
        assert span(merged(*order, measure="stock")) == (2000, 2100, 2100)


def test_vague_words_alone_have_no_best() -> None:
    assert span(merged({"count": 20000, "qualifier": "vague"})) == (20000, None, 99999)


def test_a_word_without_a_top_leaves_high_open() -> None:
    assert span(merged({"count": 5, "qualifier": "vague"})) == (5, None, None)


@pytest.mark.parametrize("measure", ["flow", "stock"])
def test_figures_that_exclude_each_other_keep_their_hull_and_have_no_best(measure: str) -> None:
    row = merged({"count": 502}, {"count": 1100}, {"count": 648}, measure=measure)
    assert span(row) == (502, None, 1100)
    assert row["conflict"]


def test_a_running_total_keeps_the_highest_reading_of_the_day() -> None:
    row = merged({"count": 502}, {"count": 1100}, {"count": 648})
    assert span(row) == (1100, 1100, 1100)
    assert not row["conflict"]


@pytest.mark.parametrize(("measure", "best"), [("cumulative", 12), ("flow", 11), ("stock", 11)])
def test_of_equally_wide_statements_the_same_one_speaks_in_any_order(
    measure: str, best: float
) -> None:
    # Both say 11 to 12.
    rows = [{"count": 11, "qualifier": "at_least"}, {"count": 12, "qualifier": "at_most"}]
    for order in (rows, rows[::-1]):
        assert span(merged(*order, measure=measure)) == (11, best, 12)


def test_of_equally_high_readings_the_narrower_stands() -> None:
    rows = [{"count": 500, "qualifier": "at_least"}, {"count": 500}]
    assert span(merged(*rows)) == span(merged(*rows[::-1])) == (500, 500, 500)


def test_a_hull_reaches_over_rounded_figures() -> None:
    row = merged({"count": 502}, {"count": 700, "qualifier": "about"}, measure="flow")
    assert span(row) == (502, None, 750)


def test_best_lies_in_the_intersection_or_is_missing() -> None:
    # 100 is about 95 to 105, at most 98 is 97 to 98: only the second number lies in both.
    rows = [{"count": 100, "qualifier": "about"}, {"count": 98, "qualifier": "at_most"}]
    row = merged(*rows, measure="stock")
    assert span(row) == (97, 98, 98)


def test_other_days_series_speakers_and_periods_stay_apart() -> None:
    rows = [
        {"count": 1},
        {"count": 2, "date": "2021-02-02"},
        {"count": 3, "series": "all_returns/people"},
        {"count": 4, "claimant_id": "unhcr"},
        {"count": 5, "last_day": "2021-02-28", "date_precision": "month"},
    ]
    series = claim_series(claims(*rows, measure="flow"), "flow")
    assert sorted(series["best"]) == [1, 2, 3, 4, 5]
    assert series.loc[series["best"] == 5, "last_day"].item() == pd.Timestamp("2021-02-28")


def test_media_outlets_are_separate_speakers() -> None:
    rows = [
        {"claimant_id": "media", "speaker": "media: Paper", "count": 300},
        {"claimant_id": "media", "speaker": "media: Radio", "count": 400},
    ]
    series = claim_series(claims(*rows), "cumulative")
    assert series["best"].tolist() == [300, 400]
    assert not series["conflict"].any()


def test_a_running_total_stands_on_the_last_day_of_its_period() -> None:
    row = {"date": "2021-02-01", "last_day": "2021-02-28", "date_precision": "month"}
    days = {measure: merged(row, measure=measure)["date"] for measure in MEASURES}
    assert days["cumulative"] == pd.Timestamp("2021-02-28")
    assert days["flow"] == days["stock"] == pd.Timestamp("2021-02-01")


def test_measures_are_never_mixed() -> None:
    frame = claims(*({"measure": measure, "count": 9} for measure in MEASURES))
    for measure in MEASURES:
        series = claim_series(frame, measure)
        assert series["measure"].tolist() == [measure]
        assert series["claims"].tolist() == [
            tuple(frame.loc[frame["measure"] == measure, "claim_id"])
        ]


def test_support_counts_origins_once() -> None:
    rows = [{"wire": "TASS"}, {"wire": "Tass"}, {"publisher": "TASS"}, {"publisher": "Paper"}]
    assert merged(*rows)["support"] == 2
    assert independent_support(claims(*rows)) == 2


def test_a_place_is_named_where_all_name_one() -> None:
    assert merged({}, {})["place"] == "Oldbridge"
    assert merged({}, {"place_name": "Hilltown"})["place"] == ""


def test_the_destination_names_the_place_of_a_return() -> None:
    frame = claims({}).assign(destination_name="Hilltown")
    assert claim_series(frame, "cumulative")["place"].tolist() == ["Hilltown"]


def test_no_claims_make_an_empty_series() -> None:
    empty = claim_series(claims({}).head(0), "flow")
    full = claim_series(claims({"measure": "flow"}), "flow")
    assert empty.empty
    numbers = [name for name in full if full[name].dtype != "object"]
    assert {"low", "date", "conflict"} < set(numbers) < set(empty)
    assert empty[numbers].dtypes.to_dict() == full[numbers].dtypes.to_dict()


figures = st.fixed_dictionaries(
    {
        "count": st.one_of(st.integers(0, 30), st.sampled_from([100, 1200, 20000, 51947, 52000])),
        "qualifier": st.sampled_from(sorted(QUALIFIERS)),
        "date": st.sampled_from(["2021-02-01", "2021-02-02"]),
        "series": st.sampled_from(["a", "b", "c"]),
        "claimant_id": st.sampled_from(["ministry", "unhcr"]),
        "measure": st.sampled_from(MEASURES),
        "wire": st.sampled_from(["", "TASS"]),
    }
)


@settings(max_examples=25)
@given(st.lists(figures, min_size=1, max_size=24), st.sampled_from(MEASURES), st.randoms())
def test_series_hold_in_any_order_and_lose_nothing(rows: list, measure: str, random) -> None:
    frame = claims(*rows)
    series = claim_series(frame, measure)
    known = series.dropna(subset=["best"])
    assert (known["low"] <= known["best"]).all()
    assert not (known["best"] > known["high"]).any()
    assert not (series["low"] > series["high"]).any()
    given_ids = frame.loc[frame["measure"] == measure, "claim_id"]
    assert sorted(claim for cell in series["claims"] for claim in cell) == sorted(given_ids)
    order = list(frame.index)
    random.shuffle(order)
    again = claim_series(frame.loc[order], measure)
    for one in (series, again):
        for name in ("claims", "sources"):
            one[name] = one[name].map(sorted)
    pd.testing.assert_frame_equal(series, again)


@settings(max_examples=20)
@given(st.lists(figures, min_size=1, max_size=24))
def test_a_conflict_keeps_the_hull_and_agreement_what_every_claim_allows(rows: list) -> None:
    frame = claims(*rows).assign(measure="flow", claimant_id="ministry", speaker="ministry")
    for row in claim_series(frame, "flow").itertuples():
        day = frame[(frame["date"] == row.date) & (frame["series"] == row.series)]
        if row.conflict:
            assert (row.low, row.high) == (day["low"].min(), day["high"].max())
            assert pd.isna(row.best)
        else:
            assert row.low == day["low"].max()
            assert pd.isna(row.high) or row.high == day["high"].min()


@pytest.mark.parametrize("table", ["returns", "exchanges", "deployments", "operations"])
@pytest.mark.parametrize("measure", MEASURES)
def test_no_shipped_claim_is_lost(tables: dict, table: str, measure: str) -> None:
    frame = tables[table]
    series = claim_series(frame, measure)
    given_ids = frame.loc[frame["measure"] == measure, "claim_id"]
    assert sorted(claim for cell in series["claims"] for claim in cell) == sorted(given_ids)
    assert not (series["low"] > series["best"]).any()
    assert not (series["best"] > series["high"]).any()


def flows(*rows: dict) -> pd.DataFrame:
    return claim_series(claims(*rows, measure="flow"), "flow")


def test_flows_add_up_over_reported_days_only() -> None:
    series = flows(
        {"count": 96, "date": "2021-02-01"},
        {"count": 50, "qualifier": "about", "date": "2021-02-20"},
        {"count": 20, "qualifier": "vague", "date": "2021-02-21"},
    )
    total = sum_flows(series).iloc[0]
    assert (total["low"], total["best"], total["high"]) == (96 + 45 + 20, 146, 96 + 55 + 99)
    assert total["days"] == 3


def test_a_period_counts_all_its_days() -> None:
    month = {"count": 28, "last_day": "2021-02-28", "date_precision": "month"}
    assert sum_flows(flows(month, {"count": 1, "date": "2021-03-01"}))["days"].item() == 29


def test_no_flow_adds_up_to_nothing_known() -> None:
    total = sum_flows(flows({}).head(0)).iloc[0]
    assert pd.isna(total["best"])
    assert total["days"] == 0


@pytest.mark.parametrize("measure", ["stock", "cumulative"])
def test_levels_and_totals_are_never_added(measure: str) -> None:
    series = claim_series(claims({"measure": measure}), measure)
    with pytest.raises(ValueError, match="only flows are added"):
        sum_flows(series)
    with pytest.raises(ValueError, match="only flows are added"):
        sum_flows(pd.concat([flows({}), series]))


@pytest.mark.parametrize(
    "other", [{"series": "all_returns/people"}, {"claimant_id": "unhcr", "speaker": "unhcr"}]
)
def test_flows_of_others_are_never_added(other: dict) -> None:
    with pytest.raises(ValueError, match="different series or speakers"):
        sum_flows(flows({}, other))


def test_flows_of_overlapping_periods_are_never_added() -> None:
    month = {"last_day": "2021-02-28", "date_precision": "month"}
    with pytest.raises(ValueError, match="count twice"):
        sum_flows(flows(month, {"date": "2021-02-14"}))


def test_known_faults_are_left_out_but_twins_stay() -> None:
    issues = ["", "cumulative_fall", "misprint", "duplicate_claim", "twin_claim", "x;misprint"]
    frame = claims(*({"known_issue": issue} for issue in issues))
    assert sound(frame)["known_issue"].tolist() == ["", "twin_claim"]


def test_the_shipped_misprints_are_left_out(tables: dict) -> None:
    frame = tables["returns"]
    listed = frame[frame["known_issue"] != ""]
    assert len(listed)
    kept = sound(frame)
    assert set(listed["claim_id"]) - set(kept["claim_id"])
    assert (
        len(kept) == len(frame) - frame["known_issue"].str.contains("fall|misprint|duplicate").sum()
    )
