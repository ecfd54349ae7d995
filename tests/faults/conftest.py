"""A small project in which all went well so far, for each test anew."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from ledgers import NAMES, Ledger

from helpers.data.project import Project
from small_projects import make_project, write_notebook

# Each edition does what a file says, if there is one: its notebook stays the same.
CELL = """
from pathlib import Path
from IPython.display import HTML
fault = Path("../faults") / "{name}.py"
if fault.exists():
    exec(compile(fault.read_text(), fault, "exec"))
"""
LAST = "HTML('<p class=\"kl-news\">{name} came back.</p>')"


@pytest.fixture(scope="session")
def calm(shipped: Project, tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """Three editions that ran well once; tests work on copies."""
    project = make_project(tmp_path_factory.mktemp("calm") / "ledger")
    for folder in ("data/raw", "data/processed", "docs"):
        shutil.copytree(shipped.root / folder, project.root / folder, dirs_exist_ok=True)
    editions = []
    for name in NAMES:
        write_notebook(project, name, CELL.format(name=name), LAST.format(name=name))
        editions.append(f'  {name}: {{notebook: {name}, cadence: "0 6 * * 1"}}\n')
    project.plan.write_text("editions:\n" + "".join(editions))
    with tempfile.TemporaryDirectory(prefix="kl") as temporary:
        ledger = Ledger(project, Path(temporary))
        status, out, err = ledger.run()
        assert (status, err) == (0, ""), out
        ledger.assert_nothing_is_left()
        yield ledger


@pytest.fixture
def ledger(calm: Ledger, tmp_path: Path) -> Iterator[Ledger]:
    """A copy of the project in which all went well so far."""
    root = shutil.copytree(calm.project.root, tmp_path / "ledger")
    with tempfile.TemporaryDirectory(prefix="kl") as temporary:
        ledger = Ledger(Project(root), Path(temporary))
        yield ledger
        for process in ledger.processes():
            process.kill()
