"""A run publishes what succeeded, keeps what was good, and tells what failed."""

import json
import os
import re
import signal
import subprocess
import sys
import threading

import pytest
from bs4 import BeautifulSoup

from helpers.data.errors import DataError, Problem, ReportError
from helpers.reports import runner
from helpers.reports.crew import Options
from helpers.reports.plan import PlanError
from helpers.reports.runner import run_reports

TWO = """
good: {notebook: good, title: The good one, cadence: "0 6 * * 1"}
bad: {notebook: bad, parameters: {start: 2021-01-01}, cadence: "0 6 * * 1"}
"""


AROUND = ("archive.html", "failed.html", "feed.xml", "index.html", "manifest.json")


class Ear:
    """A listener that keeps what it hears."""

    def __init__(self):
        self.total, self.heard = 0, []

    def begin(self, total):
        self.total = total

    def skipped(self, record):
        self.heard.append((record.edition, "skipped", ""))

    def done(self, record, why):
        self.heard.append((record.edition, record.status, why))


@pytest.fixture
def two(project, notebook, plan, built):
    notebook(
        "good",
        "from IPython.display import HTML\nHTML(f'<p class=\"kl-news\">Known: {as_of}.</p>')",
    )
    notebook("bad", "if start: raise ValueError('no such day')")
    plan(TWO)
    return project


def names(project) -> list[str]:
    return sorted(path.name for path in project.reports.iterdir())


def test_a_failing_edition_stops_no_other_and_everything_is_recorded(two, built):
    ear = Ear()
    result = run_reports(two, listener=ear)
    assert built == [two]
    assert [record.edition for record in result.records] == ["good", "bad"]
    assert [record.edition for record in result.failures] == ["bad"]
    assert result.failures[0].reason == "cell 3: ValueError: no such day"
    assert ear.total == 2
    assert sorted(ear.heard) == [
        ("bad", "failed", "never ran"),
        ("good", "succeeded", "never ran"),
    ]
    assert result.summary == "1 succeeded, 1 failed"
    assert result.complaints == ("bad: failed: cell 3: ValueError: no such day",)
    assert result.exit_status == 1
    assert names(two) == sorted([*AROUND, "good", "good.html"])  # no temporary file is left
    manifest = json.loads((two.reports / "manifest.json").read_text(encoding="utf-8"))
    good, bad = manifest["editions"]
    assert manifest["newest_publication"] == "2024-07-12"
    assert good["page"]["news"] == "Known: ."
    assert good["page"]["bytes"] == (two.reports / "good.html").stat().st_size
    assert bad["page"] is None
    index = result.index.read_text(encoding="utf-8")
    assert 'href="good.html"' in index
    assert "cell 3: ValueError: no such day" in index


def test_page_dated_page_record_and_result_name_the_run(two):
    result = run_reports(two, ["good"])
    (record,) = result.records
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{4}", result.run)
    assert record.run == result.run
    dated = two.reports / "good" / record.page.dated
    assert json.loads(dated.with_name(f"{dated.name}.json").read_text())["record"]["run"] == (
        result.run
    )
    for page in (two.reports / "good.html", dated.with_name(f"{dated.name}.html")):
        about = BeautifulSoup(page.read_text("utf-8"), "html.parser").select_one(".kl-about")
        (told,) = [
            item.dd.text for item in about.find_all("div") if item.dt and item.dt.text == "Run"
        ]
        assert told == result.run


def test_the_last_good_page_stays_when_a_later_run_fails(two, notebook):
    run_reports(two, ["good"])
    page = (two.reports / "good.html").read_bytes()
    notebook("good", "1 / 0")
    result = run_reports(two, ["good"])
    (record,) = result.failures
    assert record.error == "ZeroDivisionError"
    assert record.page.file == "good.html"
    assert (two.reports / "good.html").read_bytes() == page
    index = result.index.read_text(encoding="utf-8")
    assert "ZeroDivisionError" in index
    assert 'href="good.html"' in index
    assert "The link leads to the last good page." in index


def test_editions_that_were_not_asked_for_keep_their_place(two, plan):
    run_reports(two, ["good"])
    run_reports(two, ["bad"])
    manifest = json.loads((two.reports / "manifest.json").read_text(encoding="utf-8"))
    assert [entry["edition"] for entry in manifest["editions"]] == ["good", "bad"]
    plan(TWO.splitlines()[2])
    run_reports(two, ["bad"])
    manifest = json.loads((two.reports / "manifest.json").read_text(encoding="utf-8"))
    assert [entry["edition"] for entry in manifest["editions"]] == ["bad"]
    assert (two.reports / "good.html").exists()


def test_as_of_and_folder_can_be_chosen(two, tmp_path):
    out = tmp_path / "deep" / "out"
    result = run_reports(two, ["good"], out=out, as_of="2021-05-01", options=Options(jobs=1))
    (record,) = result.records
    assert result.folder == out
    assert record.page.news == "Known: 2021-05-01."
    assert record.page.vintage == "only what had been published by 1 May 2021"
    assert not two.reports.exists()


def test_nothing_runs_when_the_plan_or_the_data_are_wrong(two, plan, monkeypatch):
    def broken(project):
        raise DataError(
            [Problem("data/raw/returns.csv", 3, "count", "x", "is no number", "mend it")]
        )

    monkeypatch.setattr(runner, "ensure_built", broken)
    with pytest.raises(DataError, match=r"returns\.csv:3"):
        run_reports(two)
    with pytest.raises(ReportError, match="no edition of the plan"):
        run_reports(two, ["godo"])
    plan(TWO.replace("start", "strat"))
    with pytest.raises(PlanError, match="did you mean 'start'"):
        run_reports(two)
    assert not two.reports.exists()


def test_a_folder_that_cannot_be_written_is_told_before_anything_runs(two, tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.touch()
    monkeypatch.setattr("helpers.reports.perform.perform", lambda *_, **__: pytest.fail("ran"))
    with pytest.raises(ReportError, match=r"cannot be written .*--out"):
        run_reports(two, out=blocked / "out")


def test_a_page_that_cannot_be_made_is_a_failure_of_its_edition(two, monkeypatch):
    monkeypatch.setattr("helpers.reports.render.render", lambda *_: 1 / 0)
    (record,) = run_reports(two, ["good"]).failures
    assert record.reason == "ZeroDivisionError: the page could not be made: division by zero"
    assert names(two) == sorted(AROUND)


def test_only_what_changed_runs_again(two, notebook):
    run_reports(two, ["good"])
    ear, before = Ear(), (two.reports / "good.html").stat().st_mtime_ns
    result = run_reports(two, ["good"], listener=ear)
    assert ear.heard == [("good", "skipped", "")]
    assert ear.total == 0
    assert (result.summary, result.exit_status) == ("1 unchanged", 0)
    assert (two.reports / "good.html").stat().st_mtime_ns == before
    (record,) = result.records
    assert record.verified >= record.ran
    assert "nothing has changed since, last checked" in result.index.read_text(encoding="utf-8")

    notebook("good", "'another text'")
    run_reports(two, ["good"], listener=ear)
    assert ear.heard[1:] == [("good", "succeeded", "notebook changed")]
    run_reports(two, ["good"], options=Options(force=True), listener=ear)
    assert ear.heard[2:] == [("good", "succeeded", "forced")]


def test_what_changes_during_a_run_is_noticed_by_the_next(two, notebook):
    """The page was made from the notebook as it was; its record must not claim the new one."""
    path = two.notebooks / "good.ipynb"
    notebook(
        "good",
        f"from pathlib import Path\np = Path({str(path)!r})\n"
        "p.write_text(p.read_text().replace('once', 'twice'))",
        "'once'",
    )
    run_reports(two, ["good"])
    ear = Ear()
    run_reports(two, ["good"], listener=ear)
    assert ear.heard == [("good", "succeeded", "notebook changed")]


def test_a_page_that_somebody_changed_is_made_again(two):
    run_reports(two, ["good"])
    page = two.reports / "good.html"
    content = page.read_bytes()
    page.write_bytes(content[:-1])
    run_reports(two, ["good"])
    assert page.read_bytes().endswith(content[-8:])


def test_with_nothing_to_do_nothing_heavy_is_imported(two):
    """A run that finds nothing changed ends in well under a second."""
    run_reports(two, ["good"])
    heavy = ("pandas", "numpy", "papermill", "nbconvert", "nbformat", "jupyter_client", "zmq")
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from helpers.data.project import Project\nfrom helpers.reports import runner\n"
        "runner.is_built = lambda project: True\n"
        f"result = runner.run_reports(Project(Path({str(two.root)!r})), ['good'])\n"
        f"print(result.summary, [name for name in {heavy} if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (run.stdout, run.stderr) == ("1 unchanged []\n", "")


def test_no_more_cells_run_at_a_time_than_jobs(project, notebook, plan, built, tmp_path):
    """Each cell counts who runs beside it; one kernel more may be starting meanwhile."""
    running = tmp_path / "running"
    running.mkdir()
    notebook(
        "counting",
        f"import os, time\nfrom pathlib import Path\nmine = Path({str(running)!r}, start)\n"
        "mine.touch()\ntime.sleep(0.3)\nbeside = len(os.listdir(mine.parent))\nmine.unlink()",
        "from IPython.display import HTML\nHTML(f'<p class=\"kl-news\">{beside}</p>')",
    )
    line = 'e{0}: {{notebook: counting, parameters: {{start: 2021-01-0{0}}}, cadence: "0 6 * * 1"}}'
    plan("\n".join(line.format(day) for day in range(1, 6)))
    result = run_reports(project, options=Options(jobs=2))
    assert result.exit_status == 0
    counts = [int(record.page.news) for record in result.records]
    assert max(counts) == 2


def test_ctrl_c_ends_the_kernels_and_keeps_the_record(project, notebook, plan, built, tmp_path):
    pids = tmp_path / "pids"
    pids.mkdir()
    write = f"import os, time; open(f'{pids}/{{os.getpid()}}', 'w').close(); time.sleep(60)"
    notebook("slow", write)
    plan("\n".join(f'{name}: {{notebook: slow, cadence: "0 6 * * 1"}}' for name in "abcd"))

    def interrupt():
        for _ in range(6000):
            if len(list(pids.iterdir())) == 2:
                break
            threading.Event().wait(0.02)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    result = run_reports(project, options=Options(jobs=2))
    thread.join()
    assert (result.stopped_by, result.exit_status) == (signal.SIGINT, 130)
    assert [record.status for record in result.records] == ["interrupted"] * 4
    assert [record.message for record in result.records][3] == "never begun"
    for path in pids.iterdir():
        with pytest.raises(ProcessLookupError):
            os.kill(int(path.name), 0)
    assert "was broken off" in result.index.read_text(encoding="utf-8")
