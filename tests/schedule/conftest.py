"""A schedule for each test anew."""

import pytest
from schedules import Schedule

from helpers.data.project import Project


@pytest.fixture
def schedule(project: Project, monkeypatch: pytest.MonkeyPatch) -> Schedule:
    """A schedule of two editions; its runs are made up."""
    schedule = Schedule(project)
    monkeypatch.setattr("helpers.schedule.batch.run_reports", schedule.run_reports)
    return schedule
