"""The picture of a map: outlines, circles, labels, the key to sizes. Everything is in inches."""

from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path

from helpers.charts.map_labels import Room, Spot
from helpers.charts.map_view import MAP_HEIGHT, MAP_WIDTH, fit_view
from helpers.charts.theme import GRID, INK, MUTED, new_figure
from helpers.charts.words import write_number
from helpers.data.boundaries import Outline
from helpers.data.frames import rows_of

_KEY = 0.58  # inches below the map, for the key to sizes
_LARGEST = 0.24  # radius of the largest circle
_SINGLE = 0.08  # largest radius for a count of one
_LAND, _BORDER, _NAME = "#f4f5f7", "#bcc3cc", "#68727e"
_SIZES = (8.5, 7.0)  # points: a name in its first form, its other forms
_LINES = (0.15, 0.125)  # inches that a line of each takes
_DPI = 100


def draw_map(
    rows: pd.DataFrame, outlines: Sequence[Outline], *, colour: str, what: str, areas: str
) -> tuple[Figure, int]:
    """Draw places as circles on the outlines.

    Parameters
    ----------
    rows : DataFrame
        Largest first: `place`, `lat`, `lon`, `count`, `figure` (as written), `is_area`.
    outlines : sequence of Outline
    colour : str
        Of the circles.
    what : str
        What is counted, for the key.
    areas : str
        What a hollow circle means, for the key.

    Returns
    -------
    Figure, int
        The drawing, and how many of the places carry a label.
    """
    view = fit_view(rows[["lon", "lat"]].to_numpy(float), outlines)
    figure, axes = new_figure(
        MAP_HEIGHT + _KEY + 0.05, left=0.05, right=0.05, top=0.05, bottom=_KEY
    )
    axes.set(xlim=(0, MAP_WIDTH), ylim=(0, MAP_HEIGHT), xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set(visible=True, color=GRID)
    lands = [[view.place(ring) for ring in outline.rings] for outline in outlines]
    shapes = [Path.make_compound_path(*(Path(r, closed=True) for r in rings)) for rings in lands]
    land = PathCollection(shapes, fc=_LAND, ec=_BORDER, lw=0.8, joinstyle="round", zorder=1)
    axes.add_collection(land, autolim=False)
    counts = rows["count"].to_numpy(float)
    unit = min(_LARGEST / float(counts.max()) ** 0.5, _SINGLE)
    circles = np.column_stack(
        [view.place(rows[["lon", "lat"]].to_numpy(float)), counts**0.5 * unit]
    )
    _circles(axes, circles, rows["is_area"].to_numpy(bool), colour)
    room = Room(MAP_WIDTH, MAP_HEIGHT, circles)
    labelled = [_label(axes, room, at, row, circles[at]) for at, row in enumerate(rows_of(rows))]
    for outline, rings in zip(outlines, lands, strict=True):
        _country(axes, room, outline.name, rings)
    _key(axes, unit, counts.max(), colour=colour, what=what, areas=areas)
    return figure, sum(labelled)


def _circles(axes: Axes, circles: np.ndarray, areas: np.ndarray, colour: str) -> None:
    """Draw circles, the smaller ones on top; a scatter's size is the square of the diameter."""
    for chosen, face in ((areas, (1, 1, 1, 0.55)), (~areas, colour)):
        axes.scatter(
            circles[chosen, 0],
            circles[chosen, 1],
            s=(circles[chosen, 2] * 2 * 72) ** 2,
            color=[face],
            alpha=None if face != colour else 0.75,
            edgecolors=colour if face != colour else "white",
            lw=1.2 if face != colour else 0.6,
            zorder=2 if face != colour else 3,
            clip_on=False,
        )


def _label(axes: Axes, room: Room, at: int, row, circle: np.ndarray) -> bool:
    """Write a place's name and figure beside its circle, where there is room."""
    name, other = _forms(row.place)
    lines = [f"{name} {row.figure}", other] if other else [f"{name} {row.figure}"]
    width = max(_width(line, size) for line, size in zip(lines, _SIZES, strict=False))
    spot = room.take(at, width, sum(_LINES[: len(lines)]))
    if spot is None:
        return False
    if spot.leader:
        axes.plot(spot.leader[::2], spot.leader[1::2], color=MUTED, lw=0.6, zorder=4)
    x, side = _anchor(spot, circle[0])
    top = spot.top
    for line, size, height, ink in zip(lines, _SIZES, _LINES, (INK, MUTED), strict=False):
        middle = top - height / 2
        text = axes.text(x, middle, line, fontsize=size, color=ink, ha=side, va="center", zorder=5)
        text.set_bbox({"fc": _LAND, "ec": "none", "alpha": 0.8, "pad": 0.3})
        top -= height
    return True


def _anchor(spot: Spot, x: float) -> tuple[float, str]:
    """Align a label to the side on which its circle lies."""
    middle, quarter = (spot.left + spot.right) / 2, (spot.right - spot.left) / 4
    if middle > x + quarter:
        return spot.left, "left"
    return (spot.right, "right") if middle < x - quarter else (middle, "center")


def _forms(name: str) -> tuple[str, str]:
    """Part a name from its other forms, which stand in brackets behind it."""
    first, bracket, rest = name.rpartition(" (")
    return (first, rest.removesuffix(")")) if bracket and name.endswith(")") else (name, "")


@cache
def _width(text: str, size: float) -> float:
    font = FontProperties(size=size)
    return _renderer().get_text_width_height_descent(text, font, False)[0] / _DPI


@cache
def _renderer() -> RendererAgg:
    return RendererAgg(1, 1, _DPI)


def _country(axes: Axes, room: Room, name: str, rings: list[np.ndarray]) -> None:
    """Write a country's name on each of its parts that has room for it."""
    width = _width(name.upper(), 8)
    half = np.array([width + 0.24, 0.34]) / 2
    for ring in rings:
        grid = _grid(ring, half)
        spots = grid[room.free(np.hstack([grid - half, grid + half]))]
        if len(spots):
            x, y = spots[np.argmin(np.hypot(*(spots - grid.mean(axis=0)).T))]
            style = {"fontsize": 8, "color": _NAME, "ha": "center", "va": "center"}
            axes.text(x, y, name.upper(), zorder=4, **style)


def _grid(ring: np.ndarray, half: np.ndarray) -> np.ndarray:
    """Return points of a grid around which a box of twice `half` lies inside a ring."""
    low = np.maximum(ring.min(axis=0), 0) + half
    high = np.minimum(ring.max(axis=0), (MAP_WIDTH, MAP_HEIGHT)) - half
    x, y = (np.arange(start, end, 0.11) for start, end in zip(low, high, strict=True))
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    for turn in ((0, 0), (-1, -1), (-1, 1), (1, -1), (1, 1)):
        grid = grid[Path(ring).contains_points(grid + half * turn)] if len(grid) else grid
    return grid


def _key(axes: Axes, unit: float, largest: float, *, colour: str, what: str, areas: str) -> None:
    """Draw circles of round numbers below the map, and say what they count."""
    x, y = 0.05, -_KEY / 2
    for count in _round_counts(largest):
        radius = count**0.5 * unit
        x += radius
        _circles(axes, np.array([[x, y, radius]]), np.array([False]), colour)
        x += radius + 0.06
        x = _write(axes, x, y, write_number(count)) + 0.14
    x = _write(axes, x - 0.08, y, what) + 0.3
    if areas:
        _circles(axes, np.array([[x, y, 0.09]]), np.array([True]), colour)
        _write(axes, x + 0.15, y, areas)


def _write(axes: Axes, x: float, y: float, text: str) -> float:
    """Write a word of the key; return where it ends."""
    axes.text(x, y, text, fontsize=8.5, color=MUTED, ha="left", va="center")
    return x + _width(text, 8.5)


def _round_counts(largest: float) -> list[int]:
    """Return up to three round numbers, the last one at most the largest count."""
    steps = [first * 10**zeros for zeros in range(9) for first in (1, 2, 5)]
    fitting = [step for step in steps if step <= largest]
    return sorted({fitting[max(len(fitting) - 1 - back, 0)] for back in (0, 2, 4)})
