"""How long charts take to draw: every chart of every edition, drawn and saved, one at a time.

Run from the project: ``python benchmarks/charts.py``. Each edition's notebook is executed in this
process with its parameters; the time of a chart is that of the plot function and of its picture.
Prints a line per kind of chart and the average over all, which the project wants at most 0.25 s.
"""

import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import nbformat

import helpers.charts as charts
from helpers.charts.chart import Chart
from helpers.data.build import build
from helpers.data.project import find_project
from helpers.reports.plan import read_plan

TARGET = 0.25  # seconds a chart, on average
KINDS = [name for name in charts.__all__ if name.startswith("plot_")]


def timed(plot: Callable[..., Any], times: list[float]) -> Callable[..., Any]:
    """Wrap a plot function so that drawing and saving are timed together."""

    def run(*args: Any, **options: Any) -> Any:
        begin = time.perf_counter()
        result = plot(*args, **options)
        for chart in getattr(result, "charts", [result]):
            if isinstance(chart, Chart) and chart.figure is not None:
                chart.svg()
        times.append((time.perf_counter() - begin) / max(1, len(getattr(result, "charts", [1]))))
        return result

    return run


def main() -> None:
    """Draw every chart of every edition and print what each kind took."""
    project = find_project()
    build(project)
    taken: dict[str, list[float]] = defaultdict(list)
    wrapped = {kind: timed(getattr(charts, kind), taken[kind]) for kind in KINDS}
    for edition in read_plan(project):
        notebook = nbformat.read(project.notebooks / f"{edition.notebook}.ipynb", as_version=4)
        scope: dict[str, Any] = {}
        for cell in notebook.cells:
            if cell.cell_type == "code":
                exec(cell.source, scope)
                if "parameters" in cell.metadata.get("tags", []):
                    scope |= {
                        name: str(v) if name in scope and isinstance(scope[name], str) else v
                        for name, v in edition.parameters.items()
                    }
                scope |= {kind: wrapped[kind] for kind in KINDS if kind in scope}
    every = [seconds for times in taken.values() for seconds in times]
    for kind, times in sorted(taken.items()):
        if times:
            print(
                f"{kind:20} {len(times):4} drawn, median {statistics.median(times):.3f} s, "
                f"most {max(times):.3f} s"
            )
    average = statistics.fmean(every)
    print(
        f"{'all':20} {len(every):4} drawn, average {average:.3f} s "
        f"({average / TARGET:.2f} of the {TARGET} s wanted)"
    )


if __name__ == "__main__":
    main()
