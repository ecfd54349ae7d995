"""The key figures and cited sources that an executed notebook carries along as plain data."""

from collections.abc import Iterator, Mapping
from datetime import date
from math import isfinite
from typing import TYPE_CHECKING, Any

from helpers.data.figures import FACTS_TYPE

if TYPE_CHECKING:
    from nbformat import NotebookNode

MOST_FIGURES = 100
MOST_SOURCES = 10_000
LONGEST = 500
_NUMBERS = ("low", "best", "high")
_TEXTS = ("name", "label", "said_by")


def collect_facts(notebook: "NotebookNode") -> dict[str, Any]:
    """Collect what the outputs of a notebook carry along.

    Parameters
    ----------
    notebook : NotebookNode
        Executed.

    Returns
    -------
    dict
        `figures`: key figures as :meth:`helpers.data.figures.KeyFigure.plain` writes them, each
        name once; `sources`: ids of the cited sources, each once; both in the notebook's order.
        What makes no sense is left out, and so is what is beyond all measure.
    """
    return sound_facts(
        {
            "figures": [figure for facts in _outputs(notebook) for figure in facts["figures"]],
            "sources": [source for facts in _outputs(notebook) for source in facts["sources"]],
        }
    )


def sound_facts(facts: Any) -> dict[str, Any]:
    """Keep what makes sense of facts that somebody else wrote.

    Parameters
    ----------
    facts : Any
        As from `collect_facts`, in a file that may have been edited.

    Returns
    -------
    dict
    """
    given = _lists(facts)
    figures = {figure["name"]: figure for figure in reversed(given["figures"]) if _is_sound(figure)}
    sources = [source for source in given["sources"] if _is_text(source)]
    return {
        "figures": list(reversed(figures.values()))[:MOST_FIGURES],
        "sources": list(dict.fromkeys(sources))[:MOST_SOURCES],
    }


def _outputs(notebook: "NotebookNode") -> Iterator[dict[str, list[Any]]]:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if FACTS_TYPE in output.get("data", {}):
                yield _lists(output.data[FACTS_TYPE])


def _lists(facts: Any) -> dict[str, list[Any]]:
    found = facts if isinstance(facts, dict) else {}
    lists = {part: found.get(part) for part in ("figures", "sources")}
    return {part: value if isinstance(value, list) else [] for part, value in lists.items()}


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST


def _is_sound(figure: Any) -> bool:
    """Whether a figure is one that `KeyFigure.from_plain` can read."""
    return (
        isinstance(figure, Mapping)
        and all(_is_text(figure.get(name)) for name in _TEXTS)
        and all(name in figure and _is_number(figure[name]) for name in _NUMBERS)
        and "date" in figure
        and (figure["date"] is None or _is_day(figure["date"]))
        and isinstance(figure.get("sources"), list)
        and len(figure["sources"]) <= MOST_SOURCES
        and all(map(_is_text, figure["sources"]))
    )


def _is_number(value: Any) -> bool:
    if value is None:
        return True
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _is_day(value: Any) -> bool:
    try:
        return len(value) == len("YYYY-MM-DD") and bool(date.fromisoformat(value))
    except (TypeError, ValueError):
        return False
