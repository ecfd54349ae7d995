"""Daily figures and running totals of one speaker, reconciled into one growing total."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, isinf
from typing import Any

import numpy as np
import pandas as pd

from helpers.analysis.chain import TOLERANCE, Band, Statement, band
from helpers.analysis.conflicts import conflicts, settle
from helpers.analysis.select import SAME_START, single_days
from helpers.analysis.series import ids
from helpers.data.frames import rows_of

_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Reconciliation:
    """What the figures of one speaker in one series add up to.

    Attributes
    ----------
    path : DataFrame
        One row per day from the first day spoken of to the last: `date`, `low`, `best`, `high`
        (Float64, the total at the end of that day; `best` and `high` are NA where nothing bounds
        it from above), `basis` (total: a running total of that day is kept; flow: a day's figure
        is; implied: nothing was stated, other days bound it), `claims` (tuple of ids kept).
    contradictions : DataFrame
        The claims left out, by date: `claim_id`, `source_id`, `measure` (flow, cumulative, or
        since where only the start of the count is in doubt), `date`, `low`, `high` (as stated),
        `allowed_low`, `allowed_high` (what the claims kept allow there), `size` (by how much the
        two miss each other), `one_day_shift` (bool: it would fit a day earlier or later),
        `against` (tuple of ids of kept claims it is at odds with).
    """

    path: pd.DataFrame
    contradictions: pd.DataFrame


def reconcile(claims: pd.DataFrame, *, since: str | pd.Timestamp | None = None) -> Reconciliation:
    """Find how large a total can have been each day, by all that one speaker said of it.

    A running total bounds the total T of its day; a day's figure bounds T of that day less T of
    the day before; a running total "since" a day says that T was zero until then; T never falls.
    An unreported day is not zero: it adds anything from nothing upwards. A total that covers
    several days holds on one of them: it bounds T from below on the last and from above on the
    first. Of several running totals of one day the highest is the day's; the others were read
    earlier that day and bound the day before from above. A figure "by" a day, or for several
    days, bounds T of its last day from below only.

    The band is exact, see :func:`helpers.analysis.chain.band`. Where claims exclude each other,
    :func:`helpers.analysis.conflicts.settle` leaves some out, and they are reported. The best path
    goes through the best figure of each day's narrowest total and grows by each day's figure;
    between them it is a straight line. Where that leaves what the claims allow, it runs along the
    edge. So it meets every claim that is kept.

    Parameters
    ----------
    claims : DataFrame
        Claims of one series, speaker and unit, as :func:`helpers.data.load.load` gives them: flows
        and running totals.
    since : str or Timestamp, optional
        Use the running totals that count from this day, within a week, or from a day not told.

    Returns
    -------
    Reconciliation
        The same for any order of the rows; empty without claims.

    Raises
    ------
    ValueError
        Several series, speakers or units, levels (stocks), or running totals that count from
        different days while `since` chooses none.
    """
    chosen = _one_count(claims, since)
    if chosen.empty:
        return Reconciliation(_frame([], _PATH), _frame([], _CONTRADICTIONS))
    statements, first = _statements(chosen)
    # One day more at either end: for growth on the first day, and for shifts.
    days = max(max(one.low_day, one.high_day) for one in statements) + 2
    kept, out = settle(statements, days)
    bounds = band(kept, days)
    path = _path(bounds, kept, range(1, days - 1), first)
    sources = dict(zip(chosen["claim_id"], chosen["source_id"], strict=True))
    missed = [_contradiction(one, kept, bounds) for one in out]
    rows = [
        (claim, sources[claim], one.measure, _date(first + one.low_day), *numbers)
        for one, numbers in zip(out, missed, strict=True)
        for claim in one.claims
    ]
    table = _frame(rows, _CONTRADICTIONS)
    return Reconciliation(path, table.sort_values(["date", "claim_id"], ignore_index=True))


_PATH: dict[Hashable, str] = {
    "date": "datetime64[us]",
    "low": "Float64",
    "best": "Float64",
    "high": "Float64",
    "basis": "str",
    "claims": "object",
}
_CONTRADICTIONS: dict[Hashable, str] = {
    "claim_id": "str",
    "source_id": "str",
    "measure": "str",
    "date": "datetime64[us]",
    "low": "Float64",
    "high": "Float64",
    "allowed_low": "Float64",
    "allowed_high": "Float64",
    "size": "Float64",
    "one_day_shift": "bool",
    "against": "object",
}


def _one_count(claims: pd.DataFrame, since: str | pd.Timestamp | None) -> pd.DataFrame:
    for column in ("series", "speaker", "unit"):
        found = sorted(claims[column].unique())
        if len(found) > 1:
            raise ValueError(f"{column}: {found[0]!r} and {found[1]!r} share no path; choose one")
    if (claims["measure"] == "stock").any():
        raise ValueError("measure: a level (stock) can fall; only flows and running totals add up")
    starts = claims["since"].where(claims["measure"] == "cumulative")
    if since is not None:
        far = (starts - pd.Timestamp(since)).abs() > SAME_START
        return claims[~far]
    if starts.max() - starts.min() > SAME_START:
        days = f"{starts.min():%Y-%m-%d} and {starts.max():%Y-%m-%d}"
        raise ValueError(f"since: totals that count from {days} share no path; choose one")
    return claims


def _statements(claims: pd.DataFrame) -> tuple[list[Statement], int]:
    """Gather claims that say the same; days are counted from the one before the first."""
    groups: dict[tuple, list[Any]] = {}
    totals = claims[claims["measure"] == "cumulative"]
    tops = single_days(totals).groupby("date")["low"].max()
    for row in rows_of(claims.sort_values("claim_id")):
        key = _bounds(row, float(tops.get(row.date, 0.0)))
        groups.setdefault(key, []).append(row)
        if row.measure == "cumulative" and pd.notna(row.since):
            start = _number(row.since) - 1
            groups.setdefault(("since", False, start, start, 0.0, 0.0, 0.0), []).append(row)
    first = min(min(key[2], key[3]) for key in groups) - 1
    made = []
    for (measure, step, low_day, high_day, low, best, high), rows in groups.items():
        support = len({row.origin_key.casefold() for row in rows})
        published = min(_NEVER if pd.isna(r.published) else _number(r.published) for r in rows)
        claim_ids = ids(row.claim_id for row in rows)
        days = (low_day - first, high_day - first)
        figure = (low, best, high)
        made.append(Statement(measure, step, *days, *figure, support, published, claim_ids))
    return made, first


def _bounds(row: Any, top: float) -> tuple:
    """Say which days a claim bounds and how: measure, step, two days, low, best, high.

    A running total below the highest of its day was read earlier that day: it bounds the total of
    the day before from above.
    """
    day, last = _number(row.date), _number(row.last_day)
    best = None if pd.isna(row.best) else float(row.best)
    high = inf if pd.isna(row.high) else float(row.high)
    low = float(row.low)
    if row.date_precision == "by" or (row.measure == "flow" and day < last):
        return row.measure, False, last, last, low, None, inf
    if day < last:
        return row.measure, False, last, day, low, None, high
    if row.measure == "cumulative" and high < top:
        return row.measure, False, day, day - 1, low, None, high
    return row.measure, row.measure == "flow", day, day, low, best, high


def _path(bounds: Band, kept: Sequence[Statement], days: range, first: int) -> pd.DataFrame:
    of_day: dict[int, list[Statement]] = {day: [] for day in days}
    for one in kept:
        of_day[one.low_day].append(one)
    rows = []
    for day, best in zip(days, _best(bounds, kept, days), strict=True):
        steps = {one.step for one in of_day[day] if one.high_day == day}
        basis = "total" if False in steps else "flow" if steps else "implied"
        claims = ids(sorted(claim for one in of_day[day] for claim in one.claims))
        # Sums of decimals may cross by less than anybody can print.
        high = max(bounds.high[day], bounds.low[day])
        ends = (bounds.low[day], best, pd.NA if isinf(high) else high)
        rows.append((_date(first + day), *ends, basis, claims))
    return _frame(rows, _PATH)


def _best(bounds: Band, kept: Sequence[Statement], days: range) -> list[Any]:
    """Walk along the best figures inside the band, one day at a time."""
    totals, steps = _stated(kept, step=False), _stated(kept, step=True)
    bounded = [day for day in days if not isinf(bounds.high[day])]
    ahead = sorted(day for day in totals if day in bounded)
    path: list[Any] = []
    for day in bounded:
        before = path[-1] if path else bounds.low[day]
        ahead = [anchor for anchor in ahead if anchor >= day]
        wanted = before + steps.get(day, 0.0) if path else totals.get(day, before)
        if path and ahead and (day in totals or day not in steps):
            wanted = before + (totals[ahead[0]] - before) / (ahead[0] - day + 1)
        low, high = bounds.low[day], bounds.high[day]
        if path:
            # The band is tight, so whatever point of it is taken, the next day can be reached.
            low, high = max(low, before + bounds.least[day]), min(high, before + bounds.most[day])
        path.append(max(low, min(wanted, high)))
    return path + [pd.NA] * (len(days) - len(path))


def _stated(kept: Sequence[Statement], *, step: bool) -> dict[int, float]:
    """Return the best figure of each day: of the narrowest statement, the lower of equals."""
    chosen = [one for one in kept if one.step == step and one.best is not None]
    chosen.sort(key=lambda one: (one.low - one.high, -(one.best or 0.0)))
    return {one.low_day: one.best or 0.0 for one in chosen}


def _contradiction(one: Statement, kept: Sequence[Statement], bounds: Band) -> tuple:
    low, high = bounds.low[one.high_day], bounds.high[one.low_day]
    if one.step:
        low, high = bounds.growth(one.low_day)
    ends = [pd.NA if isinf(end) else end for end in (one.high, high)]
    shifts = any(bounds.misses(one, by) <= TOLERANCE for by in (-1, 1))
    # Which of several conflicts: the one that takes fewest claims to show.
    found = conflicts([*kept, one], len(bounds.low))
    rivals = [sorted(c for s in conflict for c in s.claims if s is not one) for conflict in found]
    against = tuple(min(rivals, key=lambda claims: (len(claims), claims)))
    return one.low, ends[0], low, ends[1], bounds.misses(one), shifts, against


def _frame(rows: list[tuple], columns: Mapping[Hashable, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)


def _number(day: pd.Timestamp) -> int:
    return day.toordinal()


def _date(number: int) -> pd.Timestamp:
    return pd.Timestamp.fromordinal(number)
