"""The timeline: every event is a mark in its lane; titles go where there is room."""

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection

from helpers.charts import Chart, plot_timeline, show_events
from helpers.data.kinds import EVENT_KINDS
from pages import Runner
from small_frames import events


def axes_of(chart: Chart) -> Axes:
    assert chart.figure is not None
    return chart.figure.axes[0]


def lanes(chart: Chart) -> list[list[float]]:
    """Days of the marks, lane by lane from the top down."""
    found = {}
    for group in axes_of(chart).collections:
        if isinstance(group, PathCollection):
            places = np.asarray(group.get_offsets(), dtype=float)
            assert len(set(places[:, 1])) == 1
            found[float(places[0, 1])] = sorted(places[:, 0])
    return [found[height] for height in sorted(found)]


@pytest.mark.parametrize(
    ("start", "end"),
    [("2020-09-27", "2021-12-31"), ("2022-12-01", "2023-12-31"), ("1900-01-01", "2100-01-01")],
)
def test_every_shipped_event_is_a_mark_on_its_day(tables: dict, start: str, end: str) -> None:
    frame = tables["events"]
    frame = frame[(frame["last_day"] >= start) & (frame["date"] <= end)]
    chart = plot_timeline(frame)
    kinds = [kind for kind in EVENT_KINDS if kind in set(frame["kind"])]
    drawn = lanes(chart)
    assert len(drawn) == len(kinds)
    for kind, days in zip(kinds, drawn, strict=True):
        expected = sorted(mdates.date2num(frame.loc[frame["kind"] == kind, "date"]))
        np.testing.assert_allclose(days, expected, atol=0.001)
        assert f"{EVENT_KINDS[kind]} {len(expected)}" in chart.alt
    assert len(chart.table) == len(frame)
    assert str(len(frame)) in chart.title


def test_the_titles_drawn_are_titles_of_events(runner: Runner) -> None:
    chart = runner.edition("timeline-2020-2021").drawn[0]
    titles = set(chart.table["what happened"])
    names = {label.lower() for label in EVENT_KINDS.values()}
    written = [text.get_text() for text in axes_of(chart).texts]
    labels = [text for text in written if text.lower() not in names]
    assert len(labels) > 20
    for label in labels:
        assert label in titles or any(
            title.startswith(label.removesuffix(" …")) for title in titles if label.endswith(" …")
        )
    assert f"{len(labels)} carry their title" in chart.subtitle


def test_the_best_reported_event_keeps_its_title() -> None:
    crowd = [
        {"event_id": f"e{n}", "date": "2021-01-15", "title": f"Lesser event number {n}"}
        for n in range(25)
    ]
    known = {"event_id": "war", "date": "2021-01-15", "title": "War", "source_ids": "a;b;c;d"}
    far = {"event_id": "far", "date": "2021-12-01", "title": "Far off"}
    chart = plot_timeline(events(*crowd, known, far))
    written = {text.get_text() for text in axes_of(chart).texts}
    assert {"War", "Far off"} <= written
    assert len(written) < 27
    assert len(lanes(chart)[0]) == 27


def test_one_event_is_a_timeline() -> None:
    chart = plot_timeline(events({}))
    assert [len(days) for days in lanes(chart)] == [1]
    assert "1 event " in chart.title
    assert chart.svg() == plot_timeline(events({})).svg()


def test_no_event_says_so(small_page: None) -> None:
    empty = events({}).head(0)
    chart = plot_timeline(empty)
    assert chart.figure is None
    assert "No event" in chart._repr_html_()
    assert "No event" in show_events(empty, caption="Events")._repr_html_()


def test_the_table_dates_events_no_more_exactly_than_known() -> None:
    frame = events(
        {"date": "2021-05-01", "last_day": "2021-05-31", "date_precision": "month"},
        {"event_id": "two", "date": "2021-04-01", "date_precision": "by", "source_ids": "b;c"},
    )
    table = plot_timeline(frame).table
    assert table["date"].tolist() == ["by 1 Apr 2021", "May 2021"]
    assert table["sources"].tolist() == [("b", "c"), ("agency-1",)]


def test_kinds_are_written_as_words(tables: dict) -> None:
    table = plot_timeline(tables["events"]).table
    assert set(table["kind"]) <= set(EVENT_KINDS.values())
    assert isinstance(table, pd.DataFrame)
