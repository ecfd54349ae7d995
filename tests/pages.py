"""Runs notebooks in this process on the shipped data and keeps what they show, once per session."""

import ast
import json
import shutil
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from helpers.charts import Chart
from helpers.charts.citations import Citations
from helpers.charts.gallery import Gallery
from helpers.data.build import build
from helpers.data.project import ROOT_VARIABLE, Project
from helpers.reports.plan import read_plan

ROOT = Path(__file__).resolve().parents[1]
EDITIONS = {edition.name: edition for edition in read_plan(Project(ROOT))}
NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))


def shipped_project(folder: Path) -> Project:
    """Build the shipped tables in a folder of their own; tests only read it."""
    root = folder / "ledger"
    shutil.copytree(ROOT / "data" / "raw", root / "data" / "raw")
    (root / "reports.yml").write_text("editions: {}\n", encoding="utf-8")
    build(Project(root))
    return Project(root)


@dataclass(frozen=True)
class Shown:
    """What one cell shows: its place in the file, the value, and the HTML it becomes."""

    cell: int
    value: Any
    html: str


@dataclass(frozen=True)
class Page:
    """Everything a run of a notebook shows."""

    notebook: str
    shown: tuple[Shown, ...]
    cited: tuple[str, ...]  # ids of sources in the order in which the cells cite them

    @property
    def charts(self) -> list[Chart]:
        several = [
            item.value.charts if isinstance(item.value, Gallery) else [item.value]
            for item in self.shown
        ]
        return [chart for charts in several for chart in charts if isinstance(chart, Chart)]

    @property
    def drawn(self) -> list[Chart]:
        return [chart for chart in self.charts if chart.figure is not None]

    @property
    def html(self) -> str:
        return "\n".join(item.html for item in self.shown)

    @cached_property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.html, "html.parser")

    @cached_property
    def words(self) -> list[str]:
        """The sentences and notes of the page, without the numbers of their sources."""
        soup = BeautifulSoup(self.html, "html.parser")
        for mark in soup.select("sup.kl-cite"):
            mark.decompose()
        return [found.get_text(" ", strip=True) for found in soup.select("p")]


class Runner:
    """Runs notebooks over one project; the same run is done once."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._pages: dict[str, Page] = {}

    def run(self, notebook: str, **parameters: Any) -> Page:
        """Return what a notebook shows with these parameters."""
        key = json.dumps([notebook, parameters], sort_keys=True)
        if key not in self._pages:
            self._pages[key] = self.run_again(notebook, **parameters)
        return self._pages[key]

    def run_again(self, notebook: str, **parameters: Any) -> Page:
        """Run a notebook whether or not it has been run; a warning is an error."""
        cited: list[str] = []
        cite = Citations.cite

        def note(self: Citations, source_ids: Iterable[str]) -> str:
            asked = list(source_ids)
            cited.extend(asked)
            return cite(self, asked)

        with at(self.project) as patch, warnings.catch_warnings():
            patch.setattr(Citations, "cite", note)
            warnings.simplefilter("error")
            shown = tuple(_shown(notebook, parameters))
        return Page(notebook, shown, tuple(dict.fromkeys(cited)))

    def edition(self, name: str) -> Page:
        """Return what an edition of reports.yml shows."""
        edition = EDITIONS[name]
        return self.run(edition.notebook, **edition.parameters)


@contextmanager
def at(project: Project) -> Iterator[pytest.MonkeyPatch]:
    """Let the helpers find this project, whatever the current folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(ROOT_VARIABLE, str(project.root))
        yield patch


def _shown(notebook: str, parameters: Mapping[str, Any]) -> Iterator[Shown]:
    text = (ROOT / "notebooks" / f"{notebook}.ipynb").read_text(encoding="utf-8")
    space: dict[str, Any] = {"__name__": "__main__"}
    for number, cell in enumerate(json.loads(text)["cells"]):
        if cell["cell_type"] != "code":
            continue
        value = _execute("".join(cell["source"]), f"{notebook}[{number}]", space)
        if "parameters" in cell["metadata"].get("tags", []):
            unknown = set(parameters) - set(space)
            assert not unknown, f"{notebook} has no parameter {unknown}"
            space.update(parameters)
        if value is not None:
            # As Jupyter does: a value becomes HTML before the next cell runs.
            yield Shown(number, value, value._repr_html_())


def _execute(source: str, name: str, space: dict[str, Any]) -> Any:
    tree = ast.parse(source, name)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        exec(compile(tree, name, "exec"), space)
        return None
    exec(compile(ast.Module(tree.body[:-1], []), name, "exec"), space)
    return eval(compile(ast.Expression(last.value), name, "eval"), space)
