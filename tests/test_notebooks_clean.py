"""Notebooks as git holds them: no outputs, one cell of parameters, thin, no figure typed by hand.

Each rule is a function from a notebook to its problems, and is shown a notebook that breaks it.
"""

import ast
import copy
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LINES = 5
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
# Figures that text may hold: a day, a month with its year, a year, and a section's number.
ALLOWED = (
    r"\b\d{4}-\d{2}(-\d{2})?\b",
    rf"\b\d{{1,2}} ({MONTHS})( \d{{4}})?\b",
    rf"\b({MONTHS}) \d{{4}}\b",
    r"\b(19|20)\d{2}\b",
    r"(?m)^#+ \d+(\.\d+)*\.? ",
)
# What is not text: code, addresses, HTML tags and entities.
NOT_TEXT = (r"(?s)```.*?```", r"`[^`]*`", r"\]\([^)]*\)", r"https?://\S+", r"<[^>]+>", r"&#?\w+;")

Cells = list[dict[str, Any]]


def cells_of(notebook: dict[str, Any], kind: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] == kind:
            yield number, cell


def is_parameters(cell: dict[str, Any]) -> bool:
    return "parameters" in cell["metadata"].get("tags", [])


def outputs(notebook: dict[str, Any]) -> list[str]:
    """Anything that running the notebook leaves behind."""
    problems = []
    for number, cell in cells_of(notebook, "code"):
        if cell.get("outputs"):
            problems.append(f"cell {number}: holds outputs")
        if cell.get("execution_count") is not None:
            problems.append(f"cell {number}: holds an execution count")
    for key in ("papermill", "widgets", "signature"):
        if key in notebook["metadata"]:
            problems.append(f"metadata: holds {key}")
    return problems


def format_problems(notebook: dict[str, Any]) -> list[str]:
    """Not nbformat 4.5, another kernel than the plain one, or ids that repeat."""
    problems = []
    if (notebook["nbformat"], notebook["nbformat_minor"]) != (4, 5):
        problems.append("not nbformat 4.5")
    if notebook["metadata"].get("kernelspec", {}).get("name") != "python3":
        problems.append("kernel is not python3")
    ids = [cell.get("id") for cell in notebook["cells"]]
    problems += [f"cell id {name} repeats" for name in sorted({i for i in ids if ids.count(i) > 1})]
    return problems


def opening(notebook: dict[str, Any]) -> list[str]:
    """The first cell is one heading that asks something."""
    first = notebook["cells"][0]
    heading = first["source"].splitlines()[:1]
    asks = first["cell_type"] == "markdown" and re.fullmatch(r"# .+\?", "".join(heading))
    return [] if asks else ["cell 0: is not a heading that ends in a question mark"]


def parameter_cells(notebook: dict[str, Any]) -> list[str]:
    """Exactly one cell is tagged, and nothing runs before it."""
    tagged = [number for number, cell in cells_of(notebook, "code") if is_parameters(cell)]
    first = next((number for number, _ in cells_of(notebook, "code")), None)
    if len(tagged) != 1:
        return [f"{len(tagged)} cells are tagged parameters"]
    return [] if tagged == [first] else [f"cell {first}: runs before the parameters"]


def long_cells(notebook: dict[str, Any]) -> list[str]:
    """Code that belongs in helpers; imports and parameters may take the room they need."""
    problems = []
    for number, cell in cells_of(notebook, "code"):
        source = re.sub(r"(?m)^\s*[%!].*$", "", cell["source"])
        lines = {n for n, line in enumerate(source.splitlines(), start=1) if line.strip()}
        for node in ast.parse(source).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                lines -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        if len(lines) > LINES and not is_parameters(cell):
            problems.append(f"cell {number}: {len(lines)} lines of code")
    return problems


def typed_figures(notebook: dict[str, Any]) -> list[str]:
    """Digits in text that are neither a date nor a section's number: such a sentence goes stale."""
    problems = []
    for number, cell in cells_of(notebook, "markdown"):
        text = cell["source"]
        for pattern in (*NOT_TEXT, *ALLOWED):
            text = re.sub(pattern, " ", text)
        problems += [
            f"cell {number}: {found.group()!r} is typed, not computed"
            for found in re.finditer(r"\S*\d\S*", text)
        ]
    return problems


RULES = (
    outputs,
    format_problems,
    opening,
    parameter_cells,
    long_cells,
    typed_figures,
)


def test_there_are_notebooks() -> None:
    assert PATHS


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_file_is_valid_and_unix(path: Path) -> None:
    raw = path.read_bytes()
    nbformat.validate(nbformat.reads(raw.decode("utf-8"), as_version=nbformat.NO_CONVERT))
    assert b"\r" not in raw
    assert raw.endswith(b"\n")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_notebook_keeps_the_rule(path: Path, rule: Callable[[dict[str, Any]], list[str]]) -> None:
    problems = rule(nbformat.read(path, as_version=nbformat.NO_CONVERT))
    assert not problems, "\n".join(f"{path.name} {problem}" for problem in problems)


@pytest.fixture
def clean() -> dict[str, Any]:
    """A small notebook that breaks no rule."""

    def code(number: int, source: str, *tags: str) -> dict[str, Any]:
        return {
            "cell_type": "code",
            "id": f"cell-{number}",
            "metadata": {"tags": list(tags)} if tags else {},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }

    text = (
        "# Who came back?\n\nFrom 9 November 2020 to May 2021 or 2021-05-09; `n = 3`,"
        ' <a href="#src-12">a source</a>, [more](page1.html) &#8211; https://example.org/4\n'
        "\n## 1. Counted in 1993\n```python\nx = 12\n```\n"
    )
    parameters = "\n".join(f'{name}: str = ""  # empty means all' for name in "abcdefg")
    setup = (
        "from helpers.data.load import (\n    Table,\n    load,\n)\nimport json\n" + "x = 1\n" * 5
    )
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3"}},
        "cells": [
            {"cell_type": "markdown", "id": "cell-0", "metadata": {}, "source": text},
            code(1, parameters, "parameters"),
            code(2, "%matplotlib inline\n" + setup),
        ],
    }


def test_rules_accept_a_clean_notebook(clean: dict[str, Any]) -> None:
    assert [problem for rule in RULES for problem in rule(clean)] == []


def change(notebook: dict[str, Any], keys: tuple[Any, ...], value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(notebook)
    place = changed
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    return changed


@pytest.mark.parametrize(
    ("rule", "keys", "value", "complaint"),
    [
        (outputs, ("cells", 2, "outputs"), [{"output_type": "stream"}], "holds outputs"),
        (outputs, ("cells", 2, "execution_count"), 0, "holds an execution count"),
        (outputs, ("metadata", "papermill"), {}, "holds papermill"),
        (format_problems, ("nbformat_minor",), 4, "not nbformat 4.5"),
        (format_problems, ("metadata", "kernelspec"), {"name": "conda"}, "not python3"),
        (format_problems, ("cells", 2, "id"), "cell-1", "cell-1 repeats"),
        (opening, ("cells", 0, "source"), "# Returns\n", "question mark"),
        (opening, ("cells", 0, "source"), "Who came back?\n", "question mark"),
        (parameter_cells, ("cells", 1, "metadata"), {}, "0 cells"),
        (parameter_cells, ("cells", 2, "metadata"), {"tags": ["parameters"]}, "2 cells"),
        (long_cells, ("cells", 2, "source"), "x = (\n1,\n2,\n3,\n4,\n)", "6 lines"),
        (typed_figures, ("cells", 0, "source"), "Some 51,947 came.", "51,947"),
        (typed_figures, ("cells", 0, "source"), "## Almost 2 in 3", "2"),
        (typed_figures, ("cells", 0, "source"), "It was 77% in 1993.", "77%"),
        (typed_figures, ("cells", 0, "source"), "On 35 May 2021a", "2021a"),
    ],
)
def test_rules_catch_what_they_should(
    clean: dict[str, Any],
    rule: Callable[[dict[str, Any]], list[str]],
    keys: tuple[Any, ...],
    value: Any,
    complaint: str,
) -> None:
    problems = rule(change(clean, keys, value))
    assert problems
    assert complaint in problems[0]


def test_rules_catch_code_before_the_parameters(clean: dict[str, Any]) -> None:
    clean["cells"][1], clean["cells"][2] = clean["cells"][2], clean["cells"][1]
    assert parameter_cells(clean) == ["cell 1: runs before the parameters"]
