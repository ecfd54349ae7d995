"""Lifelines: bars run from opening to closing, or to the last report."""

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers.analysis import lifelines
from helpers.charts import Chart, plot_lifelines
from helpers.data.vocabulary import FORCES

LINES = pd.DataFrame(
    {
        "force": ["eumcap", "euma"],
        "party_id": ["eu", "eu"],
        "start": pd.to_datetime(["2022-10-20", "2023-02-20"]),
        "end": pd.to_datetime(["2022-12-19", "2024-06-17"]),
        "open": [False, True],
        "opened": ["Monitors arrive", "Mission opens"],
        "closed": ["Monitors leave", ""],
        "sources": [("agency-1",), ("agency-2", "agency-1")],
    }
)


def axes_of(chart: Chart) -> Axes:
    assert chart.figure is not None
    return chart.figure.axes[0]


def spans(chart: Chart) -> list[tuple[float, float]]:
    return [
        (float(line.get_xdata()[0]), float(line.get_xdata()[-1]))
        for line in axes_of(chart).get_lines()
        if len(line.get_xdata()) == 2 and line.get_transform() == axes_of(chart).transData
    ]


def test_bars_run_from_start_to_end() -> None:
    chart = plot_lifelines(LINES)
    expected = list(
        zip(mdates.date2num(LINES["start"]), mdates.date2num(LINES["end"]), strict=True)
    )
    np.testing.assert_allclose(sorted(spans(chart)), sorted(expected))
    first, last = axes_of(chart).get_xlim()
    assert first < min(expected)[0]
    assert last > max(end for _, end in expected)


def test_an_open_line_points_on_and_a_closed_one_ends() -> None:
    chart = plot_lifelines(LINES)
    arrows = [text for text in axes_of(chart).texts if getattr(text, "arrow_patch", None)]
    assert len(arrows) == 1
    assert arrows[0].xy == (mdates.date2num(LINES["end"][1]), 1)


def test_missions_are_named_and_told_in_words() -> None:
    chart = plot_lifelines(LINES)
    texts = {text.get_text() for text in axes_of(chart).texts}
    for force in LINES["force"]:
        assert FORCES[force] in texts
        assert FORCES[force] in chart.alt
    for day in ("20 Oct 2022", "19 Dec 2022", "20 Feb 2023", "17 Jun 2024"):
        assert day in chart.alt
    assert chart.title.startswith("2 ")
    assert chart.sources == ("agency-1", "agency-2")


def test_the_table_keeps_ends_and_last_reports_apart() -> None:
    table = plot_lifelines(LINES).table
    assert table["from"].tolist() == LINES["start"].tolist()
    assert table["until"].notna().tolist() == [True, False]
    assert table["last reported"].notna().tolist() == [False, True]
    assert table["until"][0] == LINES["end"][0]
    assert table["last reported"][1] == LINES["end"][1]
    assert table["ended"].tolist() == ["Monitors leave", "no end reported"]


def test_a_mission_that_has_just_begun_can_be_drawn() -> None:
    just = LINES.tail(1).assign(end=LINES["start"])
    chart = plot_lifelines(just.reset_index(drop=True))
    assert len(spans(chart)) == 1
    assert chart.svg()


def test_no_mission_says_so() -> None:
    chart = plot_lifelines(LINES.head(0))
    assert chart.figure is None
    assert "No mission" in chart._repr_html_()


def test_every_shipped_mission_can_be_drawn(tables: dict) -> None:
    reports = pd.concat([tables["deployments"], tables["operations"]])
    lines = lifelines(tables["missions"], tables["events"], reports)
    chart = plot_lifelines(lines)
    assert len(lines) == len(tables["missions"]) == len(spans(chart)) == len(chart.table)
    assert plot_lifelines(lines).svg() == chart.svg()
