"""Statements side by side: a dot for what was said, a bar for what the words allow."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_hex

from helpers.analysis import claim_series, side_by_side
from helpers.charts import Chart, plot_side_by_side
from pages import Page
from small_frames import claims


def rows_of(*rows: dict) -> pd.DataFrame:
    return side_by_side(claim_series(claims(*rows), "cumulative"))


def office(number: int, count: float, **cells) -> dict:
    return {"claimant_id": f"o{number}", "claimant": f"Office {number} (x)", "count": count} | cells


def axes_of(chart: Chart) -> Axes:
    assert chart.figure is not None
    return chart.figure.axes[0]


def dots(chart: Chart) -> list[tuple[float, bool]]:
    """Value and whether full, from the top row down."""
    found = []
    for group in axes_of(chart).collections:
        if isinstance(group, PathCollection):
            for value, place in np.asarray(group.get_offsets()):
                full = to_hex(group.get_facecolor()[0]) != "#ffffff"
                found.append((float(place), float(value), full))
    return [(value, full) for _, value, full in sorted(found)]


def bars(chart: Chart) -> list[tuple[float, float]]:
    return [
        (float(path[0][0]), float(path[1][0]))
        for group in axes_of(chart).collections
        if isinstance(group, LineCollection)
        for path in group.get_segments()
    ]


def is_side_by_side(chart: Chart) -> bool:
    names = {"date", "stated by", "low", "best", "high"}
    return names <= set(chart.table) and axes_of(chart).yaxis_inverted()


def test_dots_stand_where_the_table_says(edition: Page) -> None:
    for chart in filter(is_side_by_side, edition.drawn):
        values = chart.table["best"].fillna(chart.table["low"]).astype(float).tolist()
        drawn = [value for value, _ in dots(chart)]
        assert 0 < len(drawn) <= len(values)
        for value in drawn:
            values.remove(value)
        assert axes_of(chart).get_xlim()[0] == 0
        assert axes_of(chart).get_xlim()[1] > max(drawn)


def test_full_dots_are_exact_and_bars_span_the_rest() -> None:
    rows = [
        office(1, 100),
        office(2, 80, qualifier="about"),
        office(3, 20, qualifier="vague"),
        office(4, 5, qualifier="vague"),
    ]
    chart = plot_side_by_side(rows_of(*rows), "people")
    assert dots(chart) == [(100, True), (80, False), (20, False), (5, False)]
    spans = bars(chart)
    assert (75, 85) in spans
    assert (20, 99) in spans
    # "Some" has no top: its bar runs to the edge.
    assert (5, axes_of(chart).get_xlim()[1]) in spans


def test_the_title_spans_what_was_said() -> None:
    chart = plot_side_by_side(rows_of(office(1, 100), office(2, 70), office(3, 85)), "people")
    assert "70" in chart.title
    assert "100" in chart.title
    assert "people" in chart.title
    one = plot_side_by_side(rows_of(office(1, 100)), "people")
    assert "100 people" in one.title


def test_rows_are_named_valued_and_dated() -> None:
    chart = plot_side_by_side(rows_of(office(1, 51_947), office(2, 70)), "people")
    labels = " ".join(label.get_text() for label in axes_of(chart).get_yticklabels())
    texts = {text.get_text() for text in axes_of(chart).texts}
    assert "Office 1" in labels
    assert "(x)" not in labels
    assert {"51,947", "70", "1 Feb 2021"} <= texts
    for word in ("Office 1", "51,947", "Office 2", "70", "1 Feb 2021"):
        assert word in chart.alt


def test_labels_tell_rows_apart(edition: Page) -> None:
    for chart in filter(is_side_by_side, edition.drawn):
        labels = [label.get_text() for label in axes_of(chart).get_yticklabels()]
        assert all(label.strip(" ,:\n") == label for label in labels)
        assert len(set(labels)) == len(labels)


def test_units_share_no_axis() -> None:
    families = office(3, 2_036, series="escorted_returns/families", unit="families")
    chart = plot_side_by_side(rows_of(office(1, 100), office(2, 70), families), "people")
    assert [value for value, _ in dots(chart)] == [100, 70]
    assert "2,036" not in chart.title
    assert "families" in chart.note


def test_a_long_list_is_cut_in_the_picture_only() -> None:
    rows = rows_of(*(office(number, number) for number in range(1, 41)))
    chart = plot_side_by_side(rows, "people")
    drawn = [value for value, _ in dots(chart)]
    assert len(drawn) < 40 == len(chart.table)
    assert drawn == sorted(drawn, reverse=True)
    assert drawn[0] == 40
    assert "1 to 40" in chart.title or ("1" in chart.title and "40" in chart.title)


@pytest.mark.parametrize("count", [0, 1])
def test_the_smallest_figures_can_be_drawn(count: int) -> None:
    assert dots(plot_side_by_side(rows_of(office(1, count)), "people")) == [(count, True)]


def test_words_alone_make_a_title_of_words() -> None:
    chart = plot_side_by_side(rows_of(office(1, 20_000, qualifier="vague")), "people")
    assert "20,000 to 99,999 people" in chart.title


def test_nothing_to_compare_says_so() -> None:
    chart = plot_side_by_side(rows_of({}).head(0), "people")
    assert chart.figure is None
    assert "No figure" in chart._repr_html_()


def test_the_same_rows_are_the_same_bytes() -> None:
    rows = rows_of(office(1, 100), office(2, 70))
    assert plot_side_by_side(rows, "people").svg() == plot_side_by_side(rows, "people").svg()
