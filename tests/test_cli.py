"""The command line parses, calls and prints; its exit status is true."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import cli
from helpers.data.build import BuildResult
from helpers.data.errors import DataError, Problem

REPOSITORY = Path(__file__).parents[1]
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
    assert out.startswith("named\n")


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


def test_an_error_of_the_data_is_one_line_per_problem(karabakh, inside, monkeypatch):
    def broken(project):
        raise DataError([PROBLEM, PROBLEM])

    monkeypatch.setattr("helpers.data.build.build", broken)
    assert karabakh("build") == (1, "", f"{PROBLEM}\n{PROBLEM}\n")


def test_list_shows_editions_with_their_parameters_and_cadence(karabakh, inside, plan, notebook):
    notebook("n")
    plan("""
    first:
      notebook: n
      title: The first winter
      parameters: {start: 2020-11-09}
      cadence: "0 6 * * 1"
    """)
    status, out, _ = karabakh("list")
    assert status == 0
    assert out.splitlines() == [
        "first",
        "    The first winter",
        "    notebook n, cadence 0 6 * * 1 (UTC)",
        "    start: '2020-11-09'",
    ]


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
    assert (second, third) == ("1 of 1 editions", str(inside.reports / "index.html"))
    status, out, err = karabakh("report", "--out", "elsewhere")
    assert status == 1
    assert err == "bad: failed: cell 3: ValueError: [red]no[/red]\n"
    assert (inside.notebooks / "elsewhere" / "good.html").is_file()
    assert "1 of 2 editions" in out


def test_a_wrong_edition_is_told_in_one_line(karabakh, inside, plan, notebook, built):
    notebook("n")
    plan('named: {notebook: n, cadence: "0 6 * * 1"}')
    status, out, err = karabakh("report", "nmaed")
    assert (status, out) == (1, "")
    assert err == "'nmaed' is no edition of the plan; did you mean 'named'?\n"


def test_a_run_broken_off_has_the_status_of_its_signal(karabakh, inside, monkeypatch):
    from helpers.reports.manifest import Record
    from helpers.reports.runner import RunResult

    record = Record("a", "A", "n", "Q", "", "interrupted", "", error="Interrupted")
    result = RunResult((record,), inside.reports, interrupted=True)
    monkeypatch.setattr("helpers.reports.runner.run_reports", lambda *_, **__: result)
    status, _, err = karabakh("report")
    assert status == 130
    assert err == "a: interrupted: Interrupted\n"


def test_on_a_terminal_a_bar_is_drawn_and_taken_away():
    import io

    from rich.console import Console

    from helpers.reports.manifest import Record
    from helpers.reports.progress import RunProgress

    stream = io.StringIO()
    with RunProgress(Console(file=stream, force_terminal=True, width=80)) as progress:
        progress.begin(1)
        progress.done(Record("a", "A", "n", "Q", "", "succeeded", "", 1.25))
    assert "━" in stream.getvalue()
    assert "succeeded" in stream.getvalue()
    assert "a  1.2 s" in stream.getvalue()


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
