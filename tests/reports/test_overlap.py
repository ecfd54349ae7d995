"""What a run does while its kernels' parent loads, and what it never does twice."""

import subprocess
import sys
from dataclasses import asdict

import pytest

from helpers.reports import plan as plan_module
from helpers.reports import runner, shelf
from helpers.reports.crew import Local, Options
from helpers.reports.manifest import plain_record, read_manifest
from helpers.reports.runner import run_reports

REHEARSED = """
import sys
from datetime import datetime
import jinja2
from helpers.reports.perform import rehearse
rehearse()
loaded = set(sys.modules)
jinja2.Environment.compile = None
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from helpers.reports.page import Page
from helpers.reports.render import render
shown = new_output("display_data", {"text/html": "<p>Shown.</p>"})
cells = [new_markdown_cell("# Who?"), new_code_cell("1 + 1", outputs=[shown])]
page = render(new_notebook(cells=cells), Page("e", "E", "n", datetime(2026, 1, 1)))
print("Shown." in page, set(sys.modules) - loaded)
"""


@pytest.fixture
def one(project, notebook, plan, built):
    notebook("good", "from IPython.display import HTML\nHTML('<p class=\"kl-news\">Good.</p>')")
    plan('good: {notebook: good, cadence: "0 6 * * 1"}')
    return project


@pytest.fixture
def steps(monkeypatch):
    """What a run does, in order."""
    done = []

    def note(place, name):
        inner = getattr(place, name)

        def call(*words, **named):
            done.append(name)
            return inner(*words, **named)

        monkeypatch.setattr(place, name, call)

    for place, name in (
        (Local, "__enter__"),
        (plan_module, "read_plan"),
        (runner, "hold"),
        (runner, "give_back"),
    ):
        note(place, name)
    return done


def test_the_parent_starts_first_when_something_is_sure_to_run(one, steps):
    runner.ensure_built(one)
    assert run_reports(one).exit_status == 0
    first = ["__enter__", "read_plan", "hold", "give_back"]
    assert steps == first, "nothing was made yet"
    assert run_reports(one, options=Options(force=True)).exit_status == 0
    assert steps[4:] == first, "forced"
    assert run_reports(one).summary == "1 unchanged"
    assert steps[8:] == ["read_plan", "hold"], "no parent for nothing"
    (one.reports / "good.html").unlink()
    assert run_reports(one).summary == "1 succeeded"
    assert steps[10:] == ["read_plan", "hold", "__enter__", "give_back"]


def test_the_first_page_finds_everything_loaded_and_compiled():
    run = subprocess.run([sys.executable, "-c", REHEARSED], capture_output=True, text=True)
    assert (run.stdout, run.stderr) == ("True set()\n", "")


def test_a_run_rehearses_once_and_goes_on_where_that_fails(one, monkeypatch):
    made = []

    def fail_first(notebook, page):
        made.append(page.edition)
        return "<p>page</p>" if len(made) > 1 else 1 / 0

    monkeypatch.setattr("helpers.reports.render.render", fail_first)
    assert run_reports(one).exit_status == 0
    assert made == ["none", "good"]


def test_records_are_written_as_they_are(one, monkeypatch):
    run_reports(one)
    (record,) = read_manifest(one.reports).values()
    assert record.page
    assert plain_record(record) == asdict(record)
    assert list(plain_record(record)) == list(asdict(record))


def test_versions_are_looked_up_once(monkeypatch):
    asked = []
    monkeypatch.setattr(shelf.metadata, "version", lambda name: asked.append(name) or "1")
    shelf._versions.cache_clear()
    assert shelf._versions() == shelf._versions()
    shelf._versions.cache_clear()
    assert sorted(asked.count(name) for name in shelf.MAKERS) == [1] * len(shelf.MAKERS)
