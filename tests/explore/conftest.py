"""One explorer's ledger over the shipped tables."""

import pytest

from helpers.data.project import Project
from helpers.explore.ledger import Ledger


@pytest.fixture(scope="session")
def ledger(shipped: Project) -> Ledger:
    """Reads the shipped tables; tests don't change what it returns."""
    return Ledger(shipped)
