"""Every edition run once in this process; small pages for small frames."""

import pandas as pd
import pytest

from helpers.charts import open_page
from helpers.data.load import load
from pages import EDITIONS, Page, Runner
from small_frames import sources


@pytest.fixture(scope="session", params=sorted(EDITIONS))
def edition(request: pytest.FixtureRequest, runner: Runner) -> Page:
    """Each edition of reports.yml in turn."""
    return runner.edition(request.param)


@pytest.fixture(scope="session")
def tables(runner: Runner) -> dict[str, pd.DataFrame]:
    """The shipped tables that charts draw from."""
    names = ("returns", "exchanges", "deployments", "operations", "events", "missions", "sources")
    return {name: load(name, project=runner.project).frame for name in names}


@pytest.fixture
def small_page() -> None:
    """A page whose sources are agency-1, agency-2 and agency-3."""
    open_page(sources("agency-1", "agency-2", "agency-3"))
