"""Several charts of one kind, one below the other."""

from dataclasses import dataclass

import pandas as pd

from helpers.charts.chart import Chart
from helpers.charts.look import Look, series_name
from helpers.charts.trend import plot_claims


@dataclass(frozen=True)
class Gallery:
    """Several charts, one below the other.

    Attributes
    ----------
    charts : tuple of Chart
    """

    charts: tuple[Chart, ...]

    def _repr_html_(self) -> str:
        return "".join(chart._repr_html_() for chart in self.charts)


def plot_each(series: pd.DataFrame, most: int = 4) -> Gallery:
    """Draw the series with the most claims, each on a chart of its own.

    Parameters
    ----------
    series : DataFrame
        From :func:`helpers.analysis.series.claim_series`.
    most : int
        How many series.

    Returns
    -------
    Gallery
        One chart that says so in words when there is nothing to draw.
    """
    sizes = series.assign(n=series["claims"].map(len)).groupby("series")["n"].sum()
    ordered = sizes.reset_index().sort_values(["n", "series"], ascending=[False, True])
    chosen = ordered["series"].head(most)
    if chosen.empty:
        return Gallery((plot_claims(series, Look("this force's work")),))
    # A line between two flows would tell of days that nobody reported.
    line = "none" if series["measure"].iloc[0] == "flow" else "straight"
    rows = ((key, series[series["series"] == key]) for key in chosen)
    return Gallery(tuple(plot_claims(one, Look(series_name(key), line)) for key, one in rows))
