"""Handovers: bars equal the legs, the two directions never mix, nothing is left unsaid."""

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from helpers.analysis import handovers
from helpers.charts import Chart, plot_handovers, show_handovers
from helpers.charts.handovers import handover_table
from helpers.charts.theme import colour_of
from small_frames import events, handover_claims

BACK = {"from_party": "armenia", "to_party": "azerbaijan"}


def legs_of(*rows: dict, days: tuple[str, ...] = ("2020-12-14", "2021-02-01")) -> pd.DataFrame:
    known = [{"event_id": f"exchange-{n}", "date": day} for n, day in enumerate(days, start=1)]
    return handovers(handover_claims(*rows), events(*known))


def axes_of(chart: Chart) -> Axes:
    assert chart.figure is not None
    return chart.figure.axes[0]


def bars(chart: Chart) -> list[tuple[float, float, str]]:
    """Day of the middle, signed height, and colour of each bar."""
    return [
        (bar.get_x() + bar.get_width() / 2, bar.get_height(), to_hex(bar.get_facecolor()))
        for bar in axes_of(chart).patches
        if isinstance(bar, Rectangle)
    ]


def whiskers(chart: Chart) -> list[tuple[float, float, float]]:
    return [
        (float(path[0][0]), *sorted((float(path[0][1]), float(path[1][1]))))
        for group in axes_of(chart).collections
        if isinstance(group, LineCollection)
        for path in group.get_segments()
    ]


@pytest.mark.parametrize("leg", ["people", "remains"])
def test_bars_are_the_shipped_handovers(tables: dict, leg: str) -> None:
    legs = handovers(tables["exchanges"], tables["events"])
    chart = plot_handovers(legs, leg)
    sides = {"armenia": 1, "nk_authorities": 1, "azerbaijan": -1}
    rows = legs[(legs["leg"] == leg) & legs["to_party"].isin(sides) & ~(legs["high"] == 0)]
    side = rows["to_party"].map(sides).to_numpy(dtype=float)
    height = side * rows["best"].fillna(rows["low"]).to_numpy(dtype=float)
    expected = sorted(zip(mdates.date2num(rows["date"]), height, strict=True))
    np.testing.assert_allclose(sorted((day, value) for day, value, _ in bars(chart)), expected)
    assert len(chart.table) == len(rows)
    assert set(chart.sources) == {source for cell in rows["sources"] for source in cell}
    for total in (height[height > 0].sum(), -height[height < 0].sum()):
        assert f"{total:,.0f}" in chart.title
    for day in (rows["date"].min(), rows["date"].max()):
        assert f"{day.day} {day:%b %Y}" in chart.alt
    low, high = axes_of(chart).get_ylim()
    assert low < height.min()
    assert high > height.max()


def test_one_side_is_up_and_the_other_down_in_their_colours() -> None:
    legs = legs_of(
        {"count": 44}, BACK | {"count": 12}, {"event_id": "exchange-2", "count": 5} | BACK
    )
    chart = plot_handovers(legs, "people")
    up, down = colour_of("armenia"), colour_of("azerbaijan")
    assert [(value, colour) for _, value, colour in sorted(bars(chart))] == [
        (-12, down),
        (44, up),
        (-5, down),
    ]
    assert "44 people" in chart.title
    assert "17" in chart.title


def test_bodies_are_never_drawn_among_people() -> None:
    legs = legs_of({"count": 44}, {"count": 70, "category": "remains", "unit": "bodies"})
    assert [value for _, value, _ in bars(plot_handovers(legs, "people"))] == [44]
    assert [value for _, value, _ in bars(plot_handovers(legs, "remains"))] == [70]


def test_a_thin_line_spans_figures_that_differ() -> None:
    legs = legs_of({"count": 44}, {"count": 44}, {"count": 46}, BACK | {"count": 2})
    chart = plot_handovers(legs, "people")
    assert [(low, high) for _, low, high in whiskers(chart)] == [(44, 46)]
    down = plot_handovers(legs_of(BACK | {"count": 2}, BACK | {"count": 3}), "people")
    assert [(low, high) for _, low, high in whiskers(down)] == [(-3, -2)]


def test_words_without_a_number_are_drawn_at_their_least() -> None:
    legs = legs_of({"count": 24, "qualifier": "vague"})
    chart = plot_handovers(legs, "people")
    assert [value for _, value, _ in bars(chart)] == [24]
    assert [(low, high) for _, low, high in whiskers(chart)] == [(24, 99)]
    open_ended = plot_handovers(legs_of({"count": 3, "qualifier": "vague"}), "people")
    assert [value for _, value, _ in bars(open_ended)] == [3]
    assert whiskers(open_ended) == []


def test_an_empty_flight_is_no_bar_but_a_row_of_the_list() -> None:
    legs = legs_of({"count": 44}, {"event_id": "exchange-2", "count": 0})
    chart = plot_handovers(legs, "people")
    assert [value for _, value, _ in bars(chart)] == [44]
    assert len(handover_table(legs)) == 2


def test_people_handed_to_others_are_told_below() -> None:
    legs = legs_of({"count": 44}, {"event_id": "exchange-2", "count": 1, "to_party": "lebanon"})
    chart = plot_handovers(legs, "people")
    assert [value for _, value, _ in bars(chart)] == [44]
    assert "1 person" in chart.note
    assert "Lebanon" in chart.note
    assert plot_handovers(legs_of({}), "people").note == ""


@pytest.mark.parametrize("leg", ["people", "remains"])
def test_no_handover_says_so(small_page: None, leg: str) -> None:
    empty = legs_of({}).head(0)
    chart = plot_handovers(empty, leg)
    assert chart.figure is None
    assert "No handover" in chart._repr_html_()
    assert "No handover" in show_handovers(empty, caption="Legs")._repr_html_()


def test_every_bar_is_written_unless_it_would_touch_another() -> None:
    one = plot_handovers(legs_of({"count": 44}, BACK | {"count": 12}), "people")
    texts = {text.get_text() for text in axes_of(one).texts}
    assert {"44", "12"} <= texts


def test_the_table_tells_who_how_many_through_whom_and_for_what() -> None:
    frame = handover_claims(
        {"in_return_for": "exchange-2", "held_since": "2021-11-16"},
        {"count": 11},
        {"event_id": "exchange-2", "count": 1, "category": "mine_maps", "unit": "maps"} | BACK,
    )
    known = events(
        {"event_id": "exchange-1", "title": "Ten released", "mediators_name": "European Union"},
        {"event_id": "exchange-2", "title": "Maps of mines given"},
    )
    table = handover_table(handovers(frame, known))
    first, second = (table.iloc[at] for at in (0, 1))
    assert "10 people" in first["figure"]
    assert "10 to 11" in first["figure"]
    assert first["mediated by"] == "European Union"
    assert first["in return for"] == "Maps of mines given"
    assert first["days held"] == 33
    assert "Azerbaijan to Armenia" in " ".join(first.astype(str))
    assert second["figure"] == "1 set of maps"
    assert second["mediated by"] == "nobody named"
    assert second["in return for"] == "not stated"
    assert pd.isna(second["days held"])
    assert len(table["sources"].iloc[0]) == 2


def test_known_terms_are_written_as_words() -> None:
    legs = legs_of({"in_return_for": "swap"}, {"in_return_for": "all_for_all"})
    assert "_" not in handover_table(legs)["in return for"].item()
    assert "swap; " in handover_table(legs)["in return for"].item()


def test_a_figure_without_a_number_is_not_a_number() -> None:
    legs = legs_of({"count": 3, "qualifier": "vague"})
    assert "number not given" in handover_table(legs)["figure"].item()


def test_the_same_legs_are_the_same_bytes() -> None:
    legs = legs_of({"count": 44}, BACK | {"count": 12})
    assert plot_handovers(legs, "people").svg() == plot_handovers(legs, "people").svg()
