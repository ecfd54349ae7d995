"""Everything a notebook shows: charts, tables, sentences, sources."""

from helpers.charts.chart import Chart
from helpers.charts.citations import open_page
from helpers.charts.coverage import plot_coverage
from helpers.charts.gallery import plot_each
from helpers.charts.handovers import plot_handovers, show_handovers
from helpers.charts.keys import show_figures
from helpers.charts.lifelines import plot_lifelines
from helpers.charts.look import Look, look_for, look_of, series_name
from helpers.charts.places_map import plot_places
from helpers.charts.prose import (
    describe_handovers,
    describe_hidden,
    describe_latest,
    describe_news,
    describe_series,
    describe_strength,
    describe_support,
)
from helpers.charts.ranges import plot_side_by_side
from helpers.charts.reconciled import plot_reconciled, show_contradictions
from helpers.charts.strength import plot_strength
from helpers.charts.tables import show_claims, show_silences, show_sources, show_support, show_table
from helpers.charts.timeline import plot_timeline, show_events
from helpers.charts.trend import plot_claims

__all__ = [
    "Chart",
    "Look",
    "describe_handovers",
    "describe_hidden",
    "describe_latest",
    "describe_news",
    "describe_series",
    "describe_strength",
    "describe_support",
    "look_for",
    "look_of",
    "open_page",
    "plot_claims",
    "plot_coverage",
    "plot_each",
    "plot_handovers",
    "plot_lifelines",
    "plot_places",
    "plot_reconciled",
    "plot_side_by_side",
    "plot_strength",
    "plot_timeline",
    "series_name",
    "show_claims",
    "show_contradictions",
    "show_events",
    "show_figures",
    "show_handovers",
    "show_silences",
    "show_sources",
    "show_support",
    "show_table",
]
