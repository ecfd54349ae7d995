"""Small projects made afresh for each test; the shipped data built, and its notebooks run, once."""

import signal
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from helpers.data.project import Project
from pages import Runner, shipped_project
from small_projects import make_project, write_notebook

settings.register_profile("ledger", derandomize=True, deadline=None, database=None)
settings.load_profile("ledger")

# Whoever starts the tests in the background may have them ignore signals, and all they start, too.
for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
    if signal.getsignal(number) is signal.SIG_IGN:
        usual = signal.default_int_handler if number is signal.SIGINT else signal.SIG_DFL
        signal.signal(number, usual)


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The shipped tables in a folder of their own, built; tests only read it."""
    return shipped_project(tmp_path_factory.mktemp("shipped"))


@pytest.fixture(scope="session")
def runner(shipped: Project) -> Runner:
    """Runs notebooks over the shipped data, each run once."""
    return Runner(shipped)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project."""
    return make_project(tmp_path / "project")


@pytest.fixture
def notebook(project: Project) -> Callable[..., Path]:
    """Write a notebook into the project: ``notebook("name", "cell", "cell")``."""

    def write(name: str, *cells: str, **options: str | None) -> Path:
        return write_notebook(project, name, *cells, **options)

    return write


@pytest.fixture
def plan(project: Project) -> Callable[[str], None]:
    """Write the project's plan from the text below ``editions:``."""

    def write(editions: str) -> None:
        text = "editions:\n" + textwrap.indent(textwrap.dedent(editions).strip("\n"), "  ") + "\n"
        project.plan.write_text(text, encoding="utf-8")

    return write


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[Project]:
    """Let reports run over tables of three sources; lists the projects that were built."""
    calls: list[Project] = []

    def ensure_built(project: Project) -> None:
        calls.append(project)
        text = "source_id,published\na,2021-01-01\nb,2024-07-12\nc,\n"
        (project.processed / "sources.csv").write_text(text, encoding="utf-8")

    monkeypatch.setattr("helpers.reports.runner.is_built", calls.__contains__)
    monkeypatch.setattr("helpers.reports.runner.ensure_built", ensure_built)
    return calls


SAMPLE = (
    """
    import base64, os, sys
    from IPython.display import HTML, Image, SVG, Markdown, display
    print("to nobody", file=sys.stderr)
    """,
    """
    display(HTML('<p class="kl-prose kl-news">In all <b>96</b> came back<sup class="kl-cite">'
                 '<a href="#src-1">1</a></sup> &amp; stayed.</p>'))
    """,
    """
    svg = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"
    data = base64.b64encode(svg.encode()).decode()
    HTML(f'<figure class="kl-chart" id="fig-returns"><img src="data:image/svg+xml;base64,{data}" '
         'alt="Line rising to 96" width="9" height="9"><figcaption>Interfax</figcaption>'
         '<details class="kl-data"><summary>Numbers</summary><table><thead><tr><th scope="col">Day'
         '</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table></details></figure>')
    """,
    """
    HTML('<table class="kl-table"><caption>Handovers &amp; returns</caption><tbody><tr>'
         '<th scope="row">3 July</th><td>15</td></tr></tbody></table>')
    """,
    """
    png = ("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk"
           "+A8AAQUBAScY42YAAAAASUVORK5CYII=")
    display(Image(base64.b64decode(png)), metadata={"image/png": {"alt": 'A "dot"', "width": 40}})
    display(SVG(svg))
    """,
    'display(Markdown("### A finer point\\n\\nWith *stress*."))',
    'print("printed", start, "<b>not bold</b>", os.environ["KARABAKH_ROOT"])',
    """
    HTML('<ol class="kl-sources"><li id="src-1">Interfax, <a href="https://example.org/1">page</a>'
         '</li></ol>')
    """,
    "last_line = 'nothing to show'",
)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory):
    """Return a project, an edition and its outcome after a real run."""
    from helpers.reports.execute import execute
    from helpers.reports.plan import read_plan

    project = make_project(tmp_path_factory.mktemp("sample"))
    write_notebook(
        project, "sample", *SAMPLE, heading="# Who *came* back?\n\nA `few` words.\n\n## Why"
    )
    project.plan.write_text(
        "editions:\n  winter:\n    notebook: sample\n    title: The first winter\n"
        "    parameters: {start: 2020-11-09}\n    cadence: '0 6 * * 1'\n",
        encoding="utf-8",
    )
    (edition,) = read_plan(project)
    return project, edition, execute(edition, project)
