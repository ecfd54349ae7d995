"""The ways to make the same reports: each is the commands of one run."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stage import BIN, Command, Stage, notebook_of

SCRIPTS = Path(__file__).parent


@dataclass(frozen=True)
class Contender:
    """One way to make all reports.

    Attributes
    ----------
    name : str
        Short, for the command line and the JSON.
    what : str
        For readers.
    commands : callable
        Takes the stage and an empty output folder; returns what to run, one after another.
    """

    name: str
    what: str
    commands: Callable[[Stage, Path], list[Command]]


def loop(stage: Stage, out: Path) -> list[Command]:
    """Call papermill and nbconvert for each report, as a shell script would."""
    commands = []
    for edition in stage.editions:
        executed = str(out / f"{edition.name}.ipynb")
        given = ["--parameters_yaml", json.dumps(edition.given)] if edition.given else []
        notebook = str(notebook_of(stage, edition))
        commands += [
            [str(BIN / "papermill"), notebook, executed, "--kernel", "python3", *given],
            [str(BIN / "jupyter"), "nbconvert", "--to", "html", executed],
        ]
    return commands


def api(stage: Stage, out: Path) -> list[Command]:
    """Call papermill's API and one exporter, in one process."""
    return [_script("peer_api.py", stage, out)]


def cache(stage: Stage, out: Path) -> list[Command]:
    """Call jupyter-cache's parallel executor, then one exporter."""
    return [_script("peer_cache.py", stage, out)]


def limit(stage: Stage, out: Path) -> list[Command]:
    """Run the cells alone, in forked children."""
    return [[*_script("limit.py", stage, out), str(stage.jobs)]]


def ours(stage: Stage, out: Path) -> list[Command]:
    """Call our command, told to re-execute everything."""
    return [[*report(stage, out), "--force"]]


def report(stage: Stage, out: Path) -> Command:
    """Return our command for the editions of a stage: only what changed is re-executed."""
    return [str(BIN / "karabakh"), "report", *stage.names, "--out", str(out)]


def _script(name: str, stage: Stage, out: Path) -> Command:
    return [sys.executable, str(SCRIPTS / name), str(stage.work), str(out)]


CONTENDERS = {
    item.name: item
    for item in (
        Contender("loop", "`papermill`, then `jupyter nbconvert`, per report in a loop", loop),
        Contender("api", "papermill's API and one HTMLExporter in one process", api),
        Contender("cache", "jupyter-cache's parallel executor, then one HTMLExporter", cache),
        Contender("limit", "the limit: the cells alone, in forked children", limit),
        Contender("ours", "`karabakh report --force`", ours),
    )
}
