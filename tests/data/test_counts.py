"""What the words of a figure allow."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.data.counts import intervals, rounding_unit

QUALIFIERS = ("exact", "about", "at_least", "at_most", "vague")
COUNTS = st.one_of(
    st.integers(0, 10**6),
    st.builds(lambda digit, power: digit * 10**power, st.integers(1, 99), st.integers(0, 9)),
    st.decimals(0, 5000, places=2).map(float),
    st.decimals(0, 100, places=3).map(float),
)


def interval(count: float | None, qualifier: str) -> list[float | None]:
    """Return low, best and high of one figure; None where missing."""
    frame = intervals(pd.Series([count], dtype="Float64"), pd.Series([qualifier], dtype="str"))
    return [None if pd.isna(value) else float(value) for value in frame.iloc[0]]


@pytest.mark.parametrize(
    ("count", "qualifier", "expected"),
    [
        (51_947, "exact", [51_947, 51_947, 51_947]),
        (0, "exact", [0, 0, 0]),
        (2_000, "about", [1_500, 2_000, 2_500]),
        (51_900, "about", [51_850, 51_900, 51_950]),
        (14.67, "about", [14.665, 14.67, 14.675]),
        (36, "about", [35.5, 36, 36.5]),
        (0, "about", [0, 0, 0.5]),
        (42_000, "at_least", [42_000, 42_000, 43_000]),
        (200, "at_least", [200, 200, 300]),
        (7, "at_least", [7, 7, 8]),
        (42_000, "at_most", [41_000, 42_000, 42_000]),
        (200_000, "at_most", [100_000, 200_000, 200_000]),
        (0, "at_most", [0, 0, 0]),
        # One and zeros: rounded to a tenth, so that "nearly 100,000" does not allow 0.
        (100_000, "at_most", [90_000, 100_000, 100_000]),
        (1_000, "about", [950, 1_000, 1_050]),
        (10, "at_least", [10, 10, 11]),
        (1, "at_least", [1, 1, 2]),
        (24, "vague", [24, None, 99]),
        (200, "vague", [200, None, 999]),
        (20_000, "vague", [20_000, None, 99_999]),
        (10, "vague", [10, None, 99]),
        (1_000, "vague", [1_000, None, 9_999]),
        (1, "vague", [1, None, None]),
        (9, "vague", [9, None, None]),
        (0, "vague", [0, None, None]),
    ],
)
def test_interval_of_one_figure(count, qualifier, expected):
    assert interval(count, qualifier) == pytest.approx(expected)


@pytest.mark.parametrize("qualifier", QUALIFIERS)
def test_missing_count_stays_missing(qualifier):
    assert interval(None, qualifier) == [None, None, None]


@pytest.mark.parametrize(
    ("count", "unit"),
    [(51_900, 100), (14.67, 0.01), (0.125, 0.001), (100_000, 10_000), (0, 1), (5, 1), (1, 1),
     (20, 10), (10, 1), (0.1, 0.1), (999_999_999_999, 1), (200_000_000_000, 10**11)],
)  # fmt: skip
def test_rounding_unit(count, unit):
    result = rounding_unit(pd.Series([count], dtype="Float64"))
    assert result.dtype == "Float64"
    assert result[0] == pytest.approx(unit)


def test_rows_are_judged_by_their_own_qualifier_and_keep_their_index():
    count = pd.Series([24, 24, 24, 24, None], index=[7, 5, 3, 2, 1], dtype="Float64")
    qualifier = pd.Series(["vague", "exact", "about", "at_most", "exact"], index=count.index)
    result = intervals(count, qualifier)
    assert list(result.index) == [7, 5, 3, 2, 1]
    assert result["high"].tolist()[:4] == [99, 24, 24.5, 24]
    assert result["low"].tolist()[:4] == [24, 24, 23.5, 23]
    assert result["best"].isna().tolist() == [True, False, False, False, True]


def test_empty_series_give_an_empty_frame():
    result = intervals(pd.Series([], dtype="Float64"), pd.Series([], dtype="str"))
    assert result.empty
    assert list(result.columns) == ["low", "best", "high"]


def test_input_is_left_alone():
    count = pd.Series([24.0], dtype="Float64")
    intervals(count, pd.Series(["vague"]))
    assert count.tolist() == [24.0]


def table(counts: list[float], qualifier: str) -> pd.DataFrame:
    """Return low, best and high of many figures, as plain floats with NaN where missing."""
    words = pd.Series([qualifier] * len(counts), dtype="str")
    return intervals(pd.Series(counts, dtype="Float64"), words).astype(float)


MANY = st.lists(COUNTS, min_size=1, max_size=30)


@given(counts=MANY, qualifier=st.sampled_from(QUALIFIERS))
def test_low_best_high_are_in_order_and_none_is_negative(counts, qualifier):
    for low, best, high in table(counts, qualifier).itertuples(index=False):
        known = [value for value in (low, best, high) if not math.isnan(value)]
        assert low >= 0
        assert known == sorted(known)


@given(counts=MANY)
def test_exact_is_a_point(counts):
    result = table(counts, "exact")
    assert result["low"].tolist() == result["best"].tolist() == result["high"].tolist() == counts


@given(counts=MANY, qualifier=st.sampled_from(QUALIFIERS))
def test_the_figure_itself_is_always_allowed(counts, qualifier):
    result = table(counts, qualifier)
    assert (result["low"] <= counts).all()
    assert (result["high"].fillna(math.inf) >= counts).all()


@given(counts=st.lists(COUNTS.filter(lambda count: count > 0), min_size=1, max_size=30))
def test_at_least_and_at_most_mirror_each_other(counts):
    above = (table(counts, "at_least")["high"] - counts).tolist()
    about = table(counts, "about")
    assert (counts - table(counts, "at_most")["low"]).tolist() == pytest.approx(above)
    assert (about["high"] - about["low"]).tolist() == pytest.approx(above)


@given(
    digits=st.lists(
        st.integers(2, 999).filter(lambda n: n % 10), min_size=2, max_size=2, unique=True
    ),
    power=st.integers(0, 6),
    qualifier=st.sampled_from(QUALIFIERS),
)
def test_a_larger_count_of_one_scale_never_has_a_lower_interval(digits, power, qualifier):
    small, large = (number * 10**power for number in sorted(digits))
    first, second = table([small, large], qualifier).itertuples(index=False)
    for lower, higher in zip(first, second, strict=True):
        assert not lower > higher
    if qualifier == "vague":
        assert math.isnan(first.high) == (small < 10)
        assert math.isnan(second.high) or second.high == 10 ** len(str(large)) - 1
