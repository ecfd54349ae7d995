"""The ready workflows are valid, run in UTC when reports are due, and call what exists."""

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from croniter import croniter
from typer.testing import CliRunner

from helpers.cli import app
from pages import EDITIONS, ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
DUE, PAGES = WORKFLOWS


def complaints(path: Path) -> str:
    """What GitHub's own schema for workflows, as check-jsonschema carries it, has to say."""
    schema = ["--builtin-schema", "vendor.github-workflows", "--color", "never"]
    command = [sys.executable, "-m", "check_jsonschema", *schema, str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def read(path: Path) -> dict:
    return yaml.safe_load(path.read_text("utf-8"))


def cron(path: Path) -> str:
    # YAML 1.1 reads the key `on` as true.
    (entry,) = read(path)[True]["schedule"]
    assert croniter.is_valid(entry["cron"])
    return entry["cron"]


def kept(path: Path, action: str) -> dict[str, str]:
    """Return what goes to the cache or comes from it: path to key."""
    uses = [step for step in steps(path) if f"actions/cache/{action}@" in step.get("uses", "")]
    return {step["with"]["path"]: step["with"]["key"] for step in uses}


def steps(path: Path) -> list[dict]:
    return [step for job in read(path)["jobs"].values() for step in job["steps"]]


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


def test_pages_come_after_the_last_edition_is_due() -> None:
    minute, hour = map(int, cron(PAGES).split()[:2])
    due = [edition.cadence.split()[:2] for edition in EDITIONS.values()]
    assert max((int(h), int(m)) for m, h in due) < (hour, minute)


def test_what_is_due_is_looked_for_every_hour() -> None:
    slots = croniter(cron(DUE), datetime(2026, 11, 30, tzinfo=UTC))
    moments = [slots.get_next(datetime) for _ in range(25)]
    assert {later - earlier for earlier, later in pairwise(moments)} == {timedelta(hours=1)}
    # A run that waits is dropped when the next one comes.
    assert read(DUE)["jobs"]["due"]["timeout-minutes"] < 60


def test_both_workflows_share_one_archive_and_never_write_it_together() -> None:
    assert read(DUE)["concurrency"] == read(PAGES)["concurrency"]
    assert (
        {"reports"}
        == set(kept(PAGES, "save"))
        < set(kept(DUE, "save"))
        == {
            "reports",
            ".schedule",
        }
    )
    assert kept(DUE, "save")["reports"] == kept(PAGES, "save")["reports"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_what_a_workflow_saves_it_restores(path: Path) -> None:
    assert kept(path, "save") == kept(path, "restore") != {}
    for step in steps(path):
        if step.get("uses", "").startswith("actions/cache/restore@"):
            prefix = step["with"]["restore-keys"]
            assert step["with"]["key"] == f"{prefix}${{{{ github.run_id }}}}"


def test_a_secret_goes_to_the_one_step_that_needs_it() -> None:
    text = DUE.read_text("utf-8")
    (step,) = (step for step in steps(DUE) if "env" in step)
    assert step["run"].startswith("exec ")  # a shell that waited would show it to the notebooks
    assert step["env"] == {"KARABAKH_ALERTS": "${{ secrets.KARABAKH_ALERTS }}"}
    assert text.count("secrets.") == 1


def test_actions_are_pinned_and_rights_are_few() -> None:
    for path in WORKFLOWS:
        assert all(re.search(r"@v\d+$", step["uses"]) for step in steps(path) if "uses" in step)
        assert read(path)["permissions"] == {"contents": "read"}
