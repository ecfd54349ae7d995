"""A call runs what is due, remembers it in one step, and tells who has to know."""

import os
import signal
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from schedules import DAY, HOUR, MINUTE, SIX, Schedule

from helpers.data.errors import DataError, Problem, ReportError
from helpers.reports.lock import BusyError, hold
from helpers.reports.manifest import read_manifest, write_manifest
from helpers.reports.outcome import Status
from helpers.schedule import batch as module
from helpers.schedule.batch import Batch
from helpers.schedule.delivery import Delivery
from helpers.schedule.figure_changes import FigureChange
from helpers.schedule.messages import Message
from helpers.schedule.state import FILE, State, StateError, read_state

FAR = "json://nowhere.invalid/secret"


def state_of(schedule: Schedule) -> State:
    state, damage = read_state(schedule.project.root / ".schedule")
    assert damage == ""
    return state


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> list[Message]:
    """Everything that was sent, without sending it."""
    sent: list[Message] = []

    def deliver(parcels, addresses):
        assert addresses == FAR
        sent.extend(parcel.message for parcel in parcels)
        return Delivery(
            tuple(replace(p, taken=frozenset({"k"})) for p in parcels), frozenset({"k"})
        )

    monkeypatch.setattr(module, "deliver", deliver)
    return sent


def test_each_slot_once(schedule: Schedule) -> None:
    assert schedule.due(SIX).due == ("daily", "weekly")
    assert schedule.due(SIX + HOUR) == Batch()
    assert schedule.due(SIX + DAY).due == ("daily",)
    assert schedule.ran == [["daily", "weekly"], ["daily"]]
    marks = state_of(schedule).marks
    assert {name: mark.slot for name, mark in marks.items()} == {"daily": SIX + DAY, "weekly": SIX}
    assert marks["daily"].status == "succeeded"
    assert schedule.told("slot") == ["2026-11-30T06:00Z", "2026-11-30T06:00Z", "2026-12-01T06:00Z"]


def test_with_nothing_to_do_nothing_is_written(schedule: Schedule) -> None:
    schedule.due(SIX)
    path = schedule.project.root / ".schedule" / FILE
    before = path.stat().st_mtime_ns
    schedule.due(SIX + HOUR)
    assert path.stat().st_mtime_ns == before


def test_a_failure_stops_no_other_and_is_told_once(schedule: Schedule, post: list[Message]) -> None:
    schedule.statuses["daily"] = Status.FAILED
    batch = schedule.due(SIX, FAR)
    assert batch.exit_status == 1
    assert batch.complaints == ("daily: failed: cell 3: ValueError: no such day",)
    assert schedule.due(SIX + 10 * MINUTE, FAR).due == ("daily",)
    (message,) = post
    assert message.kind == "failure"
    schedule.statuses.clear()
    assert schedule.due(SIX + 2 * HOUR, FAR).exit_status == 0
    assert [item.kind for item in post] == ["failure", "success"]
    assert state_of(schedule).incidents == {}
    assert state_of(schedule).outbox == ()


def test_interrupted_is_no_failure_and_still_due(schedule: Schedule, post: list[Message]) -> None:
    schedule.statuses["daily"] = Status.INTERRUPTED
    schedule.signal = 15
    assert schedule.due(SIX, FAR).exit_status == 143
    schedule.signal = 0
    schedule.statuses.clear()
    assert schedule.due(SIX + MINUTE, FAR).due == ("daily",)
    assert post == []


def test_a_signal_before_anything_ran_ends_the_call_in_good_order(
    schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told_to_end(*_, **__):
        os.kill(os.getpid(), signal.SIGTERM)

    with monkeypatch.context() as patch:
        patch.setattr(module, "read_plan", told_to_end)
        with pytest.raises(SystemExit) as ended:
            schedule.due(SIX)
    assert ended.value.code == 143
    assert not (schedule.project.root / ".schedule" / module.LOCK).exists()
    assert schedule.due(SIX).due == ("daily", "weekly")


def test_a_signal_while_it_remembers_and_sends_is_heard_afterwards(
    schedule: Schedule, post: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver = module.deliver

    def told_to_end(*given):
        os.kill(os.getpid(), signal.SIGTERM)
        return deliver(*given)

    monkeypatch.setattr(module, "deliver", told_to_end)
    schedule.statuses["daily"] = Status.FAILED
    assert schedule.due(SIX, FAR).exit_status == 143
    assert len(post) == 1
    assert state_of(schedule).outbox == ()
    assert schedule.due(SIX, FAR) == Batch()


@pytest.mark.parametrize(
    ("fault", "event"),
    [
        (DataError([Problem("a.csv", n, "x", "y", "is wrong", "mend it") for n in (2, 3)]), "data"),
        (ReportError("reports: cannot be written (No space left on device); free some"), "run"),
        (OSError(28, "No space left on device"), "run"),
        (ZeroDivisionError("a mistake of ours"), "run"),
    ],
)
def test_what_hinders_all_holds_them_back_until_it_is_mended(
    schedule: Schedule, post: list[Message], fault: Exception, event: str
) -> None:
    schedule.fault = fault
    batch = schedule.due(SIX, FAR)
    assert batch.exit_status == 1
    assert batch.result is None
    assert [line.removeprefix("ZeroDivisionError: ") for line in batch.complaints] == str(
        fault
    ).splitlines()
    assert ("traceback" in schedule.told("event")) is isinstance(fault, ZeroDivisionError)
    marks = state_of(schedule).marks
    assert {mark.status for mark in marks.values()} == {"held"}
    assert f"{event}_broken" in schedule.told("event")
    assert schedule.due(SIX + 5 * MINUTE, FAR).due == ()
    assert schedule.due(SIX + 10 * MINUTE, FAR).exit_status == 1
    assert [message.kind for message in post] == ["failure"]
    schedule.fault = None
    assert schedule.due(SIX + 20 * MINUTE, FAR).due == ("daily", "weekly")
    assert [message.kind for message in post] == ["failure", "success"]


def test_what_a_killed_run_left_goes_also_when_nothing_can_run(
    schedule: Schedule, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left = tmp_path / "karabakh-abcd1234"
    left.mkdir()
    (left / ".owner").touch()
    (schedule.project.reports / ".lock").touch()
    schedule.fault = DataError([Problem("a.csv", 2, "x", "y", "is wrong", "mend it")])
    schedule.due(SIX)
    assert not left.exists()
    assert not (schedule.project.reports / ".lock").exists()


def test_a_broken_plan_changes_no_mark(schedule: Schedule, post: list[Message]) -> None:
    schedule.due(SIX, FAR)
    good, marks = schedule.project.plan.read_text(), state_of(schedule).marks
    schedule.project.plan.write_text(good.replace("cadence", "cadense"))
    batch = schedule.due(SIX + DAY, FAR)
    assert (batch.exit_status, batch.due) == (1, ())
    assert all(line.startswith("reports.yml:") for line in batch.complaints)
    assert state_of(schedule).marks == marks
    schedule.project.plan.write_text(good)
    assert schedule.due(SIX + DAY, FAR).due == ("daily",)
    assert [message.kind for message in post] == ["failure", "success"]


def test_what_could_not_be_written_around_the_pages_is_told(
    schedule: Schedule, post: list[Message]
) -> None:
    schedule.faults = ("index.html: could not be written (No space left on device)",)
    batch = schedule.due(SIX, FAR)
    assert (batch.exit_status, batch.complaints) == (1, schedule.faults)
    assert len(post) == 1
    schedule.faults = ()
    schedule.due(SIX + DAY, FAR)
    assert len(post) == 2


def test_who_is_at_work_is_told_and_nothing_done(schedule: Schedule) -> None:
    with hold(schedule.project.root / ".schedule", module.LOCK):
        batch = schedule.due(SIX)
    assert f"process {os.getpid()} on " in batch.busy
    assert (batch.exit_status, schedule.ran) == (0, [])
    schedule.fault = BusyError("reports: another run is writing here")
    assert schedule.due(SIX).busy == "reports: another run is writing here"
    schedule.fault = None
    assert schedule.due(SIX).due == ("daily", "weekly")


def test_a_damaged_state_is_rebuilt_from_the_pages(schedule: Schedule) -> None:
    now = datetime.now(UTC)
    schedule.due(now)
    path = schedule.project.root / ".schedule" / FILE
    path.write_text("damage" * 999)
    assert schedule.due(now) == Batch()
    assert "state_rebuilt" in schedule.told("event")
    assert set(state_of(schedule).marks) == {"daily", "weekly"}
    assert next(path.parent.glob(f"{FILE}.damaged-*")).read_text() == "damage" * 999


def test_a_state_that_cannot_be_written_leaves_due_what_the_pages_do_not_show(
    schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(folder, state):
        raise StateError("state.sqlite: cannot be written (disk full); free some space")

    schedule.statuses["weekly"] = Status.FAILED
    with monkeypatch.context() as patch:
        patch.setattr("helpers.schedule.last_resort.write_state", fail)
        with pytest.raises(StateError):
            schedule.due(SIX)
    assert schedule.due(SIX).due == ("weekly",)


def test_what_cannot_be_remembered_is_told_once_a_day(
    schedule: Schedule, post: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(folder, state):
        raise StateError("state.sqlite: cannot be written (disk full); free some space")

    monkeypatch.setattr("helpers.schedule.last_resort.deliver", module.deliver)
    schedule.statuses["weekly"] = Status.FAILED
    with monkeypatch.context() as patch:
        patch.setattr("helpers.schedule.last_resort.write_state", fail)
        for _ in range(3):
            with pytest.raises(StateError):
                schedule.due(SIX, FAR)
        unsaved, failure = post
        assert unsaved.title.endswith(": the schedule remembers nothing")
        assert "disk full" in unsaved.body
        assert "weekly" in failure.body
        mark = schedule.project.root / ".schedule" / "unsaved"
        os.utime(mark, (0, 0))
        with pytest.raises(StateError):
            schedule.due(SIX, FAR)
        assert len(post) == 4
    schedule.due(SIX, FAR)
    assert not mark.exists()
    assert set(state_of(schedule).incidents) == {"weekly"}


def test_editions_that_left_the_plan_are_forgotten(schedule: Schedule) -> None:
    schedule.statuses["weekly"] = Status.FAILED
    schedule.due(SIX, FAR and "")
    text = schedule.project.plan.read_text()
    schedule.project.plan.write_text("\n".join(text.splitlines()[:-1]) + "\n")
    schedule.due(SIX + HOUR)
    state = state_of(schedule)
    assert (set(state.marks), set(state.incidents)) == ({"daily"}, set())


def test_what_was_made_by_hand_since_ends_the_incident(
    schedule: Schedule, post: list[Message]
) -> None:
    now = datetime.now(UTC)
    schedule.statuses["daily"] = Status.FAILED
    schedule.due(now, FAR)
    records = read_manifest(schedule.project.reports)
    schedule.statuses.clear()
    write_manifest(
        schedule.project.reports,
        [schedule.record("daily", "by-hand"), records["weekly"]],
        {},
    )
    assert schedule.due(now + MINUTE, FAR).due == ()
    assert [message.kind for message in post] == ["failure", "success"]
    mark = state_of(schedule).marks["daily"]
    assert (mark.status, mark.run, mark.retry) == ("succeeded", "by-hand", None)


def test_figures_are_looked_at_once_for_each_dated_edition(
    schedule: Schedule, post: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = schedule.project.plan
    plan.write_text("alerts: {change: 10}\n" + plan.read_text())
    looked = []

    def figure_changes(folder, edition, percent, *, since=""):
        looked.append((edition, percent, since))
        return (FigureChange(edition, "Back", "96", "120", "+25.0 %", "Office", "p.html"),)

    monkeypatch.setattr(module, "figure_changes", figure_changes)
    schedule.due(SIX, FAR)
    assert looked == [("daily", 10, ""), ("weekly", 10, "")]
    assert ["+25.0 %" in message.body for message in post] == [True]
    schedule.due(SIX + DAY, FAR)  # it gives the dated edition the same name
    assert len(looked) == 2


def test_what_an_address_does_not_take_stays_for_the_next_call(
    schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = "alerts: address 1 (json): no answer"
    monkeypatch.setattr(
        module,
        "deliver",
        lambda parcels, _: Delivery(tuple(parcels), frozenset({"k"}), (fault,)),
    )
    schedule.statuses["daily"] = Status.FAILED
    batch = schedule.due(SIX, FAR)
    assert batch.complaints[-1] == fault
    (waiting,) = state_of(schedule).outbox
    assert "daily" in waiting.message.body
    assert FAR not in str(waiting)
    assert schedule.due(SIX + MINUTE, FAR).complaints == (fault,)
    assert len(state_of(schedule).outbox) == 1


def test_without_addresses_nothing_waits(schedule: Schedule) -> None:
    schedule.statuses["daily"] = Status.FAILED
    schedule.due(SIX)
    assert state_of(schedule).outbox == ()
    assert set(state_of(schedule).incidents) == {"daily"}
