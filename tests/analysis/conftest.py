"""The shipped data, built once and loaded once."""

import pandas as pd
import pytest
from hypothesis import settings

from helpers.data.load import load
from helpers.data.project import Project
from pages import shipped_project

settings.register_profile("ledger", derandomize=True, deadline=None, database=None)
settings.load_profile("ledger")


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The shipped tables in a folder of their own, built; tests only read it."""
    return shipped_project(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def tables(shipped: Project) -> dict[str, pd.DataFrame]:
    """All shipped tables that analysis takes, as `load` gives them."""
    names = ("returns", "exchanges", "deployments", "operations", "casualties", "events")
    frames = {name: load(name, project=shipped).frame for name in names}
    return frames | {"missions": load("missions", project=shipped).frame}
