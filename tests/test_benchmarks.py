"""The benchmark: its parts do what they say, and the document shows what was measured."""

import importlib
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from types import ModuleType
from typing import Any

import pytest

from helpers.data.check import check
from helpers.data.project import Project
from helpers.reports.plan import read_plan
from helpers.warm.preload import FOR_ANALYSTS

ROOT = Path(__file__).parents[1]
BENCHMARKS = ROOT / "benchmarks"
CELLS = (
    """
    class Chart:
        def _repr_html_(self):
            return (f'<figure class="kl-chart" id="a"><b>{start}</b>'
                    '<img src="data:image/svg+xml;base64,AA=="></figure>')
    """,
    "Chart()",
    "None",
    "days = 7\n6 * days",
    "print('to nobody')",
)
CHART = (
    '<figure class="kl-chart" id="a"><b>{}</b><img src="data:image/svg+xml;base64,AA=="></figure>'
)
SECONDS = {"loop": 80.0, "api": 36.0, "cache": 15.0, "limit": 8.0, "ours": 10.0}
MEASURED: dict[str, Any] = {
    "measured": "2026-01-02",
    "machine": {"cores": 2, "memory_gb": 8.0, "system": "Linux", "python": "3.11.9"}
    | {"versions": {"papermill": "2.7.0"}},
    "rounds": 3,
    "editions": 16,
    "charts": 60,
    "jobs": 2,
    "seconds": {name: [value, value - 1, value + 9] for name, value in SECONDS.items()}
    | {"nothing": [0.5, 0.4, 0.6], "claim": [5.0, 4.0, 6.0]},
    "memory_mb": {"ours": [300.0], "cache": [290.0], "limit": [200.0]},
    "kernel_seconds": {"stock": [2.0, 2.1, 1.9], "warm": [0.2, 0.25, 0.1]},
    "kernel_rounds": 3,
    "claim": {"table": "returns", "concerned": ["a", "b"], "rerun": [["a", "b"]] * 3},
}


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """Import a module of the benchmark."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))

    def module(name: str) -> ModuleType:
        return importlib.import_module(name)

    return module


@pytest.fixture
def stage(bench, project: Project, notebook: Callable[..., Path], plan: Callable[[str], None]):
    """A stage with one small edition."""
    notebook("small", *CELLS)
    plan("winter: {notebook: small, cadence: '0 6 * * 1', parameters: {start: 2020-11-09}}")
    staged = bench("stage").Stage(project.root.parent, read_plan(project), partial=False, jobs=2)
    bench("stage").prepare_work(staged)
    (staged.folder / "out").mkdir()
    return staged


def verdicts(bench: Callable[[str], Any], results: dict[str, Any]) -> dict[str, bool]:
    return {row.what.split(" ")[0].strip(",`"): row.met for row in bench("figures").rows(results)}


def test_document_shows_what_was_measured(bench, tmp_path: Path) -> None:
    measured = BENCHMARKS / "results.json"
    committed = (ROOT / "docs" / "performance.md").read_text("utf-8")
    results = json.loads(measured.read_text("utf-8"))
    document = tmp_path / "performance.md"
    document.write_text(committed, encoding="utf-8")
    bench("figures").write_document(document, results)
    assert document.read_text("utf-8") == committed
    assert len(bench("figures").rows(results)) == 8
    assert results["editions"] == len(read_plan(Project(ROOT)))


def test_document_without_markers_is_refused(bench, tmp_path: Path) -> None:
    document = tmp_path / "performance.md"
    document.write_text("# Performance\n", encoding="utf-8")
    with pytest.raises(ValueError, match="markers"):
        bench("figures").write_document(document, MEASURED)
    assert document.read_text("utf-8") == "# Performance\n"


def test_table_compares_medians_and_judges_each_target(bench) -> None:
    text = bench("figures").table(MEASURED)
    assert "| 80.0 s | 10.0 s | 8.00 times faster | at least 8 | met |" in text
    assert "| 8.0 s | 10.0 s | 1.25 times the limit | at most 1.35 | met |" in text
    assert "| 15.0 s | 10.0 s | 1.50 times faster | at least 1.6 | missed |" in text
    assert "| 290 MB | 300 MB | 1.03 times as much | at most 1 | missed |" in text
    assert "| 2 of 16 editions load it | 2 re-run in 5.0 s |" in text
    assert "| 2.00 s | 0.200 s | 10.0 times faster | at least 8 | met |" in text


def test_ours_and_the_limit_are_timed_after_each_of_the_others(bench) -> None:
    names, in_turns = list(bench("contenders").CONTENDERS), bench("rounds").in_turns
    assert names == ["loop", "api", "cache", "limit", "ours"]
    pair = ["limit", "ours"]
    assert in_turns(names, names) == ["loop", *pair, "api", *pair, "cache", *pair]
    assert in_turns(names, ["ours", "cache"]) == ["cache", "ours"]
    assert in_turns(names, ["limit", "ours", "memory"]) == pair
    seconds = MEASURED["seconds"] | {"ours": [10.0] * 9}
    turns = "rounds, in each of which ours and the limit had 3 turns; kernels"
    assert turns in bench("figures").about(MEASURED | {"seconds": seconds})
    assert "medians of 3 rounds; kernels" in bench("figures").about(MEASURED)


def test_every_target_can_be_missed(bench) -> None:
    slow = {name: [100.0] for name in ("ours", "nothing")}
    results = MEASURED | {
        "seconds": MEASURED["seconds"] | slow,
        "memory_mb": {"ours": [2.0], "cache": [1.0]},
        "kernel_seconds": {"stock": [2.0], "warm": [1.0]},
        "claim": MEASURED["claim"] | {"rerun": [["a", "b"], ["a", "c"]]},
    }
    assert set(verdicts(bench, results).values()) == {False}
    assert len(bench("figures").rows(results)) == 8


def test_part_of_a_benchmark_gives_part_of_the_table(bench) -> None:
    results = MEASURED | {"seconds": {"loop": [9.0], "ours": [1.0]}, "memory_mb": {}}
    del results["claim"]
    results["kernel_seconds"] = {}
    (row,) = bench("figures").rows(results)
    assert row.ratio == "9.00 times faster"


def test_limit_runs_the_cells_and_writes_what_they_show(bench, stage) -> None:
    out = stage.folder / "out"
    assert stage.run(bench("contenders").limit(stage, out)) > 0
    shown = (out / "winter.html").read_text("utf-8").split("\n")
    assert shown == ["", "", CHART.format("2020-11-09"), "", "42", ""]
    assert stage.charts(out) == {"winter": 1}


def test_limit_preloads_what_a_run_of_reports_does(bench, stage, notebook) -> None:
    asked = ("pandas", "helpers.charts.trend", "pyarrow.dataset", *FOR_ANALYSTS)
    notebook("small", f"import sys\n[name in sys.modules for name in {asked}]")
    stage.run(bench("contenders").limit(stage, stage.folder / "out"))
    shown = (stage.folder / "out" / "winter.html").read_text("utf-8").strip()
    assert shown == str([True, True, True, *[False for _ in FOR_ANALYSTS]])


def test_limit_that_fails_ends_the_benchmark(bench, stage, notebook) -> None:
    notebook("small", "1 / 0")
    with pytest.raises(bench("stage").BenchmarkError, match=r"(?s)ZeroDivisionError.*1 editions"):
        stage.run(bench("contenders").limit(stage, stage.folder / "out"))


def test_run_that_is_broken_off_leaves_no_process_behind(stage) -> None:
    started: list[subprocess.Popen[bytes]] = []

    def interrupt(process: subprocess.Popen[bytes]) -> None:
        started.append(process)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stage.run([["sleep", "60"]], watch=interrupt)
    assert started[0].returncode == -signal.SIGTERM


def test_peers_start_from_notebooks_that_hold_their_parameters(stage) -> None:
    (task,) = json.loads(stage.work.read_text("utf-8"))
    cells = json.loads(Path(task["parameterised"]).read_text("utf-8"))["cells"]
    injected = [c for c in cells if "injected-parameters" in c["metadata"].get("tags", [])]
    assert "".join(injected[0]["source"]).splitlines()[1:] == ['start = "2020-11-09"']


def test_missing_page_ends_the_benchmark(bench, stage) -> None:
    with pytest.raises(bench("stage").BenchmarkError, match="no page for winter"):
        stage.charts(stage.folder / "out")


def test_figure_without_a_picture_is_no_chart(stage) -> None:
    text = '<figure class="kl-chart">nothing</figure>' + CHART.format("a") + CHART.format("b")
    (stage.folder / "out" / "winter.html").write_text(text, encoding="utf-8")
    assert stage.charts(stage.folder / "out") == {"winter": 2}


def test_memory_shared_by_forked_processes_counts_once(bench) -> None:
    code = (
        "import os, time; x = b'x' * 150_000_000; c = os.fork(); time.sleep(0.5); c and os.wait()"
    )
    peak = bench("memory").Peak()
    process = subprocess.Popen([sys.executable, "-c", code])
    peak.watch(process)
    assert process.returncode == 0
    assert 150e6 < peak.bytes < 200e6
    assert peak.samples > 3


def test_appended_claims_are_valid(bench, project: Project) -> None:
    copytree(ROOT / "data" / "raw", project.raw, dirs_exist_ok=True)
    append = bench("claim").append_claim
    assert append(project) != append(project)
    assert check(project) == []


def test_claim_concerns_the_editions_that_load_its_table(bench, tmp_path: Path) -> None:
    (tmp_path / "project").symlink_to(ROOT)
    shipped = bench("stage").Stage(tmp_path, read_plan(Project(ROOT)), partial=False, jobs=1)
    names = bench("claim").concerned(shipped)
    assert {"overview", "returns-first-winter", "claims-escorted-returns"} <= set(names)
    assert not {"exchanges", "claims-war-toll", "timeline-2020-2021"} & set(names)


def test_arguments(bench) -> None:
    suite = bench("suite")
    assert suite.arguments([]).rounds >= 3
    assert set(suite.arguments([]).only) == set(suite.PARTS)
    assert suite.arguments(["--only", "loop", "ours"]).only == ["loop", "ours"]
    with pytest.raises(SystemExit):
        suite.arguments(["--only", "everything"])


@pytest.mark.parametrize("script", ["peer_api", "peer_cache", "charts"])
def test_scripts_of_their_own_processes_import(bench, script: str) -> None:
    assert callable(bench(script).main)
