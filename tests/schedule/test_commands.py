"""The commands hand over what they were given, print what there is to say, and end truly."""

import io
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from schedules import Schedule
from typer.testing import CliRunner

from helpers.cli import app
from helpers.data.errors import ParameterError
from helpers.data.project import ROOT_VARIABLE
from helpers.reports.outcome import Status
from helpers.schedule import foreground
from helpers.schedule.log import Log

MONDAY, TUESDAY = "2026-11-30T06:00", "2026-12-01T06:00+00:00"


@pytest.fixture
def call(schedule: Schedule, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(ROOT_VARIABLE, str(schedule.project.root))

    def call(*words: str):
        return CliRunner().invoke(app, list(words))

    return call


def test_due_runs_status_tells_and_metrics_are_written(schedule, call, tmp_path) -> None:
    metrics = tmp_path / "ledger.prom"
    done = call("due", "--now", MONDAY, "--metrics", str(metrics))
    assert (done.exit_code, done.stderr) == (0, "")
    events = [json.loads(line)["event"] for line in done.stdout.splitlines()]
    assert events == ["run_begins", "edition", "edition", "run_ends"]
    assert 'karabakh_edition_failing{edition="daily"} 0' in metrics.read_text()

    status = call("status", "--now", "2026-11-30T07:00", "--metrics", str(metrics))
    assert status.exit_code == 0
    assert status.stdout.startswith("2 editions: all is well; next 2026-12-01 06:00 UTC\n")
    assert call("due", "--now", "2026-11-30T07:00").stdout == ""


def test_a_failure_is_told_by_line_and_status(schedule, call) -> None:
    schedule.statuses["daily"] = Status.TIMED_OUT
    done = call("due", "--now", MONDAY)
    assert done.exit_code == 1
    assert done.stderr == "daily: timed_out: cell 3: ValueError: no such day\n"
    status = call("status", "--json", "--now", TUESDAY)
    assert status.exit_code == 1
    assert json.loads(status.stdout)["editions"][0]["failing"] is True


def test_a_broken_plan_is_told_once_also_where_metrics_are_asked_for(schedule, call, tmp_path):
    schedule.project.plan.write_text("editions: nothing")
    done = call("due", "--metrics", str(tmp_path / "ledger.prom"))
    assert done.exit_code == 1
    assert len(done.stderr.splitlines()) == len(set(done.stderr.splitlines())) > 0
    assert not (tmp_path / "ledger.prom").exists()


def test_a_time_that_is_none_is_told(call) -> None:
    for name in ("due", "status"):
        done = call(name, "--now", "tomorrow")
        assert isinstance(done.exception, ParameterError)
        assert str(done.exception).startswith("--now 'tomorrow' is no time; write it as ")


CHILD = """
import json, os, sys, time
from pathlib import Path
root = Path(os.environ["KARABAKH_ROOT"])
with (root / "calls").open("a") as file:
    print(json.dumps(sys.argv[1:]), file=file)
os.kill(os.getppid(), 15)  # told to end in the middle of a batch
time.sleep(60)
"""


def test_schedule_lets_a_child_run_and_passes_a_signal_on(
    schedule, call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The child ends by the signal that it has sent its parent."""
    child = tmp_path / "child.py"
    child.write_text(CHILD)
    monkeypatch.setattr(foreground, "COMMAND", (sys.executable, str(child)))
    done = call("schedule", "--jobs", "3", "--grace", "0", "--metrics", "m.prom")
    assert done.exit_code == 143
    events = [json.loads(line)["event"] for line in done.stdout.splitlines()]
    assert (events[0], events[-1]) == ("schedule_begins", "schedule_ends")
    (words,) = map(json.loads, (schedule.project.root / "calls").read_text().splitlines())
    given = dict(zip(words[::2], words[1::2], strict=True))
    assert given["--jobs"] == "3"
    assert given["--grace"] == "0.0"
    assert given["--metrics"] == str(Path("m.prom").resolve())
    assert "--cluster" not in given


def test_schedule_with_a_broken_plan_tells_of_it_and_waits(
    schedule, call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its child is called to tell; without one that ends the schedule, it would wait."""
    schedule.project.plan.write_text("editions: nothing")
    child = tmp_path / "child.py"
    child.write_text(CHILD)
    monkeypatch.setattr(foreground, "COMMAND", (sys.executable, str(child)))
    assert call("schedule").exit_code == 143
    assert len((schedule.project.root / "calls").read_text().splitlines()) == 1


def test_a_clock_that_was_far_ahead_is_not_waited_for(schedule, monkeypatch) -> None:
    """Set right, it is asked anew what comes next; otherwise that would be years away."""
    clock = {"now": datetime(2030, 1, 1, tzinfo=UTC)}
    asked: list[datetime] = []

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return clock["now"]

    class Bell:
        received = 0

        def wait(self, seconds, *files):
            self.received = 15 if len(asked) == 2 else 0
            clock["now"] = datetime(2026, 11, 30, tzinfo=UTC)

    def overview(project):
        asked.append(clock["now"])
        return SimpleNamespace(next_time=clock["now"] + timedelta(days=1))

    monkeypatch.setattr(foreground, "datetime", Clock)
    monkeypatch.setattr(foreground, "overview", overview)
    with Log(io.StringIO()) as log:
        keeper = foreground._Keeper(schedule.project, log, (), "", Bell())
        assert keeper.keep() == 143
    assert [moment.year for moment in asked] == [2030, 2026]
