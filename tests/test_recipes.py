"""Recipes in the documents parse, and call commands that exist; rules name metrics that exist."""

import ast
import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from commands import assert_called
from helpers.schedule.metrics import metrics_text
from helpers.schedule.standing import Standing
from pages import ROOT

TEXT = (ROOT / "docs" / "operations.md").read_text("utf-8")
NOW = datetime(2026, 11, 30, 6, tzinfo=UTC)
STANDING = Standing(
    edition="overview",
    title="Everything",
    cadence="0 5 * * *",
    status="failed",
    reason="",
    last_run=NOW,
    last_success=NOW,
    next_run=NOW,
    period=timedelta(days=1),
    due_since=None,
    overdue=False,
    failing=True,
    seconds=1.0,
    run="",
)


def blocks(language: str) -> list[str]:
    return re.findall(rf"(?s)```{language}\n(.*?)```", TEXT)


RECIPES = [block for block in blocks("python") if "karabakh" in block]


def calls(code: str) -> Iterator[list[str]]:
    """Every command line of ours in some code: a list of words, or one text for a shell."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.List) and node.elts:
            words = [item.value if isinstance(item, ast.Constant) else "" for item in node.elts]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            words = shlex.split(node.value)
        else:
            continue
        if words[0].rpartition("/")[2] == "karabakh":
            yield words


def test_every_way_that_is_promised_has_a_recipe() -> None:
    text = "".join(RECIPES)
    for name in ("prefect", "airflow", "dask_jobqueue"):
        assert f"from {name}" in text


@pytest.mark.parametrize("code", RECIPES, ids=lambda code: code.split()[-1])
def test_a_recipe_parses_and_calls_what_exists(code: str) -> None:
    called = list(calls(code))
    assert called
    for words in called:
        assert_called(words)


def test_calls_are_found() -> None:
    assert list(calls("run(['a/karabakh', 'due', x])")) == [["a/karabakh", "due", ""]]
    assert list(calls("Bash(command='.venv/bin/karabakh due --jobs 2')")) == [
        [".venv/bin/karabakh", "due", "--jobs", "2"]
    ]
    assert list(calls("print('karabakh', [], 'a karabakh')")) == []


def test_ways_to_call_try_nothing_again_themselves() -> None:
    # What failed is tried again by `karabakh due`; a run too many would be told as a failure.
    for code in RECIPES:
        assert not re.search(r"retries\W+[1-9]", code)


def test_rules_for_prometheus_name_metrics_that_exist() -> None:
    (block,) = (block for block in blocks("yaml") if "alert:" in block)
    (group,) = yaml.safe_load(block)["groups"]
    text = metrics_text([STANDING], now=NOW, incidents=0, waiting=0)
    made = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    for rule in group["rules"]:
        assert set(rule) == {"alert", "expr", "for", "annotations"}
        named = set(re.findall(r"karabakh_\w+", rule["expr"]))
        assert named
        assert named <= made
