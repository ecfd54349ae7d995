"""What the figures of one office allow together, drawn and listed."""

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PathCollection

from helpers.analysis import leading_claims, reconcile, sound, where
from helpers.charts import (
    look_for,
    open_page,
    plot_coverage,
    plot_each,
    plot_reconciled,
    show_contradictions,
)
from helpers.charts.chart import Chart
from small_frames import claims

LOOK = look_for("escorted_returns")


def drawn(rows: pd.DataFrame) -> Chart:
    return plot_reconciled(reconcile(rows), rows, LOOK)


@pytest.fixture
def escorted(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The shipped figures of the office that leads on escorted returns."""
    open_page(tables["sources"])
    returns = tables["returns"]
    returns = returns[returns["date"] < "2021-04-01"]
    scope = where(returns, "scope", "escorted_returns")
    return leading_claims(sound(scope), "escorted_returns/people")


def test_the_line_and_the_band_are_the_numbers_of_the_table(escorted: pd.DataFrame) -> None:
    chart = drawn(escorted)
    assert chart.figure is not None
    axes = chart.figure.axes[0]
    (line,) = [one for one in axes.lines if len(one.get_xdata()) > 2]
    assert line.get_ydata() == pytest.approx(chart.table["best"].to_numpy(float), abs=0.051)
    assert line.get_xdata() == pytest.approx(mdates.date2num(chart.table["date"]))
    february = chart.table.set_index("date").loc[pd.Timestamp("2021-02-01")]
    assert (february["low"], february["best"], february["high"]) == (51_947, 51_947, 51_947)
    assert "interfax-20210201-733a" in february["sources"]


def test_crosses_are_the_totals_left_out(escorted: pd.DataFrame) -> None:
    out = reconcile(escorted).contradictions
    totals = out.loc[out["measure"] == "cumulative", "low"].astype(float).tolist()
    chart = drawn(escorted)
    assert chart.figure is not None
    marks = [m for m in chart.figure.axes[0].collections if isinstance(m, PathCollection)]
    shown = np.concatenate([np.asarray(mark.get_offsets())[:, 1] for mark in marks])
    assert sorted(shown) == sorted(totals)
    assert totals


def test_alt_text_and_title_tell_the_last_total_and_how_many_were_left_out(escorted) -> None:
    chart = drawn(escorted)
    assert "52,700" in chart.title
    assert f"{len(reconcile(escorted).contradictions)} left out" in chart.subtitle
    assert chart.title in chart.alt
    assert chart.svg() == drawn(escorted).svg()


def test_contradictions_are_listed_with_size_and_shift(escorted: pd.DataFrame) -> None:
    html = show_contradictions(reconcile(escorted), caption="Contradictions").html
    assert "Fits a day earlier or later" in html
    assert html.count("<tr>") == len(reconcile(escorted).contradictions) + 1


def test_nothing_to_reconcile_is_said_in_words(small_page: None) -> None:
    rows = claims().head(0)
    assert drawn(rows).figure is None
    assert "kl-empty" in drawn(rows)._repr_html_()
    said = show_contradictions(reconcile(rows), caption="Contradictions").html
    assert "No claim contradicts" in said


def test_one_series_has_a_chart_of_its_own_and_flows_no_line(small_page: None) -> None:
    from helpers.analysis import claim_series

    rows = claims(
        *({"date": f"2021-02-0{day}", "last_day": f"2021-02-0{day}", "measure": "flow"}
          for day in (1, 2, 3)),
        {"measure": "flow", "series": "all_returns/people"},
    )  # fmt: skip
    gallery = plot_each(claim_series(rows, "flow"), 2)
    assert len(gallery.charts) == 2
    for chart in gallery.charts:
        assert chart.figure is not None
        assert not [one for one in chart.figure.axes[0].lines if len(one.get_xdata()) > 1]
    assert gallery._repr_html_().count("<figure") == 2
    (empty,) = plot_each(claim_series(rows.head(0), "flow")).charts
    assert empty.figure is None


def test_cells_of_the_coverage_grid_are_the_numbers_of_its_table(escorted: pd.DataFrame) -> None:
    chart = plot_coverage(escorted)
    assert chart.figure is not None
    axes = chart.figure.axes[0]
    texts = [int(text.get_text()) for text in axes.texts]
    months = chart.table.drop(columns=["stated by", "sources"])
    assert texts == [count for count in months.to_numpy().ravel().tolist() if count]
    assert set(chart.sources) == {s for cell in chart.table["sources"] for s in cell}
    assert plot_coverage(escorted.head(0)).figure is None
