"""Editions: what a report is made of, and which are chosen."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from helpers.data.errors import ReportError
from helpers.reports.parameters import Parameter, is_day

if TYPE_CHECKING:
    from helpers.reports.keep import Keep


@dataclass(frozen=True)
class Edition:
    """One report of the plan.

    Attributes
    ----------
    name : str
        Slug, also the page's file name.
    notebook : str
        Notebook's file name without its ending.
    title : str
        What sets this edition apart; from the plan, else from the name.
    question : str
        The notebook's heading.
    given : dict
        Parameters the edition sets, relative days resolved.
    accepts : dict
        All parameters of the notebook, by name.
    cadence : str
        Cron expression of five fields, in UTC.
    written : dict
        The parameters it sets as they stand in the plan, such as ``-7d``.
    sweep : str
        Name of the plan's entry whose matrix made it; empty for an entry of its own.
    keep : Keep or None
        Which of its dated editions are kept; None for all.
    alert_change : float or None
        By how many per cent a key figure must change for somebody to be told; None for never.
    """

    name: str
    notebook: str
    title: str
    question: str
    given: dict[str, Any] = field(default_factory=dict)
    accepts: dict[str, Parameter] = field(default_factory=dict)
    cadence: str = ""
    written: dict[str, Any] = field(default_factory=dict)
    sweep: str = ""
    keep: "Keep | None" = None
    alert_change: float | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        """Every parameter with the value this edition runs with."""
        return {name: item.default for name, item in self.accepts.items()} | self.given


def select(editions: Sequence[Edition], names: Iterable[str] = ()) -> tuple[Edition, ...]:
    """Choose editions by name.

    Parameters
    ----------
    editions : sequence of Edition
    names : iterable of str
        Of editions, or of sweeps for all their editions. Empty means all.

    Returns
    -------
    tuple of Edition
        In the plan's order, each once.

    Raises
    ------
    ReportError
        A name that the plan doesn't have; the message suggests the nearest.
    """
    wanted = list(dict.fromkeys(names))
    known = [name for edition in editions for name in (edition.name, edition.sweep) if name]
    wrong = [name for name in wanted if name not in known]
    if wrong:
        raise ReportError(
            "\n".join(
                f"{name!r} is no edition of the plan; {nearest(name, known)}" for name in wrong
            )
        )
    return tuple(
        edition for edition in editions if not wanted or {edition.name, edition.sweep} & {*wanted}
    )


def override_as_of(editions: Sequence[Edition], as_of: str | None) -> tuple[Edition, ...]:
    """Let editions know only what had been published by a day.

    Parameters
    ----------
    editions : sequence of Edition
    as_of : str or None
        YYYY-MM-DD; None leaves the editions as they are, an empty text lifts their own day.

    Returns
    -------
    tuple of Edition

    Raises
    ------
    ReportError
        `as_of` is no day, or a notebook has no such parameter.
    """
    if as_of is None:
        return tuple(editions)
    if as_of and not is_day(as_of):
        raise ReportError(f"--as-of {as_of!r} is no day; write it YYYY-MM-DD, such as 2021-05-01")
    deaf = [edition.name for edition in editions if "as_of" not in edition.accepts]
    if deaf:
        raise ReportError(
            f"--as-of {as_of!r} has no meaning for {', '.join(deaf)}, whose notebook has no "
            "parameter as_of; leave these editions out or add the parameter"
        )
    return tuple(
        replace(
            edition,
            given=edition.given | {"as_of": as_of},
            written=edition.written | {"as_of": as_of},
        )
        for edition in editions
    )


def nearest(name: str, known: Iterable[str]) -> str:
    """Suggest the nearest known name, or list all.

    Examples
    --------
    >>> nearest("overwiew", ["overview", "exchanges"])
    "did you mean 'overview'?"
    """
    known = list(known)
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else f"choose among {', '.join(known) or 'none'}"
