"""Claims over time: what is drawn is what the table holds."""

from collections.abc import Iterator

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D

from helpers.analysis import claim_series, main_series, sound, strength, where
from helpers.charts import Chart, Look, look_for, plot_claims, plot_strength
from pages import Page, Runner
from small_frames import claims

LOOK = Look("people back")
DAY = pd.Timestamp("2021-02-01")


def series_of(*rows: dict, measure: str = "cumulative") -> pd.DataFrame:
    return claim_series(claims(*rows, measure=measure), measure)


def axes_of(chart: Chart) -> Axes:
    assert chart.figure is not None
    return chart.figure.axes[0]


def marks(chart: Chart) -> Iterator[tuple[float, float, bool]]:
    """Where marks stand, and whether they are full. A cross has no face and says neither."""
    for group in axes_of(chart).collections:
        if isinstance(group, PathCollection):
            for place, value in np.asarray(group.get_offsets()):
                faces = group.get_facecolor()
                yield float(place), float(value), bool(len(faces) and to_hex(faces[0]) != "#ffffff")


def bars(chart: Chart) -> list[tuple[float, float, float]]:
    return [
        (float(path[0][0]), float(path[0][1]), float(path[1][1]))
        for group in axes_of(chart).collections
        if isinstance(group, LineCollection)
        for path in group.get_segments()
    ]


def lines(chart: Chart) -> list[Line2D]:
    """Lines in days and counts; not the marks beside names, which stand in the margin."""
    axes = axes_of(chart)
    return [
        line
        for line in axes.get_lines()
        if line.get_transform() == axes.transData and line.get_linestyle() == "-"
    ]


def stated(chart: Chart) -> list[tuple[float, float]]:
    shown = chart.table["best"].fillna(chart.table["low"]).astype(float)
    return sorted(zip(mdates.date2num(chart.table["date"]), shown, strict=True))


def check_marks(chart: Chart) -> None:
    drawn = sorted((place, value) for place, value, _ in marks(chart))
    np.testing.assert_allclose(drawn, stated(chart))


def check_bars(chart: Chart) -> None:
    top = axes_of(chart).get_ylim()[1]
    table = chart.table
    low, high = (table[name].astype(float) for name in ("low", "high"))
    high = high.fillna(np.inf)
    spans = high > low
    days = mdates.date2num(table["date"])
    expected = sorted(zip(days[spans], low[spans], high[spans].clip(upper=top), strict=True))
    assert len(bars(chart)) == len(expected)
    np.testing.assert_allclose(
        np.reshape(sorted(bars(chart)), (-1, 3)), np.reshape(expected, (-1, 3))
    )


def trends(page: Page) -> list[Chart]:
    names = {"date", "stated by", "low", "best", "high"}
    return [
        chart
        for chart in page.drawn
        # Statements side by side have the same table; their rows run down.
        if names <= set(chart.table) and not axes_of(chart).yaxis_inverted()
    ]


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("overview", 1),
        ("returns-first-winter", 2),
        ("exodus-2023", 2),
        ("resettlement", 1),
        ("exchanges", 2),
        ("deployments-russian-peacekeepers", 2),
    ],
)
def test_what_is_drawn_is_what_the_table_holds(runner: Runner, name: str, count: int) -> None:
    charts = trends(runner.edition(name))
    assert len(charts) >= count
    for chart in charts:
        check_marks(chart)
        check_bars(chart)
        values = {value for _, value in stated(chart)}
        for line in lines(chart):
            assert set(np.asarray(line.get_ydata(), dtype=float)) <= values
        assert axes_of(chart).get_ylim()[1] >= max(values)


def test_lines_never_bridge_a_long_silence(edition: Page) -> None:
    for chart in trends(edition):
        for line in lines(chart):
            if line.get_drawstyle() == "default":
                days = np.asarray(line.get_xdata(), dtype=float)
                assert (np.diff(days) > 0).all()
                assert not (np.diff(days) > 21).any()


@pytest.mark.parametrize(("gap", "parts"), [(21, 1), (22, 2)])
def test_a_silence_of_more_than_three_weeks_breaks_the_line(gap: int, parts: int) -> None:
    rows = [{"count": 10}, {"count": 20, "date": str((DAY + pd.Timedelta(days=gap)).date())}]
    chart = plot_claims(series_of(*rows), LOOK)
    assert len(lines(chart)) == parts
    assert sorted(value for line in lines(chart) for value in line.get_ydata()) == [10, 20]


def test_a_day_without_a_figure_is_not_zero() -> None:
    rows = [{"count": 10}, {"count": 20, "date": "2021-02-05"}]
    for measure in ("flow", "cumulative", "stock"):
        chart = plot_claims(series_of(*rows, measure=measure), LOOK)
        assert sorted(value for _, value, _ in marks(chart)) == [10, 20]
        assert all(0 not in line.get_ydata() for line in lines(chart))


def test_a_stated_zero_is_drawn() -> None:
    chart = plot_claims(series_of({"count": 0}, measure="stock"), LOOK)
    assert [value for _, value, _ in marks(chart)] == [0]


def test_full_marks_are_exact_and_hollow_ones_are_not() -> None:
    rows = [
        {"count": 10, "date": "2021-02-01"},
        {"count": 20, "date": "2021-02-02", "qualifier": "about"},
        {"count": 30, "date": "2021-02-03", "qualifier": "at_least"},
        {"count": 24, "date": "2021-02-04", "qualifier": "vague"},
        {"count": 5, "date": "2021-02-05", "qualifier": "vague"},
    ]
    chart = plot_claims(series_of(*rows), LOOK)
    full = {value: filled for _, value, filled in marks(chart)}
    assert full == {10: True, 20: False, 30: False, 24: False, 5: False}
    check_bars(chart)
    assert len(bars(chart)) == 4


def test_figures_that_exclude_each_other_are_a_bar_and_no_full_mark() -> None:
    chart = plot_claims(series_of({"count": 502}, {"count": 648}, measure="flow"), LOOK)
    assert [(low, high) for _, low, high in bars(chart)] == [(502, 648)]
    assert [(value, full) for _, value, full in marks(chart)] == [(502, False)]


def test_the_line_runs_through_exact_figures_where_there_are_several() -> None:
    rounded = {"count": 15, "date": "2021-02-02", "qualifier": "at_least"}
    rows = [{"count": 10}, rounded, {"count": 20, "date": "2021-02-03"}]
    (line,) = lines(plot_claims(series_of(*rows), LOOK))
    assert list(line.get_ydata()) == [10, 20]
    (line,) = lines(plot_claims(series_of(*rows[:2]), LOOK))
    assert list(line.get_ydata()) == [10, 15]


def test_a_step_holds_a_level_until_the_next_report() -> None:
    rows = [{"count": 10}, {"count": 20, "date": "2021-06-03"}]
    (line,) = lines(plot_claims(series_of(*rows, measure="stock"), Look("posts", "step")))
    assert line.get_drawstyle() == "steps-post"
    assert list(line.get_ydata()) == [10, 20]


def test_marks_alone_carry_no_line() -> None:
    rows = [{"count": 10}, {"count": 20, "date": "2021-02-03"}]
    assert lines(plot_claims(series_of(*rows), Look("people", "none"))) == []


def test_outlets_are_never_joined_by_a_line() -> None:
    rows = [
        {"count": 10, "claimant_id": "media", "speaker": "media: Paper"},
        {"count": 20, "claimant_id": "media", "speaker": "media: Radio", "date": "2021-02-02"},
    ]
    assert lines(plot_claims(series_of(*rows), LOOK)) == []


def test_many_claimants_are_named_or_gathered() -> None:
    rows = [
        {"count": number, "claimant_id": f"office-{number}", "claimant": f"Office {number}"}
        for number in range(1, 9)
    ]
    chart = plot_claims(series_of(*rows), LOOK)
    assert len(list(marks(chart))) == 8
    names = [text.get_text() for text in axes_of(chart).texts]
    assert len(names) < 8
    assert [name for name in names if "thers" in name]


def test_words_tell_the_first_and_the_last_figure() -> None:
    rows = [
        {"count": 725, "date": "2020-11-15"},
        {"count": 51_947, "date": "2021-02-01"},
        {"count": 40_000, "date": "2020-12-20", "qualifier": "at_least"},
    ]
    chart = plot_claims(series_of(*rows), LOOK)
    for word in ("725", "15 Nov 2020", "51,947", "1 Feb 2021", "people back", "Ministry"):
        assert word in chart.alt
    assert "51,947" in chart.title
    assert "1 Feb 2021" in chart.title
    assert "3 claims" in chart.subtitle


def test_shipped_alts_tell_first_and_last(edition: Page) -> None:
    for chart in trends(edition):
        ordered = chart.table.sort_values("date")
        for row in (ordered.iloc[0], ordered.iloc[-1]):
            day = f"{row['date'].day} {row['date']:%b %Y}"
            others = chart.table["stated by"].nunique() > 5
            assert day in chart.alt or others


@pytest.mark.parametrize("measure", ["flow", "cumulative", "stock"])
def test_nothing_drawn_says_so_in_words(measure: str) -> None:
    chart = plot_claims(series_of({}, measure=measure).head(0), LOOK)
    assert chart.figure is None
    assert chart.title.startswith("No ")
    assert "people back" in chart.subtitle
    assert "kl-empty" in chart._repr_html_()
    with pytest.raises(ValueError, match="nothing was drawn"):
        chart.svg()


def test_one_vague_claim_is_a_chart() -> None:
    chart = plot_claims(series_of({"count": 20_000, "qualifier": "vague"}), LOOK)
    assert [(value, full) for _, value, full in marks(chart)] == [(20_000, False)]
    assert "20,000 to 99,999" in chart.title


def test_agreed_strength_is_a_dashed_step() -> None:
    deployed = series_of({"count": 93}, {"count": 138, "date": "2021-06-01"}, measure="stock")
    agreed = series_of({"count": 100}, {"count": 209, "date": "2021-05-01"}, measure="stock")
    chart = plot_strength(deployed, agreed, "euma")
    axes = axes_of(chart)
    dashed = [
        line
        for line in axes.get_lines()
        if line.get_linestyle() == "--" and line.get_transform() == axes.transData
    ]
    assert len(dashed) == 1
    assert set(np.asarray(dashed[0].get_ydata(), dtype=float)) == {100, 209}
    assert axes.get_ylim()[1] > 209
    assert "209" in chart.alt
    none = plot_strength(deployed, agreed.head(0), "euma")
    assert axes_of(none).get_ylim()[1] < 209
    assert "greed" not in none.alt


def test_the_same_claims_are_the_same_bytes(tables: dict) -> None:
    escorted = sound(where(tables["returns"], "scope", "escorted_returns"))

    def draw() -> Chart:
        series = main_series(claim_series(escorted, "cumulative"))
        return plot_claims(series, look_for("escorted_returns"))

    assert draw().svg() == draw().svg()


def test_a_chart_changes_nothing_it_is_given(tables: dict) -> None:
    series = strength(tables["deployments"], "russian_peacekeepers", "posts")
    before = series.copy(deep=True)
    plot_strength(series, series.head(0), "russian_peacekeepers", category="posts")
    pd.testing.assert_frame_equal(series, before)


def test_a_figure_without_a_top_does_not_squeeze_the_rest() -> None:
    rows = [{"count": 10}, {"count": 12, "qualifier": "vague", "date": "2021-02-02"}]
    chart = plot_claims(series_of(*rows), LOOK)
    assert axes_of(chart).get_ylim()[1] < 20
    assert bars(chart)[0][2] == pytest.approx(axes_of(chart).get_ylim()[1])
