"""One growing total, day by day: what statements allow it to be.

Days are numbers 0 … n - 1. T(d) is the total at the end of day d; T never falls and is never below
zero. A statement bounds T on a day or, as a step, the growth T(d) - T(d - 1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

# Half of a thousandth, the smallest unit a figure can have.
TOLERANCE = 5e-4


@dataclass(frozen=True, eq=False)
class Statement:
    """What one or several claims say alike.

    Attributes
    ----------
    measure : str
        cumulative, flow or since.
    step : bool
        Bounds the growth of one day, else the total.
    low_day, high_day : int
        Day from which the total is at least `low`, and until which it is at most `high`; both the
        same for a statement about one day.
    low, best, high : float
        `best` is None where there is none, or where no single day is meant; `high` may be
        infinite.
    support : int
        Independent origins.
    published : int
        Day number of the first print.
    claims : tuple of str
        Ids.
    """

    measure: str
    step: bool
    low_day: int
    high_day: int
    low: float
    best: float | None
    high: float
    support: int
    published: int
    claims: tuple[str, ...]


@dataclass(frozen=True)
class Band:
    """Tightest bounds, by day: of the total (`low`, `high`) and its growth (`least`, `most`)."""

    low: list[float]
    high: list[float]
    least: list[float]
    most: list[float]

    def holds(self) -> bool:
        """Tell whether some path meets all bounds."""
        bounds = (*zip(self.low, self.high, strict=True), *zip(self.least, self.most, strict=True))
        return all(low <= high + TOLERANCE for low, high in bounds)

    def growth(self, day: int) -> tuple[float, float]:
        """Return the least and most that T(day) - T(day - 1) can be on any path."""
        if day == 0:
            return 0.0, inf
        # An open end stays open: infinity less infinity would be no number.
        most = inf if self.high[day] == inf else self.high[day] - self.low[day - 1]
        least = max(self.least[day], self.low[day] - self.high[day - 1])
        return least, min(self.most[day], most)

    def misses(self, statement: Statement, shift: int = 0) -> float:
        """Return by how much a statement, moved by some days, lies outside; 0 when it fits."""
        low_day, high_day = statement.low_day + shift, statement.high_day + shift
        low, high = self.low[high_day], self.high[low_day]
        if statement.step:
            low, high = self.growth(low_day)
        return max(statement.low - high, low - statement.high, 0.0)


def band(statements: Sequence[Statement], days: int) -> Band:
    """Find the tightest bounds that statements set together.

    Parameters
    ----------
    statements : sequence of Statement
    days : int
        Number of days.

    Returns
    -------
    Band
        If :meth:`Band.holds`, each bound is reached by some path that meets every statement.

    Notes
    -----
    The bounds are difference constraints: T(s) >= l on day s gives T(t) >= l + w, where w is the
    weight of a walk from s to t whose steps forward add `least` and whose steps back take off
    `most` (Cormen et al., Introduction to Algorithms, "Difference constraints and shortest
    paths"). Days form a chain, so a walk that turns round goes over some step both ways and loses
    `most` - `least` >= 0: the best walks run straight. One pass forward tries all that come from
    earlier days, one pass back all from later ones; two passes are exact, in O(days).
    """
    low, high = [0.0] * days, [inf] * days
    least, most = [0.0] * days, [inf] * days
    for one in statements:
        if one.step:
            least[one.low_day] = max(least[one.low_day], one.low)
            most[one.low_day] = min(most[one.low_day], one.high)
        else:
            low[one.low_day] = max(low[one.low_day], one.low)
            high[one.high_day] = min(high[one.high_day], one.high)
    for before, day in pairwise(range(days)):
        low[day] = max(low[day], low[before] + least[day])
        high[day] = min(high[day], high[before] + most[day])
    for before, day in reversed(list(pairwise(range(days)))):
        low[before] = max(low[before], low[day] - most[day])
        high[before] = min(high[before], high[day] - least[day])
    return Band(low, high, least, most)
