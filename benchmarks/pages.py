"""Our page beside the stock nbconvert page of the same executed notebook, in one browser.

Run from the project: ``python benchmarks/pages.py``. Each chosen edition is executed once; both
pages are made from that one notebook and opened in turn from disk in Chromium. What the stock page
asks of other hosts is counted and refused at once, so no time is spent waiting for a network.
Keeps what was measured in ``benchmarks/pages.json`` and writes it into ``docs/performance.md``.
"""

import argparse
import json
import re
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from machine import describe_machine
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from pages_figures import Results, table, write_document
from playwright.sync_api import Browser, Route, sync_playwright

from helpers.data.build import build
from helpers.data.project import Project, find_project, write_atomic
from helpers.reports.editions import Edition
from helpers.reports.execute import execute
from helpers.reports.page import Page
from helpers.reports.plan import read_plan
from helpers.reports.render import render
from helpers.reports.version import version

EDITIONS = ["overview", "returns-first-winter", "exchanges", "timeline-2020-2021"]
ROUNDS = 9
BROWSERS = ("chromium", "chromium-browser")
TIMES = """() => { const entry = performance.getEntriesByType("navigation")[0];
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    return [paint ? paint.startTime : null, entry.loadEventEnd]; }"""

# Where a page's own scripts come from, or would come from once something on the page needs them.
FOREIGN = re.compile(r"<script\b.*?</script>", re.DOTALL)
ADDRESS = re.compile(r"https?://[^\s\"'<>]+?\.m?js\b[^\s\"'<>]*")


def run(project: Project, edition: Edition) -> NotebookNode:
    """Execute an edition; a failure ends the benchmark."""
    outcome = execute(edition, project)
    if outcome.notebook is None or outcome.status != "succeeded":
        raise SystemExit(f"{edition.name}: {outcome.status}: {outcome.message}")
    return outcome.notebook


def write_pages(folder: Path, project: Project, names: list[str]) -> dict[str, dict[str, Path]]:
    """Write both pages of every edition.

    Parameters
    ----------
    folder : Path
        Where to.
    project : Project
    names : list of str
        Editions.

    Returns
    -------
    dict of str to dict of str to Path
        By edition, the page `ours` and the page `stock`.
    """
    plan = {edition.name: edition for edition in read_plan(project)}
    made: dict[str, dict[str, Path]] = {}
    for name in names:
        edition = plan[name]
        notebook = run(project, edition)
        page = Page(
            edition=name,
            title=edition.title,
            notebook=edition.notebook,
            made=datetime.now(UTC).replace(microsecond=0),
            parameters=edition.parameters,
            version=version(),
        )
        stock, _ = HTMLExporter().from_notebook_node(notebook)
        made[name] = {}
        for side, html in (("ours", render(notebook, page)), ("stock", stock)):
            made[name][side] = folder / f"{name}-{side}.html"
            made[name][side].write_text(html, encoding="utf-8")
    return made


def load(browser: Browser, path: Path) -> dict[str, Any]:
    """Load a page in a fresh window.

    Parameters
    ----------
    browser : Browser
    path : Path

    Returns
    -------
    dict
        `requests`: addresses on other hosts that it asked for; `paint` and `load`: milliseconds
        from the start until something is painted, and until the load event is over; `work`:
        milliseconds of processor time that the page took by then.
    """
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.route(lambda url: not url.startswith(("file:", "data:", "blob:")), refuse)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(path.as_uri())
    paint, loaded = page.evaluate(TIMES)
    while paint is None:
        page.wait_for_timeout(20)
        paint, loaded = page.evaluate(TIMES)
    metrics = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
    context.close()
    work = metrics["TaskDuration"] * 1000
    return {"requests": sorted(set(asked)), "paint": paint, "load": loaded, "work": work}


def foreign_scripts(path: Path) -> list[str]:
    """List the scripts of other hosts that a page loads, or may load later."""
    scripts = FOREIGN.findall(path.read_text(encoding="utf-8"))
    return sorted({address for script in scripts for address in ADDRESS.findall(script)})


def violations(browser: Browser, path: Path) -> dict[str, int]:
    """Count what axe-core finds, by rule: the number of places at fault."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.route(lambda url: not url.startswith(("file:", "data:", "blob:")), lambda r: r.abort())
    page.goto(path.as_uri())
    found = Axe().run(page).response["violations"]
    page.close()
    return {item["id"]: len(item["nodes"]) for item in found}


def measure(browser: Browser, sides: dict[str, Path], rounds: int) -> dict[str, Any]:
    """Measure both pages of one edition, in turns, after one load of each that does not count."""
    loads: dict[str, list[dict[str, Any]]] = {side: [] for side in sides}
    for number in range(rounds + 1):
        for side in sorted(sides, reverse=bool(number % 2)):
            taken = load(browser, sides[side])
            if number:
                loads[side].append(taken)
    return {
        side: {
            "bytes": path.stat().st_size,
            "scripts": foreign_scripts(path),
            "requests": loads[side][0]["requests"],
            "paint_ms": [round(taken["paint"], 1) for taken in loads[side]],
            "load_ms": [round(taken["load"], 1) for taken in loads[side]],
            "work_ms": [round(taken["work"], 1) for taken in loads[side]],
            "violations": violations(browser, path),
        }
        for side, path in sides.items()
    }


def main() -> None:
    """Measure, print and keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("editions", nargs="*", default=EDITIONS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    project, found = find_project(), next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise SystemExit(f"no browser: install one of {', '.join(BROWSERS)}")
    build(project)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        pages = write_pages(Path(name), project, options.editions)
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        results: Results = {
            "measured": f"{datetime.now(UTC):%Y-%m-%d}",
            "chromium": browser.version,
            "rounds": options.rounds,
            "machine": describe_machine(),
            "pages": {
                name: measure(browser, sides, options.rounds) for name, sides in pages.items()
            },
        }
        browser.close()
    print(table(results))
    if options.editions == EDITIONS:
        root = Path(__file__).resolve().parents[1]
        kept = json.dumps(results, indent=1) + "\n"
        write_atomic(root / "benchmarks" / "pages.json", kept)
        write_document(root / "docs" / "performance.md", results)


if __name__ == "__main__":
    main()
