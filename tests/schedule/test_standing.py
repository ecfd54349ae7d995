"""What `karabakh status` tells is what is so."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from schedules import DAY, HOUR, MINUTE, SIX, Schedule

from helpers.reports.outcome import Status
from helpers.schedule.standing import Overview, overview
from helpers.schedule.state import FILE
from helpers.schedule.status_text import status_json, status_text


def seen(schedule: Schedule, now: datetime) -> Overview:
    return overview(schedule.project, now)


def test_what_never_ran_is_due(schedule: Schedule) -> None:
    view = seen(schedule, SIX + 30 * MINUTE)
    daily, weekly = view.standings
    assert (daily.status, daily.last_run, daily.last_success, daily.seconds) == (
        "",
        None,
        None,
        None,
    )
    assert daily.due_since == weekly.due_since == SIX
    assert not daily.overdue
    assert not daily.failing
    assert view.next_time == SIX + 30 * MINUTE
    assert "never ran on schedule" in status_text(view, width=80)


def test_what_went_well(schedule: Schedule) -> None:
    schedule.due(SIX)
    view = seen(schedule, SIX + HOUR)
    daily, weekly = view.standings
    assert view.well
    assert (daily.status, daily.due_since, daily.next_run) == ("succeeded", None, SIX + DAY)
    assert (daily.period, weekly.period) == (DAY, 7 * DAY)
    assert weekly.next_run == SIX + 7 * DAY
    text = status_text(view, width=80)
    assert text.splitlines()[0] == "2 editions: all is well; next 2026-12-01 06:00 UTC"
    assert "next run 2026-12-07 06:00 UTC (0 6 * * 1 UTC)" in text
    assert "due every 7 days" in text


@pytest.mark.parametrize(("late", "overdue"), [(HOUR, False), (HOUR + MINUTE, True)])
def test_a_slot_may_wait_an_hour(schedule: Schedule, late: timedelta, overdue: bool) -> None:
    schedule.due(SIX)
    view = seen(schedule, SIX + DAY + late)
    assert [item.overdue for item in view.standings] == [overdue, False]
    assert view.well is not overdue


def test_a_slot_may_not_wait_longer_than_its_period(schedule: Schedule) -> None:
    plan = schedule.project.plan
    plan.write_text(plan.read_text().replace("0 6 * * *", "*/10 * * * *"))
    schedule.due(SIX)
    assert not seen(schedule, SIX + 20 * MINUTE).standings[0].overdue
    assert seen(schedule, SIX + 21 * MINUTE + 10 * MINUTE).standings[0].due_since is not None


def test_what_failed_says_why_and_when_it_is_tried_again(schedule: Schedule) -> None:
    schedule.statuses["daily"] = Status.KERNEL_DIED
    schedule.due(SIX)
    view = seen(schedule, SIX + MINUTE)
    daily = view.standings[0]
    assert (daily.failing, daily.reason) == (True, "cell 3: ValueError: no such day")
    assert daily.next_run == SIX + 10 * MINUTE
    assert not view.well
    text = status_text(view, width=80)
    assert text.startswith("2 editions: 1 failing; next 2026-11-30 06:10 UTC\n")
    assert "daily FAILING" in text
    assert "kernel died" in text
    assert "wrong since 2026-11-30 06:00 UTC: Daily" in text
    later = seen(schedule, SIX + 12 * MINUTE).standings[0]
    assert later.due_since == SIX + 10 * MINUTE
    assert not later.overdue


def test_damage_is_told_and_nothing_is_changed(schedule: Schedule) -> None:
    schedule.due(SIX)
    path = schedule.project.root / ".schedule" / FILE
    path.write_text("damage" * 999)
    view = seen(schedule, SIX)
    assert not view.well
    assert "is damaged" in " ".join(status_text(view).split())
    assert "something is wrong" in status_text(view).splitlines()[0]
    assert path.read_text() == "damage" * 999


def test_json_holds_all_of_it_in_plain_values(schedule: Schedule) -> None:
    schedule.statuses["daily"] = Status.FAILED
    schedule.due(SIX)
    content = json.loads(status_json(seen(schedule, SIX + MINUTE)))
    assert content["now"] == "2026-11-30T06:01:00+00:00"
    assert content["well"] is False
    assert content["next"] == "2026-11-30T06:10:00+00:00"
    assert [item["key"] for item in content["incidents"]] == ["daily"]
    daily, weekly = content["editions"]
    assert daily["age"] is None
    assert weekly["age"] is not None
    assert (weekly["period"], weekly["overdue"]) == (7 * 86_400, False)
    assert datetime.fromisoformat(weekly["last_success"]).tzinfo is not None


def test_the_present_counts_unless_told_otherwise(schedule: Schedule) -> None:
    before = datetime.now(UTC)
    assert before <= overview(schedule.project).now <= datetime.now(UTC)
