"""The ready workflow is valid, runs in UTC after the reports are due, and calls what exists."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from croniter import croniter
from typer.testing import CliRunner

from helpers.cli import app
from pages import EDITIONS, ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def complaints(path: Path) -> str:
    """What GitHub's own schema for workflows, as check-jsonschema carries it, has to say."""
    schema = ["--builtin-schema", "vendor.github-workflows", "--color", "never"]
    command = [sys.executable, "-m", "check_jsonschema", *schema, str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def steps(path: Path) -> list[dict]:
    jobs = yaml.safe_load(path.read_text("utf-8"))["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflow_keeps_to_the_schema(path: Path) -> None:
    assert complaints(path) == ""


def test_a_broken_workflow_would_be_noticed(tmp_path: Path) -> None:
    text = WORKFLOWS[0].read_text("utf-8")
    for right, wrong in (("runs-on:", "run-on:"), ("contents: read", "contents: perhaps")):
        path = tmp_path / "broken.yml"
        path.write_text(text.replace(right, wrong), encoding="utf-8")
        assert "broken.yml" in complaints(path)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflow_calls_what_exists(path: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    called = "\n".join(step["run"] for step in steps(path) if "run" in step)
    made = re.findall(r"\bmake (\w+)", called)
    assert made
    assert set(made) <= targets
    for command in re.findall(r"karabakh (\w+)", called):
        assert CliRunner().invoke(app, [command, "--help"]).exit_code == 0


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflow_runs_after_the_last_edition_is_due(path: Path) -> None:
    # YAML 1.1 reads the key `on` as true.
    (entry,) = yaml.safe_load(path.read_text("utf-8"))[True]["schedule"]
    assert croniter.is_valid(entry["cron"])
    minute, hour = map(int, entry["cron"].split()[:2])
    due = [edition.cadence.split()[:2] for edition in EDITIONS.values()]
    assert max((int(h), int(m)) for m, h in due) < (hour, minute)


def test_actions_are_pinned_and_rights_are_few() -> None:
    for path in WORKFLOWS:
        assert all(re.search(r"@v\d+$", step["uses"]) for step in steps(path) if "uses" in step)
        assert yaml.safe_load(path.read_text("utf-8"))["permissions"] == {"contents": "read"}
