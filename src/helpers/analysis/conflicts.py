"""Statements that cannot hold together, and which of them to leave out."""

from collections.abc import Iterable, Sequence
from itertools import combinations
from math import inf
from typing import TypeAlias

import numpy as np

from helpers.analysis.chain import TOLERANCE, Statement, band

_Steps: TypeAlias = dict[int, list[Statement]]
# One row per day: the least and the most that the total can grow.
_Limits: TypeAlias = np.ndarray


def settle(statements: Sequence[Statement], days: int) -> tuple[list[Statement], list[Statement]]:
    """Choose statements that agree, leaving out as few as a greedy rule finds.

    While any exclude each other, the one goes that is at odds with most independent origins; of
    equals an inexact one before an exact one, a day's figure before a total (day boundaries blur,
    totals don't), then the later published, then the later id.
    At last each that now fits again is taken back, the last to go first.

    Parameters
    ----------
    statements : sequence of Statement
    days : int
        Number of days.

    Returns
    -------
    tuple of two lists of Statement
        Those kept, which agree, and those left out, of which none can be added.
    """
    kept, out = list(statements), []
    found = conflicts(kept, days)
    while found:
        rivals: dict[Statement, set[Statement]] = {}
        for conflict in found:
            for one in conflict:
                rivals.setdefault(one, set()).update(conflict)
        worst = max(rivals, key=lambda one: (_weight(rivals[one] - {one}), *_doubt(one)))
        kept.remove(worst)
        out.append(worst)
        # Without a total the other conflicts stand; without a step its day's limits are others.
        rest = [conflict for conflict in found if worst not in conflict]
        found = conflicts(kept, days) if worst.step else rest
    for one in reversed(out.copy()):
        if band([*kept, one], days).holds():
            kept.append(one)
            out.remove(one)
    return kept, out


def conflicts(statements: Sequence[Statement], days: int) -> list[list[Statement]]:
    """List sets of statements that cannot hold together.

    Parameters
    ----------
    statements : sequence of Statement
    days : int
        Number of days.

    Returns
    -------
    list of list of Statement
        Two figures for one day's growth, or two totals with the growth between them (one total,
        where growth from nothing exceeds it). Empty exactly when all can hold together.
    """
    steps: dict[int, list[Statement]] = {}
    for one in statements:
        if one.step:
            steps.setdefault(one.low_day, []).append(one)
    totals = _Totals([one for one in statements if not one.step])
    limits = np.array([(0.0, inf)] * days)
    for day, rivals in steps.items():
        limits[day] = _common(rivals)
    excluded = totals.excluded(limits)
    listed = totals.named(excluded, limits, steps)
    for day, rivals in steps.items():
        pairs = [list(pair) for pair in combinations(rivals, 2) if _apart(*pair)]
        listed += pairs
        # Which of the rivals do the totals speak for?
        for rival in dict.fromkeys(one for pair in pairs for one in pair):
            narrowed = limits.copy()
            narrowed[day] = rival.low, rival.high
            more = totals.excluded(narrowed) & ~excluded
            listed += totals.named(more, narrowed, steps | {day: [rival]})
    return listed


class _Totals:
    """Totals as arrays, and what growth between them excludes."""

    def __init__(self, totals: Sequence[Statement]) -> None:
        self.known = totals
        # Nothing was counted before the first day: a total of its own, of at least zero.
        self.low = np.array([one.low for one in totals] + [0.0])
        self.high = np.array([one.high for one in totals] + [inf])
        self.rise = np.array([one.low_day for one in totals] + [0])
        self.cap = np.array([one.high_day for one in totals] + [0])

    def excluded(self, limits: _Limits) -> np.ndarray:
        """Mark pairs that exclude each other, [0] by the least growth and [1] by the most."""
        least, most = limits[:, 0], limits[:, 1]
        endless = most == inf
        grown, limited = np.cumsum(least), np.cumsum(np.where(endless, 0.0, most))
        open_days = np.cumsum(endless)
        # Rows are the earlier totals, columns the later ones.
        over = (self.low - grown[self.rise])[:, None] + (grown[self.cap] - self.high)
        over[self.rise[:, None] > self.cap] = 0.0
        short = (self.low - limited[self.rise]) - (self.high - limited[self.cap])[:, None]
        short[self.cap[:, None] > self.rise] = 0.0
        short[open_days[self.rise] != open_days[self.cap][:, None]] = 0.0
        return np.stack([over, short]) > TOLERANCE

    def named(self, pairs: np.ndarray, limits: _Limits, steps: _Steps) -> list[list[Statement]]:
        """List marked pairs together with the steps between them that make them conflict."""
        found = []
        for end, first, last in np.argwhere(pairs):
            used = []
            if end:
                used = _binding(steps, range(self.cap[first] + 1, self.rise[last] + 1), limits, end)
            elif self.low[first] <= self.high[last] + TOLERANCE:
                used = _binding(steps, range(self.rise[first] + 1, self.cap[last] + 1), limits, end)
            found.append([self.known[n] for n in (first, last) if n < len(self.known)] + used)
        return found


def _common(rivals: Sequence[Statement]) -> tuple[float, float]:
    """Return what all steps of one day allow, or where nothing is left, what any allows."""
    low, high = max(one.low for one in rivals), min(one.high for one in rivals)
    if low <= high + TOLERANCE:
        return low, high
    return min(one.low for one in rivals), max(one.high for one in rivals)


def _binding(steps: _Steps, span: range, limits: _Limits, end: int) -> list[Statement]:
    """List the steps that set the bound of a day and have something to say there."""
    bound = limits[:, end]
    rivals = [one for day in span if end or bound[day] > 0 for one in steps.get(day, ())]
    return [one for one in rivals if (one.high if end else one.low) == bound[one.low_day]]


def _apart(one: Statement, other: Statement) -> bool:
    return max(one.low, other.low) > min(one.high, other.high) + TOLERANCE


def _doubt(one: Statement) -> tuple[bool, bool, int, str, str]:
    return one.low != one.high, one.step, one.published, one.claims[0], one.measure


def _weight(statements: Iterable[Statement]) -> int:
    return sum(one.support for one in statements)
