"""Where labels go on a map, so that none touches a circle, a line or another label.

All lengths are inches from the map's lower left corner.
"""

from dataclasses import dataclass

import numpy as np

# Right, left, above, below first; then whatever lies between.
_ANGLES = np.radians([0, 180, 90, 270, *(turn for turn in range(15, 360, 15) if turn % 90)])
_NEAR = 0.04  # from the rim of a circle to its label
_REACHES = (_NEAR, 0.14, 0.26, 0.4, 0.56, 0.74, 0.94, 1.16)
_CLEAR = 0.03  # between labels
_STEPS = np.linspace(0, 1, 25)  # points of a leader line that are tried


@dataclass(frozen=True)
class Spot:
    """Where a label stands.

    Attributes
    ----------
    left, bottom, right, top : float
        Its box.
    leader : tuple of float, optional
        Ends of the line that leads to it (x, y, x, y); None where it stands at its circle.
    """

    left: float
    bottom: float
    right: float
    top: float
    leader: tuple[float, float, float, float] | None


class Room:
    """The free room of a map.

    Parameters
    ----------
    width, height : float
        Size of the map.
    circles : ndarray of shape (n, 3)
        Middle and radius of every circle drawn.
    """

    def __init__(self, width: float, height: float, circles: np.ndarray) -> None:
        self._size = (width, height)
        self._circles = circles
        self._boxes = np.empty((0, 4))
        self._leaders = np.empty((0, 4))

    def take(self, at: int, width: float, height: float) -> Spot | None:
        """Take room for the label of a circle, as near to it as can be.

        Parameters
        ----------
        at : int
            Row of the circle.
        width, height : float
            Size of the label.

        Returns
        -------
        Spot or None
            None when it fits nowhere near.
        """
        middle, radius = self._circles[at, :2], self._circles[at, 2]
        turn, size = np.column_stack([np.cos(_ANGLES), np.sin(_ANGLES)]), np.array([width, height])
        # The tip of a line lies on the edge of its label, never inside.
        edge = turn / np.abs(turn).max(axis=1, keepdims=True)
        for reach in _REACHES:
            rim, tip = middle + turn * radius, middle + turn * (radius + reach)
            low = tip - (1 - edge) / 2 * size
            boxes = np.column_stack([low, low + size])
            leaders = np.column_stack([rim, tip])
            free = self.free(boxes)
            if reach > _NEAR:
                free[free] = self._passes(leaders[free], at)
            if free.any():
                found = int(np.argmax(free))
                self._boxes = np.vstack([self._boxes, boxes[found]])
                if reach == _NEAR:
                    return Spot(*boxes[found].tolist(), leader=None)
                self._leaders = np.vstack([self._leaders, leaders[found]])
                return Spot(*boxes[found].tolist(), leader=tuple(leaders[found].tolist()))
        return None

    def free(self, boxes: np.ndarray) -> np.ndarray:
        """Tell which boxes lie on the map and touch nothing.

        Parameters
        ----------
        boxes : ndarray of shape (n, 4)
            Left, bottom, right, top.

        Returns
        -------
        ndarray of bool
        """
        low, high = boxes[:, None, :2], boxes[:, None, 2:]
        inside = (boxes >= _CLEAR) & (boxes <= np.subtract(self._size * 2, _CLEAR))
        middles, radii = self._circles[:, :2], self._circles[:, 2]
        gaps = np.maximum(low - middles, 0) + np.maximum(middles - high, 0)
        covered = _any(np.hypot(gaps[..., 0], gaps[..., 1]) < radii + _CLEAR / 2)
        other = self._boxes
        apart = _any((low >= other[:, 2:] + _CLEAR) | (high <= other[:, :2] - _CLEAR))
        points = _along(self._leaders).reshape(-1, 2)
        beside = _any((points <= low - _CLEAR) | (points >= high + _CLEAR))
        return ~(_any(~inside) | covered | _any(~apart) | _any(~beside))

    def _passes(self, leaders: np.ndarray, at: int) -> np.ndarray:
        """Tell which leader lines cross no label, no other line and no other circle."""
        points = _along(leaders)[:, :, None, :]
        low, high = self._boxes[:, :2] - 0.01, self._boxes[:, 2:] + 0.01
        beside = _any((points <= low) | (points >= high))
        circles = np.delete(self._circles, at, axis=0)
        far = np.hypot(*np.moveaxis(points - circles[:, :2], 3, 0)) > circles[:, 2] + 0.01
        # Where circles lie on each other, a line may start on another circle than its own.
        over = ~far & far[:, :1]
        return ~(_any(_any(~beside)) | _any(_any(over)) | _crossing(leaders, self._leaders))


def _any(flags: np.ndarray) -> np.ndarray:
    """Tell where any flag along the last axis is set."""
    return np.asarray(flags.any(axis=-1))


def _along(leaders: np.ndarray) -> np.ndarray:
    """Return points along lines: shape (lines, steps, 2)."""
    start, end = leaders[:, None, :2], leaders[:, None, 2:]
    return start + (end - start) * _STEPS[:, None]


def _crossing(lines: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Tell which lines cross one of the others: each has its ends on both sides of the other."""
    a, b = lines[:, None, :2], lines[:, None, 2:]
    c, d = others[None, :, :2], others[None, :, 2:]
    return _any((_side(a, b, c) * _side(a, b, d) < 0) & (_side(c, d, a) * _side(c, d, b) < 0))


def _side(start: np.ndarray, end: np.ndarray, point: np.ndarray) -> np.ndarray:
    along, to = end - start, point - start
    return along[..., 0] * to[..., 1] - along[..., 1] * to[..., 0]
