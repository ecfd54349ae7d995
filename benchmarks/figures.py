"""The benchmark's table, worked out from the kept JSON: nothing in it is typed by hand."""

import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from document import replace_part

BEGIN = "<!-- figures: written by benchmarks/suite.py from benchmarks/results.json -->"
END = "<!-- end of figures -->"

Results = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """One comparison.

    Attributes
    ----------
    what : str
        What it is measured against.
    there, here : str
        The figure there and ours, with units.
    ratio : str
        How they compare.
    target : str
        What was wanted.
    met : bool
        Whether it was reached.
    """

    what: str
    there: str
    here: str
    ratio: str
    target: str
    met: bool

    def cells(self) -> tuple[str, ...]:
        """Return the cells of the table."""
        verdict = "met" if self.met else "missed"
        return (self.what, self.there, self.here, self.ratio, self.target, verdict)


def rows(results: Results) -> list[Row]:
    """Work out every comparison that was measured.

    Parameters
    ----------
    results : dict
        As in ``benchmarks/results.json``.

    Returns
    -------
    list of Row
    """
    seconds = {name: statistics.median(taken) for name, taken in results["seconds"].items()}
    made: list[Row | None] = [
        _faster(seconds, "loop", "`papermill`, then `jupyter nbconvert`, per report", 8),
        _faster(seconds, "api", "papermill's API and one HTMLExporter", 3.5),
        _faster(seconds, "cache", "jupyter-cache in parallel, then one HTMLExporter", 1.6),
        _limit(seconds),
        _nothing(seconds),
        _claim(results),
        _memory(results),
        _kernel(results),
    ]
    return [row for row in made if row]


def _faster(seconds: dict[str, float], peer: str, what: str, target: float) -> Row | None:
    if not {peer, "ours"} <= seconds.keys():
        return None
    ratio = seconds[peer] / seconds["ours"]
    there, here = f"{seconds[peer]:.1f} s", f"{seconds['ours']:.1f} s"
    return Row(
        what, there, here, f"{ratio:.2f} times faster", f"at least {target}", ratio >= target
    )


def _limit(seconds: dict[str, float]) -> Row | None:
    if not {"limit", "ours"} <= seconds.keys():
        return None
    ratio = seconds["ours"] / seconds["limit"]
    there, here = f"{seconds['limit']:.1f} s", f"{seconds['ours']:.1f} s"
    what = "the limit: the cells alone, in forked children"
    return Row(what, there, here, f"{ratio:.2f} times the limit", "at most 1.35", ratio <= 1.35)


def _nothing(seconds: dict[str, float]) -> Row | None:
    if not {"loop", "nothing"} <= seconds.keys():
        return None
    ratio, here = seconds["loop"] / seconds["nothing"], f"{seconds['nothing']:.2f} s"
    target, met = "at most 1 s, at least 100", seconds["nothing"] <= 1 and ratio >= 100
    what = "nothing changed, against the loop"
    return Row(what, f"{seconds['loop']:.1f} s", here, f"{ratio:.0f} times faster", target, met)


def _claim(results: Results) -> Row | None:
    claim = results.get("claim")
    if not claim:
        return None
    concerned, rerun = claim["concerned"], claim["rerun"]
    took = statistics.median(results["seconds"]["claim"])
    met = all(names == concerned for names in rerun)
    numbers = " or ".join(str(n) for n in sorted({len(names) for names in rerun}))
    what = f"one claim appended to `{claim['table']}.csv`"
    there = f"{len(concerned)} of {results['editions']} editions load it"
    share = f"{len(concerned)} of {len(concerned)}" if met else "others"
    here, target = f"{numbers} re-run in {took:.1f} s", "only those that load it"
    return Row(what, there, here, share, target, met)


def _memory(results: Results) -> Row | None:
    peak = {name: statistics.median(taken) for name, taken in results["memory_mb"].items()}
    if not {"cache", "ours"} <= peak.keys():
        return None
    ratio = peak["ours"] / peak["cache"]
    what = "peak memory of all processes, against jupyter-cache"
    there, here = f"{peak['cache']:.0f} MB", f"{peak['ours']:.0f} MB"
    return Row(what, there, here, f"{ratio:.2f} times as much", "at most 1", ratio <= 1)


def _kernel(results: Results) -> Row | None:
    took = {name: statistics.median(taken) for name, taken in results["kernel_seconds"].items()}
    if not {"stock", "warm"} <= took.keys():
        return None
    ratio = took["stock"] / took["warm"]
    what = "a kernel ready with pandas, pyplot and seaborn, against the stock spec"
    there, here = f"{took['stock']:.2f} s", f"{took['warm']:.3f} s"
    return Row(what, there, here, f"{ratio:.1f} times faster", "at least 8", ratio >= 8)


def table(results: Results) -> str:
    """Lay the comparisons out as a Markdown table.

    Parameters
    ----------
    results : dict

    Returns
    -------
    str
    """
    head = ("against", "there", "ours", "ratio", "target", "")
    lines = [head, ("---",) * len(head), *(row.cells() for row in rows(results))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def about(results: Results) -> str:
    """Say in words when, how often and on what it was measured.

    Parameters
    ----------
    results : dict

    Returns
    -------
    str
        Two paragraphs.
    """
    machine, charts = results["machine"], results["charts"]
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    memory = {name: statistics.median(taken) for name, taken in results["memory_mb"].items()}
    times = len(results["seconds"]["ours"]) // results["rounds"]
    turns = f", in each of which ours and the limit had {times} turns" if times > 1 else ""
    extra = f" The limit's own peak is {memory['limit']:.0f} MB." if "limit" in memory else ""
    return (
        f"Measured on {results['measured']}: {results['editions']} editions with {charts} charts, "
        f"{results['jobs']} at a time, medians of {results['rounds']} rounds{turns}; kernels of "
        f"{results['kernel_rounds']} starts each.{extra}\n\n"
        f"{machine['cores']} cores, {machine['memory_gb']} GB, {machine['system']}, "
        f"Python {machine['python']}; {versions}."
    )


def block(results: Results) -> str:
    """Make the part of the document that holds the figures.

    Parameters
    ----------
    results : dict

    Returns
    -------
    str
        From the first marker to the last.
    """
    return f"{BEGIN}\n\n{table(results)}\n\n{about(results)}\n\n{END}"


def write_document(path: Path, results: Results) -> None:
    """Put the figures into the document.

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
