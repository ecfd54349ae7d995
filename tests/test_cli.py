"""The command line parses, calls and prints; its exit status is true."""

import errno
import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from helpers import cli
from helpers.data.build import BuildResult
from helpers.data.errors import DataError, Problem
from helpers.data.load import load
from helpers.reports.crew import Options
from helpers.reports.manifest import Record
from helpers.reports.outcome import Limits
from helpers.reports.progress import RunProgress, Screen
from helpers.reports.runner import RunResult

REPOSITORY = Path(__file__).parents[1]
MOMENT = "2026-11-02T06:05:00+00:00"
PROBLEM = Problem("data/raw/returns.csv", 3, "count", "x", "is no number", "mend it")


@pytest.fixture
def karabakh(monkeypatch, capsys):
    """Run the command in this process; return its status, output and errors."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["karabakh", *arguments])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        captured = capsys.readouterr()
        return int(caught.value.code or 0), captured.out, captured.err

    return run


@pytest.fixture
def inside(project, monkeypatch):
    """Stand in a folder below the project, as any user may."""
    monkeypatch.delenv("KARABAKH_ROOT", raising=False)
    monkeypatch.chdir(project.notebooks)
    return project


def test_the_version_is_shown(karabakh):
    status, out, _ = karabakh("--version")
    assert status == 0
    assert out.startswith("karabakh ")


def test_without_a_project_the_remedy_is_told(karabakh, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KARABAKH_ROOT", raising=False)
    for command in ("check", "build", "list", "report"):
        status, out, err = karabakh(command)
        assert (status, out) == (1, "")
        assert "KARABAKH_ROOT" in err
        assert len(err.splitlines()) == 1


def test_the_root_can_be_named(karabakh, project, plan, notebook, tmp_path, monkeypatch):
    notebook("n")
    plan('named: {notebook: n, cadence: "0 6 * * 1"}')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KARABAKH_ROOT", str(project.root))
    status, out, _ = karabakh("list")
    assert status == 0
    assert "named" in out


def test_check_lists_each_problem_and_their_number(karabakh, inside, monkeypatch):
    found = [PROBLEM, PROBLEM]
    monkeypatch.setattr("helpers.data.check.check", lambda project: found)
    assert karabakh("check") == (1, f"{PROBLEM}\n{PROBLEM}\n2 problems found\n", "")
    found.pop()
    assert karabakh("check") == (1, f"{PROBLEM}\n1 problem found\n", "")
    found.pop()
    assert karabakh("check") == (0, "no problems found\n", "")


def test_build_tells_what_it_did(karabakh, inside, monkeypatch):
    results = [BuildResult({"returns": 1627}, ("returns.csv",)), BuildResult({"returns": 1627}, ())]
    monkeypatch.setattr("helpers.data.build.build", lambda project: results.pop(0))
    assert karabakh("build") == (0, "returns       1,627 rows\nbuilt\n", "")
    assert karabakh("build") == (0, "returns       1,627 rows\nunchanged\n", "")
    monkeypatch.setattr("helpers.data.freshness.is_built", lambda project: True)
    assert karabakh("build") == (0, "unchanged\n", "")


def test_diff_tells_what_differs_or_what_there_is(karabakh, inside, plan, notebook, built):
    notebook("n")
    plan('named: {notebook: n, cadence: "0 6 * * 1"}')
    for number in (1, 2):
        assert karabakh("report", "--force")[0] == 0
        status, out, err = karabakh("diff", "named")
        if number == 1:
            assert (status, out) == (1, "")
            assert re.fullmatch(r"named has one dated edition, 20[0-9-]{8}; a second is .*\n", err)
    first, second = sorted(path.stem for path in inside.reports.glob("named/*.html"))
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        f"named: {first} and {second}",
        "No difference in the claims of the sources they cite.",
    ]
    assert karabakh("diff", "named", second, first)[1].startswith(f"named: {second} and {first}\n")
    assert karabakh("diff", "named", first)[1] == out
    assert karabakh("diff", "named", "1999-01-01") == (
        1,
        "",
        f"'1999-01-01' is no dated edition of named; there are {first}, {second}\n",
    )
    assert karabakh("diff", "nmaed")[2].endswith("; did you mean 'named'?\n")
    assert karabakh("diff", "named", "--out", str(inside.docs))[0] == 1


def test_export_writes_one_zip_and_tells_its_size(karabakh, shipped, tmp_path, monkeypatch):
    root = shutil.copytree(shipped.root, tmp_path / "ledger")
    shutil.copy(REPOSITORY / "LICENSE-DATA.md", root)
    monkeypatch.chdir(root)
    path = tmp_path / "out" / "tables.zip"
    status, out, err = karabakh("export", "--out", str(path), "--as-of", "2021-05-01")
    assert (status, err) == (0, "")
    *rows, last = out.splitlines()
    assert last == f"{path} ({path.stat().st_size / 1e6:.1f} MB)"
    counts = {line.split()[0]: int(line.split()[1].replace(",", "")) for line in rows}
    assert 0 < counts["returns"] < len(load("returns", project=shipped).frame)
    assert zipfile.is_zipfile(path)
    assert karabakh("export", "--as-of", "May")[0] == 1


def test_an_error_of_the_data_is_one_line_per_problem(karabakh, inside, monkeypatch):
    def broken(project):
        raise DataError([PROBLEM, PROBLEM])

    monkeypatch.setattr("helpers.data.build.build", broken)
    assert karabakh("build") == (1, "", f"{PROBLEM}\n{PROBLEM}\n")


def test_report_runs_prints_plain_lines_and_fails_truly(karabakh, inside, plan, notebook, built):
    notebook("good", "1")
    notebook("bad", "raise ValueError('[red]no[/red]')")
    plan("""
    good: {notebook: good, cadence: "0 6 * * 1"}
    bad: {notebook: bad, cadence: "0 6 * * 1"}
    """)
    status, out, err = karabakh("report", "good", "--as-of", "2021-05-01", "--jobs", "1")
    assert (status, err) == (0, "")
    assert "\x1b" not in out
    first, second, third = out.splitlines()
    assert first.startswith("succeeded    good  ")
    assert first.endswith(" s (never ran)")
    assert (second, third) == ("1 succeeded", str(inside.reports / "index.html"))
    status, out, err = karabakh("report", "good", "--as-of", "2021-05-01")
    assert (status, err) == (0, "")
    assert out.startswith("skipped      good  unchanged since ")
    assert out.splitlines()[1] == "1 unchanged"
    status, out, err = karabakh("report", "--out", "elsewhere")
    assert status == 1
    assert err == "bad: failed: cell 3: ValueError: [red]no[/red]\n"
    assert (inside.notebooks / "elsewhere" / "good.html").is_file()
    assert "1 succeeded, 1 failed" in out


def test_a_wrong_edition_is_told_in_one_line(karabakh, inside, plan, notebook, built):
    notebook("n")
    plan('named: {notebook: n, cadence: "0 6 * * 1"}')
    status, out, err = karabakh("report", "nmaed")
    assert (status, out) == (1, "")
    assert err == "'nmaed' is no edition of the plan; did you mean 'named'?\n"


RECORD = Record("a", "A", "n", "Q", "", "interrupted", MOMENT, error="Interrupted")


def test_an_error_of_the_system_is_one_line(karabakh, inside, monkeypatch):
    def full(project):
        raise OSError(errno.ENOSPC, "No space left on device", "data/processed/returns.csv")

    monkeypatch.setattr("helpers.data.build.build", full)
    status, out, err = karabakh("build")
    assert (status, out) == (1, "")
    assert err == (
        "data/processed/returns.csv: No space left on device; "
        "free some space or see to the permissions, then run it again\n"
    )


@pytest.mark.parametrize("number", [2, 15])
def test_a_run_broken_off_has_the_status_of_its_signal(karabakh, inside, monkeypatch, number):
    result = RunResult((RECORD,), inside.reports, stopped_by=number)
    monkeypatch.setattr("helpers.reports.runner.run_reports", lambda *_, **__: result)
    status, out, err = karabakh("report")
    assert status == 128 + number
    assert out.startswith("1 interrupted\n")
    assert err == "a: interrupted: Interrupted\n"


def test_what_could_not_be_written_is_told_and_counts(karabakh, inside, monkeypatch):
    good = replace(RECORD, status="succeeded", error="")
    result = RunResult((good,), inside.reports, faults=("index.html: could not be written",))
    monkeypatch.setattr("helpers.reports.runner.run_reports", lambda *_, **__: result)
    status, out, err = karabakh("report")
    assert (status, err) == (1, "index.html: could not be written\n")
    assert out.startswith("1 succeeded\n")


def test_options_reach_the_run(karabakh, inside, monkeypatch):
    asked = {}

    def run(project, editions, **named):
        asked.update(named, editions=editions)
        return RunResult((), inside.reports)

    monkeypatch.setattr("helpers.reports.runner.run_reports", run)
    words = "a b --force --jobs 3 --cluster tcp://h:1 --cell-seconds 5 --run-seconds 7.5"
    assert karabakh("report", *words.split())[0] == 0
    assert asked["editions"] == ["a", "b"]
    limits = Limits(cell_seconds=5, run_seconds=7.5)
    assert asked["options"] == Options(3, force=True, cluster="tcp://h:1", limits=limits)
    assert karabakh("report")[0] == 0
    assert asked["options"] == Options()
    for wrong in ("--jobs=0", "--cell-seconds=0", "--run-seconds=-1"):
        assert karabakh("report", wrong)[0] == 2


def test_warm_starts_and_ends_the_shared_parent(karabakh, monkeypatch):
    answers, lingers = ["", "no fork here"], []

    def start(linger):
        lingers.append(linger)
        return answers.pop(0)

    monkeypatch.setattr("helpers.warm.client.start_shared", start)
    monkeypatch.setattr("helpers.warm.client.stop_shared", lambda: 2)
    assert karabakh("warm", "--linger", "30") == (0, "warm\n", "")
    assert karabakh("warm") == (1, "", "kernels will start cold: no fork here\n")
    assert lingers == [30, 600]
    assert karabakh("warm", "--stop") == (0, "2 ended\n", "")


def progress_on(stream, **options) -> RunProgress:
    return RunProgress(Screen(file=stream, width=80, **options))


def test_on_a_terminal_a_bar_is_drawn_and_taken_away():
    stream = io.StringIO()
    with progress_on(stream, force_terminal=True) as progress:
        progress.begin(1)
        progress.done(replace(RECORD, status="succeeded", seconds=1.25), "never ran")
    assert "━" in stream.getvalue()
    assert "succeeded" in stream.getvalue()
    assert "a  1.2 s (never ran)" in stream.getvalue()


def test_with_nothing_to_run_no_bar_is_drawn():
    stream = io.StringIO()
    with progress_on(stream, force_terminal=True) as progress:
        progress.skipped(RECORD)
        progress.begin(0)
    assert "━" not in stream.getvalue()
    assert "unchanged since 2 November 2026, 06:05 UTC" in stream.getvalue()


def test_elsewhere_plain_lines_tell_attempts_and_why_a_kernel_started_cold():
    stream = io.StringIO()
    with progress_on(stream) as progress:
        progress.begin(2)
        for name in "ab":
            cold = replace(RECORD, edition=name, kernel="cold: no fork here", attempts=3)
            progress.done(cold, "forced")
    assert stream.getvalue().splitlines() == [
        "interrupted  a  0.0 s, 3 attempts (forced)",
        "its kernel started cold: no fork here",
        "interrupted  b  0.0 s, 3 attempts (forced)",
    ]


def test_the_installed_command_starts_without_the_heavy_libraries():
    """Starting must be quick: nothing that takes long to import before it is needed."""
    heavy = ("pandas", "papermill", "nbconvert", "matplotlib", "jupyter_client")
    code = f"import sys, helpers.cli; print([m for m in {heavy} if m in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY / "src")},
    )
    assert result.stdout.strip() == "[]"


def test_the_shipped_tables_pass_the_check_from_any_folder(karabakh, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KARABAKH_ROOT", str(REPOSITORY))
    assert karabakh("check") == (0, "no problems found\n", "")
