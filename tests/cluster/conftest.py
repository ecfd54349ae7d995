"""One cluster of two workers for all tests that leave it whole, and a project to run on it."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from dask_clusters import Cluster, Runner

from helpers.data.project import Project
from small_projects import make_project

WORKERS = ("north", "south")


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """A folder with a name short enough for the sockets in it."""
    with tempfile.TemporaryDirectory(prefix="kl") as name:
        yield Path(name)


@pytest.fixture(scope="session")
def everyday(folder: Path) -> Iterator[Cluster]:
    """A scheduler alone."""
    cluster = Cluster(folder / "everyday")
    cluster.start_scheduler()
    yield cluster
    cluster.close()


@pytest.fixture
def cluster(everyday: Cluster) -> Cluster:
    """A scheduler and two workers; one that an earlier test killed is replaced."""
    for name in WORKERS:
        if name in everyday.processes and everyday.processes[name].poll() is not None:
            del everyday.processes[name]
        if name not in everyday.processes:
            everyday.start_worker(name)
    return everyday


@pytest.fixture
def runner(shipped: Project, tmp_path: Path) -> Runner:  # shadows the one for notebooks
    """The command on a project with the shipped tables and no editions yet."""
    project = make_project(tmp_path / "ledger")
    for part in ("data/raw", "data/processed", "docs"):
        shutil.copytree(shipped.root / part, project.root / part, dirs_exist_ok=True)
    project.plan.write_text("editions:\n")
    (tmp_path / "signs").mkdir()
    return Runner(project, tmp_path / "signs")
