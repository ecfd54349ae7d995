"""Figures, days and periods in words, and the colours and places of texts."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb

from helpers.charts import look_for
from helpers.charts.theme import (
    FORCE_PARTIES,
    PARTY_COLOURS,
    colour_of,
    colour_of_force,
    ink_of,
    spread,
)
from helpers.charts.words import (
    join_words,
    plural,
    short_name,
    write_date,
    write_figure,
    write_number,
    write_range,
)
from helpers.data.vocabulary import FORCES


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (51_947, "51,947"),
        (51_947.0, "51,947"),
        (0, "0"),
        (14.67, "14.67"),
        (14.5, "14.5"),
        (14.004, "14"),
        (1_234.5, "1,234.5"),
        (None, "not stated"),
        (pd.NA, "not stated"),
        (float("nan"), "not stated"),
    ],
)
def test_numbers(value: float | None, text: str) -> None:
    assert write_number(value) == text


@pytest.mark.parametrize(
    ("count", "qualifier", "text"),
    [
        (51_947, "exact", "51,947"),
        (2_000, "about", "about 2,000"),
        (52_000, "at_least", "at least 52,000"),
        (7_000, "at_most", "at most 7,000"),
        (20_000, "vague", "tens of thousands"),
        (200_000, "vague", "hundreds of thousands"),
        (2_000, "vague", "thousands"),
        (200, "vague", "hundreds"),
        (24, "vague", "dozens"),
        (20, "vague", "tens"),
    ],
)
def test_figures_are_written_as_they_were_said(count: float, qualifier: str, text: str) -> None:
    assert write_figure(count, qualifier) == text


def test_every_shipped_figure_has_words(tables: dict) -> None:
    for name in ("returns", "exchanges", "deployments", "operations"):
        for row in tables[name].itertuples():
            text = write_figure(row.low if row.qualifier == "vague" else row.best, row.qualifier)
            assert text
            assert "number not given" not in text or row.low < 20


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (90_000, 100_000, "90,000 to 100,000"),
        (96, 96, "96"),
        (14.67, 14.67, "14.67"),
        (14.5, 14.5, "14.5"),
        (575.5, 576.5, "576"),
        (9.5, 12.5, "10 to 12"),
        (3, pd.NA, "3 or more"),
        (0, 0, "0"),
    ],
)
def test_ranges(low: float, high: float, text: str) -> None:
    assert write_range(low, high) == text


@pytest.mark.parametrize(
    ("first", "last", "precision", "text"),
    [
        ("2021-02-01", "2021-02-01", "day", "1 Feb 2021"),
        ("2021-12-19", "2021-12-19", "by", "by 19 Dec 2021"),
        ("2022-05-01", "2022-05-31", "month", "May 2022"),
        ("2022-05-01", "2022-06-30", "month", "1 May 2022 – 30 Jun 2022"),
        ("2021-01-01", "2021-12-31", "year", "2021"),
        ("2020-01-01", "2021-12-31", "year", "1 Jan 2020 – 31 Dec 2021"),
        ("2020-09-27", "2020-11-09", "days", "27 Sep 2020 – 9 Nov 2020"),
        ("2021-02-01", "2021-02-07", "week", "1 Feb 2021 – 7 Feb 2021"),
    ],
)
def test_dates_are_no_more_exact_than_known(
    first: str, last: str, precision: str, text: str
) -> None:
    assert write_date(pd.Timestamp(first), pd.Timestamp(last), precision) == text


def test_plurals_joins_and_short_names() -> None:
    assert plural(1, "claim") == "1 claim"
    assert plural(2, "claim") == "2 claims"
    assert plural(0, "claim") == "0 claims"
    assert plural(1, "person", "people") == "1 person"
    assert plural(1_200, "person", "people") == "1,200 people"
    assert plural(7, "series", "series") == "7 series"
    assert join_words([]) == ""
    assert join_words(["a"]) == "a"
    assert join_words(["a", "b"]) == "a and b"
    assert join_words(["a", "b", "c"]) == "a, b and c"
    assert short_name("Ministry (of a state)") == "Ministry"
    assert short_name("Ministry") == "Ministry"


def test_coded_words_become_labels() -> None:
    assert look_for("escorted_returns").what == "people brought back in escorted convoys"
    assert look_for("not_in_the_list", line="none").what == "not in the list"
    assert look_for("not_in_the_list", line="none").line == "none"


def contrast(colour: str) -> float:
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in to_rgb(colour)
    ]
    return 1.05 / (0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2] + 0.05)


@pytest.mark.parametrize("colour", [*PARTY_COLOURS.values(), "#ffffff", "#000000"])
def test_ink_can_be_read_on_white(colour: str) -> None:
    # WCAG 2.2 AA for small text.
    assert contrast(ink_of(colour)) >= 4.5
    if contrast(colour) >= 4.6:
        assert to_rgb(ink_of(colour)) == pytest.approx(to_rgb(colour), abs=0.003)


def test_colours_belong_to_parties_not_to_order() -> None:
    parties = ("armenia", "azerbaijan", "russia", "eu", "turkey", "nk_authorities")
    assert len({colour_of(party) for party in parties}) == len(parties)
    assert colour_of("armenia;azerbaijan") == colour_of("armenia")
    assert colour_of("nobody") == colour_of("") not in PARTY_COLOURS.values()
    assert set(FORCE_PARTIES) == set(FORCES)
    assert colour_of_force("euma") == colour_of("eu")
    assert colour_of_force("unheard_of") == colour_of("")


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(1, 9)), max_size=8))
def test_labels_move_apart_and_stay_inside(labels: list[tuple[float, float]]) -> None:
    wanted, heights = [at for at, _ in labels], [height for _, height in labels]
    placed = spread(wanted, heights, 0, 100)
    edges = sorted((at - h / 2, at + h / 2) for at, h in zip(placed, heights, strict=True))
    assert all(low >= -1e-6 and high <= 100 + 1e-6 for low, high in edges)
    assert all(edges[n][1] <= edges[n + 1][0] + 1e-6 for n in range(len(edges) - 1))
    order = sorted(range(len(wanted)), key=lambda n: wanted[n])
    assert order == sorted(order, key=lambda n: placed[n])


def test_labels_with_room_stay_where_they_are() -> None:
    assert spread([50, 20, 80], [5, 5, 5], 0, 100) == [50, 20, 80]
