"""From notebook to page in one call, which threads and workers share."""

import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from helpers.reports.editions import Edition
from helpers.reports.kernel import Kernels
from helpers.reports.outcome import Limits, Status
from helpers.reports.perform import perform
from helpers.reports.plan import read_plan
from helpers.reports.scratch import private_folder
from helpers.warm.client import WarmParent

LIMITS = Limits(cell_seconds=60, attempts=1)
EDITION = Edition("e", "n", "All of it", "Who came back?")
NEWS = "from IPython.display import HTML\nHTML('<p class=\"kl-news\">In all <b>96</b>.</p>')"


@pytest.fixture(scope="module")
def parent():
    with private_folder() as folder, WarmParent(Path(folder)) as parent:
        yield parent


@pytest.fixture
def make(project, notebook, parent):
    """Run cells and make the page."""
    text = "source_id,published\na,2021-01-01\nb,2024-07-12\nc,\n"
    (project.processed / "sources.csv").write_text(text, encoding="utf-8")

    def run(*cells: str, edition: Edition = EDITION):
        notebook(edition.notebook, *cells)
        return perform(edition, project, limits=LIMITS, kernels=Kernels(parent))

    return run


def test_a_page_comes_with_all_that_is_said_of_it(make, project, plan, notebook):
    notebook("n", NEWS)
    plan(
        """
        e:
          notebook: n
          title: All of it
          parameters: {start: 2021-01-01}
          cadence: "0 6 * * 1"
        """
    )
    (edition,) = read_plan(project)
    finished = make(NEWS, "print(start)", edition=edition)
    assert finished.edition == edition
    assert finished.outcome.status is Status.SUCCEEDED
    assert finished.outcome.notebook is None
    assert finished.outcome.kernel == "warm"
    assert finished.news == "In all 96."
    assert "12 July 2024" in finished.vintage
    for part in ("<h1", "Who came back?", "All of it", "2021-01-01", "first day"):
        assert part in finished.html
    age = datetime.now(UTC) - finished.made
    assert timedelta(0) <= age < timedelta(minutes=5)
    assert finished.made.microsecond == 0


def test_what_is_finished_can_travel(make):
    finished = make(NEWS)
    assert pickle.loads(pickle.dumps(finished)) == finished


def test_notes_of_what_was_left_out_are_on_the_page(make):
    finished = make(
        "print('x' * 300_000)", "display('y' * 11_000_000)", "for n in range(501): display(n)"
    )
    for note in (
        "[100,001 more characters were left out: a cell may print 200,000]",
        "[left out: an output of 11.0 MB, where 10.0 MB are allowed]",
        "[left out: 1 more outputs of 0.0 MB; a cell may show 500 of 40.0 MB in all]",
    ):
        assert note in finished.html
    assert len(finished.html) < 600_000


def test_a_failing_notebook_has_no_page(make):
    finished = make("raise ValueError('no such day')")
    assert finished.outcome.status is Status.FAILED
    assert finished.outcome.message == "no such day"
    assert (finished.html, finished.news, finished.vintage) == ("", "", "")


def test_a_page_that_cannot_be_made_is_a_failure(make, project):
    (project.processed / "sources.csv").unlink()
    outcome = make("1").outcome
    assert outcome.status is Status.FAILED
    assert outcome.error == "FileNotFoundError"
    assert outcome.message.startswith("the page could not be made: ")
    assert outcome.kernel == "warm"


def test_threads_make_the_pages_one_thread_makes(make, project, notebook, parent):
    make("1")
    editions = [replace(EDITION, name=f"e{n}", notebook=f"n{n}") for n in range(6)]
    for n, edition in enumerate(editions):
        cells = [f"print('page {n}', {m})" for m in range(20)]
        notebook(edition.notebook, NEWS, *cells, heading=f"# Question {n}?")
    kernels = Kernels(parent)

    def page(edition: Edition) -> str:
        finished = perform(edition, project, limits=LIMITS, kernels=kernels)
        assert finished.outcome.status is Status.SUCCEEDED
        made = finished.made
        words = (f"{made.day} {made:%B %Y}, {made:%H:%M} UTC", f"{made:%H:%M}", made.isoformat())
        html = finished.html
        for word in words:
            html = html.replace(word, "")
        return html

    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(page, editions))
    assert together == [page(edition) for edition in editions]
    assert len(set(together)) == 6


def test_nothing_heavy_is_imported_before_there_is_something_to_run():
    heavy = "papermill, nbclient, nbconvert, nbformat, jupyter_client, zmq, jinja2, pandas"
    code = "import sys; import helpers.reports.perform, helpers.reports.kernel\n"
    code += f"print(set({heavy.split(', ')}) & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "set()\n"
