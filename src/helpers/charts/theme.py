"""One look for every chart: sizes, colours by party and force, helpers for axes."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

_SHORT = 45  # days, up to which an axis counts single days
WIDTH = 7.2  # inches; shown about 720 CSS pixels wide
INK = "#1d232b"
MUTED = "#5b6673"
GRID = "#e3e6ea"
# One colour per party, everywhere. The first five are of Wong's palette (Nature Methods 8, 441,
# 2011); the rest were searched for, so that any two stay apart for every kind of colour vision.
PARTY_COLOURS = {
    "armenia": "#d55e00",
    "nk_authorities": "#e69f00",
    "azerbaijan": "#0072b2",
    "russia": "#4f11a6",
    "turkey": "#56b4e9",
    "eu": "#009e73",
    "un": "#433317",
    "icrc": "#81315c",
    "media": "#ada1ab",
}
OTHER_COLOUR = "#1c1b1b"
FORCE_PARTIES = {
    "armenian_authorities": "armenia",
    "azerbaijan_red_crescent": "azerbaijan",
    "azerbaijani_authorities": "azerbaijan",
    "azerbaijani_checkpoint": "azerbaijan",
    "azerbaijani_deminers": "azerbaijan",
    "eumcap": "eu",
    "euma": "eu",
    "icrc": "icrc",
    "joint_monitoring_centre": "turkey",
    "nk_authorities": "nk_authorities",
    "russian_border_guards": "russia",
    "russian_demining_unit": "russia",
    "russian_emergencies": "russia",
    "russian_military_base": "russia",
    "russian_military_medics": "russia",
    "russian_military_police": "russia",
    "russian_peacekeepers": "russia",
    "russian_red_cross": "russia",
    "turkish_deminers": "turkey",
    "turkish_personnel": "turkey",
    "un_mission": "un",
}
_RC: dict[Any, Any] = {
    # Measured with the widest of the usual fonts; pages name the reader's own sans-serif.
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "svg.fonttype": "none",
    "svg.hashsalt": "karabakh-ledger",
    "axes.edgecolor": GRID,
    "axes.labelcolor": MUTED,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "figure.dpi": 100,
    # The page shows through; in the dark it lays a light sheet under each picture.
    "figure.facecolor": "none",
    "axes.facecolor": "none",
}


def new_figure(
    height: float, *, left: float = 0.5, right: float = 0.2, top: float = 0.15, bottom: float = 0.3
) -> tuple[Figure, Axes]:
    """Make a figure of the house's width with one axes and fixed margins.

    Margins are fixed in inches, not fitted: fitting would draw every chart twice.

    Parameters
    ----------
    height : float
        Inches.
    left, right, top, bottom : float
        Margins in inches.

    Returns
    -------
    Figure, Axes
    """
    with rc_context(_RC):
        figure = Figure(figsize=(WIDTH, height))
        box = (
            left / WIDTH,
            bottom / height,
            (WIDTH - left - right) / WIDTH,
            (height - top - bottom) / height,
        )
        axes = figure.add_axes(box)
        axes.tick_params(labelsize=8.5)
    return figure, axes


def styled() -> AbstractContextManager[None]:
    """Return a context in which the house's settings hold, for drawing and saving."""
    return rc_context(_RC)


def colour_of(party: str) -> str:
    """Return the fixed colour of a party; of several, the first one's."""
    return PARTY_COLOURS.get(party.split(";")[0], OTHER_COLOUR)


def colour_of_force(force: str) -> str:
    """Return the fixed colour of a force: that of the party that sends it."""
    return colour_of(FORCE_PARTIES.get(force, ""))


def ink_of(colour: str, contrast: float = 4.6) -> str:
    """Darken a colour until text in it can be read on white.

    Parameters
    ----------
    colour : str
        Any matplotlib colour.
    contrast : float
        Contrast ratio to reach, as defined by WCAG 2.2.

    Returns
    -------
    str
        Hexadecimal colour.
    """
    rgb = np.array(to_rgb(colour))
    while 1.05 / (_luminance(rgb) + 0.05) < contrast:
        rgb = rgb * 0.95
    return "#" + "".join(f"{round(part * 255):02x}" for part in rgb)


def _luminance(rgb: np.ndarray) -> float:
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))


def date_axis(axes: Axes, first: pd.Timestamp, last: pd.Timestamp) -> None:
    """Set the time axis to a period, with as many ticks as read well.

    Parameters
    ----------
    axes : Axes
    first, last : Timestamp
        Ends of the axis.
    """
    axes.set_xlim(mdates.date2num(first), mdates.date2num(last))
    days = (last - first).days
    if days <= _SHORT:
        # Claims are dated by the day: no tick may name an hour.
        axes.xaxis.set_major_locator(mdates.DayLocator(interval=max(1, days // 6)))
        axes.xaxis.set_major_formatter(mdates.DateFormatter("%-d %b"))
        return
    locator = mdates.AutoDateLocator(minticks=4, maxticks=9)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator, show_offset=False))


def count_axis(axes: Axes, top: float) -> None:
    """Start the count axis at zero and write thousands with commas.

    Parameters
    ----------
    axes : Axes
    top : float
        Largest number drawn.
    """
    axes.set_ylim(0, max(top, 1) * 1.06)
    axes.yaxis.set_major_locator(_count_locator())
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")


def _count_locator():
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=6, integer=True)


def spread(
    wanted: Sequence[float], heights: Sequence[float], low: float, high: float
) -> list[float]:
    """Move labels apart until none touch, as little as possible.

    Parameters
    ----------
    wanted : sequence of float
        Where the middle of each label would like to stand.
    heights : sequence of float
        How much room each needs.
    low, high : float
        Ends of the room they share.

    Returns
    -------
    list of float
        Middles in the order of `wanted`.
    """
    order = sorted(range(len(wanted)), key=lambda at: wanted[at])
    edge = low
    placed = [0.0] * len(wanted)
    for at in order:
        placed[at] = max(wanted[at], edge + heights[at] / 2)
        edge = placed[at] + heights[at] / 2
    edge = high
    for at in reversed(order):
        placed[at] = min(placed[at], edge - heights[at] / 2)
        edge = placed[at] - heights[at] / 2
    return placed
