"""Every edition comes out the same from a forked kernel and from a cold one."""

import difflib
import json
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from helpers.data.project import Project
from helpers.reports.execute import Outcome, Status, execute
from helpers.reports.kernel import Kernels
from pages import EDITIONS, ROOT, shipped_project

TIMES = {"start_time", "end_time", "duration", "execution"}
WAYS = ("warm", "cold")


def without_times(part: Any) -> Any:
    """A notebook without timing fields and without the injected cell's random id."""
    if isinstance(part, list):
        return [without_times(item) for item in part]
    if not isinstance(part, dict):
        return part
    injected = "injected-parameters" in part.get("metadata", {}).get("tags", [])
    left_out = TIMES | ({"id"} if injected else set())
    return {name: without_times(value) for name, value in part.items() if name not in left_out}


def lines(outcome: Outcome) -> list[str]:
    text = json.dumps(without_times(outcome.notebook), indent=1, ensure_ascii=False)
    # Where an object without a text of its own lies in memory differs between any two runs.
    return re.sub(r" at 0x[0-9a-f]+>", ">", text).splitlines()


@pytest.fixture(scope="module")
def outcomes(parent, tmp_path_factory) -> dict[tuple[str, str], Outcome]:
    """All editions, run both ways, two at a time."""
    project = shipped_project(tmp_path_factory.mktemp("both"))
    shutil.copytree(ROOT / "notebooks", project.notebooks)
    shutil.copy(ROOT / "reports.yml", project.plan)
    ways = {"warm": Kernels(parent), "cold": Kernels()}

    def run(task: tuple[str, str]) -> Outcome:
        name, way = task
        return execute(EDITIONS[name], Project(project.root), kernels=ways[way])

    tasks = [(name, way) for name in EDITIONS for way in WAYS]
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(tasks, pool.map(run, tasks), strict=True))


@pytest.mark.parametrize("name", EDITIONS)
def test_an_edition_is_the_same_warm_and_cold(outcomes, name):
    warm, cold = (outcomes[name, way] for way in WAYS)
    assert warm.status is cold.status is Status.SUCCEEDED, (warm.message, cold.message)
    assert (warm.kernel, cold.kernel[:4]) == ("warm", "cold")
    assert warm.reads == cold.reads != {}
    if (texts := (lines(warm), lines(cold)))[0] != texts[1]:
        difference = difflib.unified_diff(*texts, "warm", "cold", n=1, lineterm="")
        pytest.fail("\n".join(line[:200] for line in difference))


def test_only_times_and_one_id_are_left_out(outcomes):
    name = next(iter(EDITIONS))
    notebook = json.loads(json.dumps(outcomes[name, "warm"].notebook))
    notebook["cells"][-1]["outputs"].append({"output_type": "stream", "name": "x", "text": "y"})
    assert without_times(notebook) != without_times(outcomes[name, "warm"].notebook)
