"""Two claimants side by side, each with its own scope."""

import pandas as pd
import pytest

from helpers.analysis import claim_series, where
from helpers.analysis.compare import compare, rivals
from small_frames import claims

ESCORTED = {"claimant_id": "ministry"}
ALL = {
    "claimant_id": "unhcr",
    "claimant": "UNHCR",
    "series": "all_returns/people",
    "scope": "all_returns",
}


def series(*rows: tuple, measure: str = "cumulative", **shared) -> pd.DataFrame:
    """Rows are day of January, count and, unless exact, qualifier."""
    made = [
        {"date": f"2021-01-{row[0]:02d}", "count": row[1], "qualifier": (*row, "exact")[2]}
        for row in rows
    ]
    return claim_series(claims(*made, measure=measure, **shared), measure)


def test_gap_and_ratio_keep_the_words_of_both() -> None:
    a = series((22, 9000, "about"), **ESCORTED)
    b = series((22, 25_000), **ALL)
    (row,) = compare(a, b).table.to_dict("records")
    assert (row["a_series"], row["b_series"]) == ("escorted_returns/people", "all_returns/people")
    assert (row["a_claimant"], row["b_claimant"]) == ("Ministry of Bridges (Northland)", "UNHCR")
    assert (row["a_measure"], row["b_measure"]) == ("cumulative", "cumulative")
    assert (row["a_low"], row["a_best"], row["a_high"]) == (8500, 9000, 9500)
    assert (row["gap_low"], row["gap_best"], row["gap_high"]) == (15_500, 16_000, 16_500)
    assert row["ratio"] == pytest.approx(25 / 9)
    assert (row["a_claims"], row["b_claims"]) == (a.at[0, "claims"], b.at[0, "claims"])
    assert (row["a_sources"], row["a_carried_days"]) == (a.at[0, "sources"], 0)


def test_only_days_of_both_count_unless_a_word_is_carried() -> None:
    a = series((1, 100), (10, 200), **ESCORTED)
    b = series((4, 300), (10, 400), **ALL)
    assert compare(a, b).table["date"].dt.day.tolist() == [10]
    carried = compare(a, b, carry_days=3).table
    assert carried["date"].dt.day.tolist() == [4, 10]
    assert carried["a_carried_days"].tolist() == [3, 0]
    assert carried["b_carried_days"].tolist() == [0, 0]
    assert carried["gap_best"].tolist() == [200, 200]
    assert compare(a, b, carry_days=2).table["date"].dt.day.tolist() == [10]


def test_a_flow_is_never_carried() -> None:
    flows = series((1, 40), (4, 50), measure="flow", **ESCORTED)
    levels = series((3, 300), (4, 300), **ALL)
    table = compare(flows, levels, carry_days=9).table
    assert table["date"].dt.day.tolist() == [4]
    assert table["a_measure"].tolist() == ["flow"]


def test_a_period_stands_on_its_last_day_and_the_longest_speaks() -> None:
    rows = [
        {"date": "2021-01-05", "last_day": "2021-01-09", "count": 250},
        {"date": "2021-01-09", "last_day": "2021-01-09", "count": 30},
    ]
    flows = claim_series(claims(*rows, measure="flow", **ALL), "flow")
    table = compare(series((9, 90), **ESCORTED), flows).table
    assert table[["b_best", "gap_best"]].to_numpy().tolist() == [[250, 160]]


def test_missing_ends_stay_missing() -> None:
    a = series((1, 5, "vague"), (2, 0), **ESCORTED)
    table = compare(a, series((1, 9), (2, 9), **ALL)).table
    assert table[["gap_low", "gap_best", "ratio"]].isna().to_numpy().tolist() == [
        [True, True, True],
        [False, False, True],
    ]
    assert table["gap_high"].tolist() == [4, 9]


def test_moves_say_who_came_towards_whom() -> None:
    a = series((1, 100), (5, 120), (9, 130), measure="stock", **ESCORTED)
    b = series((1, 200), (9, 190), measure="stock", **ALL)
    moves = compare(a, b).moves
    assert moves["claimant"].tolist() == ["Ministry of Bridges (Northland)", "UNHCR"]
    assert moves["first_date"].dt.day.tolist() == [1, 1]
    assert moves["last_date"].dt.day.tolist() == [9, 9]
    numbers = moves[["first", "last", "change", "towards"]].to_numpy().tolist()
    assert numbers == [[100, 130, 30, 30], [200, 190, -10, 10]]
    turned = compare(b, a).moves.iloc[::-1].reset_index(drop=True)
    pd.testing.assert_frame_equal(turned, moves)


def test_who_moves_on_ahead_moves_away() -> None:
    moves = compare(series((1, 100), (2, 100), **ESCORTED), series((1, 90), (2, 70), **ALL)).moves
    assert moves["towards"].tolist() == [0, -20]


def test_no_direction_where_both_began_alike() -> None:
    moves = compare(series((1, 9), (2, 9), **ESCORTED), series((1, 9), (2, 8), **ALL)).moves
    assert moves["change"].tolist() == [0, -1]
    assert moves["towards"].isna().all()


def test_one_common_day_is_no_move_and_none_no_table() -> None:
    one = compare(series((1, 9), **ESCORTED), series((1, 8), **ALL))
    assert (len(one.table), len(one.moves)) == (1, 0)
    none = compare(series((1, 9), **ESCORTED).head(0), series((1, 8), **ALL))
    assert none.table.empty
    assert none.moves.empty
    assert none.table.columns.tolist() == one.table.columns.tolist()


def test_gaps_turn_round_with_the_sides() -> None:
    a, b = series((1, 40, "about"), (3, 60), **ESCORTED), series((2, 90, "at_most"), (3, 95), **ALL)
    one, other = compare(a, b, carry_days=5).table, compare(b, a, carry_days=5).table
    for end, opposite in (("low", "high"), ("best", "best"), ("high", "low")):
        assert one[f"gap_{end}"].tolist() == (-other[f"gap_{opposite}"]).tolist()


@pytest.mark.parametrize(
    ("a", "b", "complaint"),
    [
        ({}, {"unit": "families"}, "unit: 'families' and 'people' are not compared"),
        ({"series": "x/people"}, {}, "series: 'escorted_returns/people' and 'x/people' on one"),
        ({"claimant_id": "other"}, {}, "speaker: 'ministry' and 'other' on one side"),
    ],
)
def test_what_cannot_be_compared_is_refused(a: dict, b: dict, complaint: str) -> None:
    one = pd.concat([series((1, 9), **ESCORTED), series((1, 9), **(ESCORTED | a))])
    with pytest.raises(ValueError, match=complaint):
        compare(one, series((1, 9), **(ALL | b)))


def test_days_to_carry_are_not_negative() -> None:
    side = series((1, 9), **ESCORTED)
    with pytest.raises(ValueError, match="carry_days: -1 is negative"):
        compare(side, side, carry_days=-1)


def test_convoys_and_all_returnees_of_22_november_2020_stand_side_by_side(tables: dict) -> None:
    returns = tables["returns"]
    ministry = where(returns, "claimant_id", "russia_defence_ministry")
    escorted = claim_series(where(ministry, "scope", "escorted_returns"), "cumulative")
    president = where(returns, "claimant_id", "nk_president")
    everybody = claim_series(where(president, "scope", "all_returns"), "flow")
    table = compare(escorted, everybody, carry_days=2).table.set_index("date")
    row = table.loc["2020-11-22"]
    assert (row["a_series"], row["b_series"]) == ("escorted_returns/people", "all_returns/people")
    assert (row["a_low"], row["a_carried_days"], row["b_best"]) == (7_000, 1, 25_000)
    assert 17_000 <= row["gap_low"] <= row["gap_best"] <= row["gap_high"] <= 18_000


def test_rivals_are_the_last_values_of_offices_within_a_year() -> None:
    def level(office: str, day: str, count: float) -> dict:
        cells = {"claimant_id": office, "speaker": office, "measure": "stock", "count": count}
        return cells | {"date": day, "last_day": day}

    rows = [
        level("baku", "2021-03-09", 72),
        level("baku", "2021-07-07", 0),
        level("yerevan", "2021-06-01", 200),
        level("lawyers", "2020-01-01", 999),
        level("media", "2021-07-08", 5_000),
    ]
    assert rivals(claim_series(claims(*rows), "stock")) == (0, 200)
    assert rivals(claim_series(claims(rows[0]), "stock")) == (72, 72)
    low, high = rivals(claim_series(claims(rows[4]), "stock"))
    assert not low < high
