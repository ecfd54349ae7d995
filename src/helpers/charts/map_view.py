"""Which part of the globe a map shows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from helpers.charts.theme import WIDTH
from helpers.data.boundaries import Outline

MAP_WIDTH, MAP_HEIGHT = WIDTH - 0.1, 5.4
_MARGIN = 0.3  # degrees around the outermost places
_CLOSEST = 2.4  # degrees of longitude that a map shows at least
_EDGE = 0.005  # degrees, within which the outlines are cut off
_READABLE = 1.6  # inches per degree, below which places crowd
_FAR = 0.05  # share of the whole count that a map may leave out to stay readable


@dataclass(frozen=True)
class View:
    """The part of the globe that a map shows, as a plane true to scale at its middle.

    Attributes
    ----------
    west, south : float
        Lower left corner, degrees.
    scale : float
        Inches per degree of latitude.
    shrink : float
        How much shorter a degree of longitude is: the cosine of the latitude.
    """

    west: float
    south: float
    scale: float
    shrink: float

    def place(self, points: np.ndarray) -> np.ndarray:
        """Return where points of longitude and latitude lie, in inches; shape (n, 2)."""
        return (points - (self.west, self.south)) * (self.scale * self.shrink, self.scale)

    def holds(self, points: np.ndarray) -> np.ndarray:
        """Tell which points of longitude and latitude lie on the map; shape (n,)."""
        places = self.place(points)
        return np.asarray(((places > 0) & (places < (MAP_WIDTH, MAP_HEIGHT))).all(axis=-1))


def extent(outlines: Sequence[Outline]) -> tuple[np.ndarray, np.ndarray]:
    """Return the lower left and upper right corner of what the outlines cover, in degrees."""
    points = np.vstack([ring for outline in outlines for ring in outline.rings])
    return points.min(axis=0) + _EDGE, points.max(axis=0) - _EDGE


def fit_view(points: np.ndarray, outlines: Sequence[Outline]) -> View:
    """Choose the part that shows all points, but never more than the outlines cover.

    Parameters
    ----------
    points : ndarray of shape (n, 2)
        Longitude and latitude, inside the outlines' extent.
    outlines : sequence of Outline

    Returns
    -------
    View
        An equirectangular plane, in which areas are true within a few percent here: the region
        spans four degrees of latitude.
    """
    low, high = extent(outlines)
    shrink = float(np.cos(np.radians((low[1] + high[1]) / 2)))
    size, per_degree = np.array([MAP_WIDTH, MAP_HEIGHT]), np.array([shrink, 1.0])
    first, last = points.min(axis=0) - _MARGIN, points.max(axis=0) + _MARGIN
    closest = MAP_WIDTH / (_CLOSEST * shrink)
    wanted = min(closest, *(size / ((last - first) * per_degree)))
    scale = max(wanted, *(size / ((high - low) * per_degree)))
    half = size / (scale * per_degree) / 2
    middle = np.clip((first + last) / 2, low + half, high - half)
    west, south = (middle - half).tolist()
    return View(west, south, float(scale), shrink)


def leave_out(points: np.ndarray, counts: np.ndarray, outlines: Sequence[Outline]) -> np.ndarray:
    """Choose places to leave out where a few far ones would press all others together.

    Parameters
    ----------
    points : ndarray of shape (n, 2)
        Longitude and latitude, inside the outlines' extent.
    counts : ndarray of shape (n,)
        Number at each place.
    outlines : sequence of Outline

    Returns
    -------
    ndarray of bool
        True for places beyond the map: the farthest from the middle of the counts, while not all
        others fit; and while the map is too small to read, up to a twentieth of the whole count.
    """
    out = np.zeros(len(points), dtype=bool)
    middle = np.average(points, axis=0, weights=counts)
    for at in np.argsort(-np.hypot(*(points - middle).T), kind="stable"):
        view = fit_view(points[~out], outlines)
        dear = counts[out].sum() + counts[at] > _FAR * counts.sum()
        if view.holds(points[~out]).all() and (dear or view.scale >= _READABLE):
            break
        out[at] = True
    return out
