"""The shipped editions, made once by the real runner on a copy of the project, and one browser."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright
from sight import EXECUTABLES, Sight

from helpers.data.project import ROOT_VARIABLE, Project
from helpers.reports.plan import read_plan

ROOT = Path(__file__).resolve().parents[2]
EDITIONS = [edition.name for edition in read_plan(Project(ROOT))]
SITE_PAGES = ["index", "archive", "failed"]
HERE = Path(__file__).parent
COMMAND = "from helpers.cli import main; main()"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the browser for the end: while it is open, its event loop owns the main thread."""
    items.sort(key=lambda item: HERE in item.path.parents)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test over all pages, or over the editions' when it asks for an `edition`."""
    if "name" in metafunc.fixturenames:
        names = EDITIONS if "edition" in metafunc.fixturenames else [*EDITIONS, *SITE_PAGES]
        # With the scope of a session, all tests of one page follow each other: it opens once.
        metafunc.parametrize("name", names, indirect=True, scope="session")


@pytest.fixture(scope="session")
def name(request: pytest.FixtureRequest) -> str:
    """Name of a page, without its ending."""
    return request.param


@pytest.fixture(scope="session")
def edition(name: str) -> str:
    """Name of an edition's page."""
    return name


def copy_project(root: Path) -> Path:
    """Copy what a run needs: the curated rows, the notebooks, the plan."""
    shutil.copytree(ROOT / "data" / "raw", root / "data" / "raw")
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    shutil.copy(ROOT / "reports.yml", root / "reports.yml")
    return root


def run_command(root: Path, *words: str, code: str = COMMAND) -> subprocess.CompletedProcess[str]:
    """Run the command on a project, as a user does, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=root,
        env={**os.environ, ROOT_VARIABLE: str(root)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def make_reports(root: Path, code: str = COMMAND) -> Path:
    """Make every page of a project; return their folder."""
    told = run_command(root, "report", code=code)
    assert told.returncode == 0, told.stdout + told.stderr
    return root / "reports"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with a page for every shipped edition, the index and what belongs to it."""
    return make_reports(copy_project(tmp_path_factory.mktemp("site") / "ledger"))


@pytest.fixture(scope="session")
def playing() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playing: Playwright) -> Iterator[Browser]:
    """Return the one browser. Where none is installed the tests fail: nothing is passed over."""
    found = next((path for name in EXECUTABLES if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail(f"no browser: install one of {', '.join(EXECUTABLES)}", pytrace=False)
    browser = playing.chromium.launch(executable_path=found, args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def desk(chromium: Browser, site: Path, name: str) -> Iterator[Sight]:
    """Keep the page open in a wide window, for tests that leave it as they found it."""
    sight = Sight(chromium, site / f"{name}.html")
    yield sight
    sight.close()


@pytest.fixture(scope="session")
def phone(chromium: Browser, site: Path, name: str) -> Iterator[Sight]:
    """Keep the page open in the narrowest phone, for tests that leave it as they found it."""
    sight = Sight(chromium, site / f"{name}.html", width=360)
    yield sight
    sight.close()


@pytest.fixture
def see(chromium: Browser, site: Path) -> Iterator[Callable[..., Sight]]:
    """Open a page in a window of its own: ``see("overview", width=360)``."""
    opened: list[Sight] = []

    def look(name: str, **options: Any) -> Sight:
        opened.append(Sight(chromium, site / f"{name}.html", **options))
        return opened[-1]

    yield look
    for sight in opened:
        sight.close()
