"""The comparison of pages as a table, worked out from the kept JSON: nothing is typed by hand."""

import statistics
from pathlib import Path
from typing import Any

from document import replace_part

BEGIN = "<!-- pages: written by benchmarks/pages.py from benchmarks/pages.json -->"
END = "<!-- end of pages -->"

Results = dict[str, Any]


def table(results: Results) -> str:
    """Lay the comparison out as a Markdown table, ours and stock in every cell.

    Parameters
    ----------
    results : dict
        As in ``benchmarks/pages.json``.

    Returns
    -------
    str
    """
    head = ("edition", "size", "requests to other hosts", "first paint", "loaded", "work", "axe")
    lines = [head, ("---",) * len(head)]
    for name, sides in results["pages"].items():
        ours, stock = sides["ours"], sides["stock"]
        lines.append(
            (
                f"`{name}`",
                _pair(stock["bytes"] / 1000, ours["bytes"] / 1000, "kB"),
                f"{len(stock['requests'])} : {len(ours['requests'])}",
                *(_median(sides, key) for key in ("paint_ms", "load_ms", "work_ms")),
                " : ".join(str(sum(side["violations"].values())) for side in (stock, ours)),
            )
        )
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _median(sides: dict[str, Any], key: str) -> str:
    return _pair(*(statistics.median(sides[side][key]) for side in ("stock", "ours")), "ms")


def _pair(stock: float, ours: float, unit: str) -> str:
    return f"{stock:.0f} : {ours:.0f} {unit} ({stock / ours:.1f} times)"


def block(results: Results) -> str:
    """Make the part of the document that holds the figures, markers included."""
    rules = sorted({rule for sides in results["pages"].values() for rule in _rules(sides)})
    scripts = max(len(sides["stock"]["scripts"]) for sides in results["pages"].values())
    told = (
        f"A stock page names {scripts} scripts of other hosts; it asks for the rest once something "
        "needs them. What axe finds in stock pages, by places in the table: "
        f"{', '.join(f'`{rule}`' for rule in rules)}."
    )
    when = (
        f"Measured on {results['measured']} with Chromium {results['chromium']}, stock against "
        f"ours, medians of {results['rounds']} loads from disk, on {results['machine']['cores']} "
        f"cores; nbconvert {results['machine']['versions']['nbconvert']}."
    )
    return f"{BEGIN}\n\n{table(results)}\n\n{told}\n\n{when}\n\n{END}"


def _rules(sides: dict[str, Any]) -> list[str]:
    return list(sides["stock"]["violations"])


def write_document(path: Path, results: Results) -> None:
    """Put the figures between their markers.

    Parameters
    ----------
    path : Path
        Markdown that holds both markers.
    results : dict

    Raises
    ------
    ValueError
        A marker is missing.
    """
    replace_part(path, BEGIN, block(results), END)
