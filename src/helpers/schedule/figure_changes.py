"""Key figures that changed so much from one dated edition to the next that somebody should know."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf, isinf
from pathlib import Path
from typing import Any

from helpers.reports.dated import Dated, dated_names, read_dated

# Per cent by which floating point may be off: from 100 to 110 is not beyond ten per cent.
SLACK = 1e-9
_ENDS = ("low", "best", "high")


@dataclass(frozen=True)
class FigureChange:
    """A key figure before and after, written as readers read it.

    Attributes
    ----------
    edition : str
        Name of the edition.
    label : str
        What is counted.
    before, after : str
        The figure with what its words allow; empty where that edition has none.
    percent : str
        The change with its sign, such as ``+11.1 %``; empty where it cannot be told: the figure
        is new, or gone, or was nought.
    said_by : str
        Whose figure it is now.
    page : str
        Path of the newer dated edition.
    """

    edition: str
    label: str
    before: str
    after: str
    percent: str
    said_by: str
    page: str


def figure_changes(
    folder: Path, edition: str, percent: float, *, since: str = ""
) -> tuple[FigureChange, ...]:
    """Compare the newest dated edition with the one before, or with the one last looked at.

    Parameters
    ----------
    folder : Path
        The output folder.
    edition : str
    percent : float
        Only figures whose best value changed by more; low and high count where either edition has
        no best value. A figure that came, went, or was nought changed beyond all measure.
    since : str, optional
        Name of the dated edition that was the newest when last looked. If it is no longer there,
        the one before the newest takes its place.

    Returns
    -------
    tuple of FigureChange
        In the page's order, then those that are gone. Empty when there is nothing to compare.
    """
    names = dated_names(folder, edition)
    if len(names) < 2 or str(names[-1]) == since:
        return ()
    earlier = next((name for name in names if str(name) == since), names[-2])
    before, after = (read_dated(folder, edition, name) for name in (earlier, names[-1]))
    return tuple(_changes(before, after, folder, percent)) if before and after else ()


def _changes(before: Dated, after: Dated, folder: Path, percent: float) -> Iterator[FigureChange]:
    old, new = (_by_name(dated) for dated in (before, after))
    for name in {**new, **old}:
        change = _change(old.get(name), new.get(name))
        if abs(change) <= percent + SLACK:
            continue
        known = new.get(name) or old[name]
        yield FigureChange(
            after.record.edition,
            known["label"],
            _written(old.get(name)),
            _written(new.get(name)),
            "" if isinf(change) else f"{'+' if change > 0 else '−'}{abs(change):,.1f} %",
            known["said_by"],
            str(folder / after.link),
        )


def _by_name(dated: Dated) -> dict[str, Mapping[str, Any]]:
    return {figure["name"]: figure for figure in dated.facts.get("figures", ())}


def _change(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> float:
    """Return by how many per cent a figure changed; infinity for beyond all measure."""
    if old is None or new is None:
        return inf
    best = old["best"] is not None and new["best"] is not None
    changes = [_percent(old[end], new[end]) for end in (("best",) if best else ("low", "high"))]
    return max(changes, key=abs)


def _percent(old: float | None, new: float | None) -> float:
    if old == new:
        return 0.0
    return inf if not old or new is None else (new - old) / abs(old) * 100


def _written(figure: Mapping[str, Any] | None) -> str:
    if figure is None:
        return ""
    # Late: pandas would be loaded for the many editions in which nothing changed.
    from helpers.data.figures import KeyFigure
    from helpers.data.wording import write_interval

    whole = KeyFigure.from_plain(figure)
    return write_interval(*(getattr(whole, end) for end in _ENDS))
