"""The shipped data, built once and loaded once."""

import pandas as pd
import pytest

from helpers.data.load import load
from helpers.data.project import Project


@pytest.fixture(scope="session")
def tables(shipped: Project) -> dict[str, pd.DataFrame]:
    """All shipped tables that analysis takes, as `load` gives them."""
    names = ("returns", "exchanges", "deployments", "operations", "casualties", "events")
    frames = {name: load(name, project=shipped).frame for name in names}
    return frames | {"missions": load("missions", project=shipped).frame}
