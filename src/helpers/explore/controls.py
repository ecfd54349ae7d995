"""The controls of the explorer: what can be chosen follows from what was chosen above it."""

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets
import pandas as pd

from helpers.data.errors import ParameterError
from helpers.data.names import FORMS
from helpers.data.vocabulary import CLAIM_TABLES
from helpers.explore.choices import (
    EVERYONE,
    Options,
    most_frequent,
    offer_claimants,
    offer_days_known,
    offer_level,
    offer_measures,
    offer_months,
    offer_parties,
    offer_series,
)
from helpers.explore.labels import LEVELS
from helpers.explore.ledger import Ledger
from helpers.explore.selection import Selection

_ENDS = ("first", "last")


class Controls:
    """Widgets that choose a selection.

    Parameters
    ----------
    ledger : Ledger
    opening : Selection
        What is chosen at first; an empty series or measure means the one with the most claims.

    Raises
    ------
    ParameterError
        No such table, series or form of names, or a date that is none.
    """

    def __init__(self, ledger: Ledger, opening: Selection) -> None:
        self._ledger, self._busy, self._listener = ledger, True, _silence
        if opening.table not in CLAIM_TABLES:
            tables = ", ".join(CLAIM_TABLES)
            raise ParameterError(f"table={opening.table!r}: no such table; use one of {tables}")
        frames = [ledger.claims(table, names=opening.names) for table in CLAIM_TABLES]
        self.table = _dropdown("Table", [(table.capitalize(), table) for table in CLAIM_TABLES])
        self.levels = (_dropdown("Scope"), _dropdown("Category"))
        self.series, self.measure = _dropdown("Counted"), _dropdown("Measure")
        self.party, self.claimant = _dropdown("Claimant's party"), _dropdown("Claimant")
        self.names = _dropdown("Place names", [(form.capitalize(), form) for form in FORMS])
        self.period = _slider(widgets.SelectionRangeSlider, "Period", offer_months(frames))
        known = offer_days_known(frames, opening.as_of)
        self.as_of = _slider(widgets.SelectionSlider, "What was known on", known)
        self.period.index = (0, len(self.period.options) - 1)
        self.table.value, self.names.value = opening.table, opening.names
        self.as_of.value = opening.as_of
        self._open(opening)
        self._all = (self.table, *self.levels, self.series, self.measure, self.party, self.claimant)
        self.box = _boxes((*self._all, self.names), (self.period, self.as_of))
        for widget in (*self._all, self.names, self.period, self.as_of):
            widget.observe(self._changed, names="value")
        self._busy = False

    def listen(self, listener: Callable[[], None]) -> None:
        """Call this after each change, once the choices that depend on it have followed."""
        self._listener = listener

    @property
    def selection(self) -> Selection:
        """What is chosen now."""
        first, last = self.period.value
        return Selection(
            *map(_chosen, (self.table, self.series, self.measure, self.claimant, self.party)),
            start="" if first in _ENDS else f"{first}-01",
            end="" if last in _ENDS else f"{pd.Period(last).end_time:%Y-%m-%d}",
            as_of=_chosen(self.as_of),
            names=_chosen(self.names),
        )

    def _open(self, opening: Selection) -> None:
        """Choose a series and what stands above it."""
        claims = self._ledger.claims(opening.table, names=opening.names)
        wanted = opening.series
        if wanted and wanted not in set(claims["series"]):
            remedy = "copy one from the column series of the table, or leave it empty"
            raise ParameterError(f"series={wanted!r}: none of {opening.table}; {remedy}")
        row = claims[claims["series"] == wanted].head(1)
        levels = [str(row[name].iloc[0]) if wanted else "" for _, name in LEVELS[opening.table]]
        self._follow([*levels, *[""] * (2 - len(levels)), wanted, opening.measure])

    def _changed(self, change: Any) -> None:
        if self._busy:
            return
        self._busy = True
        try:
            above = (*self.levels, self.series, self.measure)
            self._follow([_chosen(widget) for widget in above])
        finally:
            self._busy = False
        self._listener()

    def _follow(self, wanted: list[str]) -> None:
        """Offer what there is below the chosen table, keeping what is still there."""
        table, names = _chosen(self.table), _chosen(self.names)
        words = self._ledger.words(names)
        # Choices hold for any day and period, so that a slider never takes a choice away.
        claims = self._ledger.claims(table, names=names)
        levels = LEVELS[table]
        for widget, (label, column), value in zip(self.levels, levels, wanted, strict=False):
            widget.description = label
            options = offer_level(claims, column, words)
            claims = _narrow(claims, column, widget, options, value)
        for at, widget in enumerate(self.levels):
            widget.layout.display = None if at < len(levels) else "none"
        options = offer_series(claims, table, words)
        claims = _narrow(claims, "series", self.series, options, wanted[2])
        options, value = offer_measures(claims), wanted[3]
        claims = _narrow(claims, "measure", self.measure, options, value)
        options, value = offer_parties(claims, words), _chosen(self.party)
        claims = _narrow(claims, "claimant_party", self.party, options, value, EVERYONE)
        options, value = offer_claimants(claims), _chosen(self.claimant)
        _narrow(claims, "claimant_id", self.claimant, options, value, EVERYONE)


def _silence() -> None:
    """Nobody listens yet."""


def _narrow(
    claims: pd.DataFrame,
    column: str,
    widget: widgets.Dropdown,
    options: Options,
    wanted: str,
    default: str | None = None,
) -> pd.DataFrame:
    """Set what a control offers, keep what was chosen where it is there, and keep its claims."""
    values = [value for _, value in options]
    fallback = most_frequent(claims[column]) if default is None else default
    with widget.hold_sync():
        if list(widget.options) != options:
            widget.options = options
        widget.value = wanted if wanted in values else fallback
    # A choice of one is none; everybody and the only one are the same.
    widget.disabled = len(options) == 1 or (default == EVERYONE and len(options) == 2)
    chosen = _chosen(widget)
    return claims if chosen == EVERYONE else claims[claims[column] == chosen]


def _chosen(widget: Any) -> str:
    return widget.value or ""


def _dropdown(label: str, options: Options | None = None) -> widgets.Dropdown:
    widget = widgets.Dropdown(description=label, options=options or [])
    widget.layout.width, widget.style.description_width = "auto", "auto"
    return widget


def _slider(kind: Any, label: str, options: Options) -> Any:
    widget = kind(description=label, options=options, continuous_update=False)
    widget.layout.width, widget.style.description_width = "auto", "auto"
    return widget


def _boxes(*rows: tuple[widgets.Widget, ...]) -> widgets.VBox:
    boxes = [widgets.GridBox(row) for row in rows]
    for box, least in zip(boxes, ("11rem", "22rem"), strict=True):
        box.layout.grid_template_columns = f"repeat(auto-fit, minmax({least}, 1fr))"
        box.layout.grid_gap = "0.6rem 1.2rem"
        box.add_class("kl-controls")
    return widgets.VBox(boxes)
