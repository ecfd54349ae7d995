"""Cadences mean what they mean to Unix cron, in UTC, and nothing else."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.reports.cadence import fault_of, last_slot, next_slot

MONDAY = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("weekday", ["0", "7", "sun", "SUN", "0,7", "7-7"])
def test_sunday_is_0_and_7(weekday: str) -> None:
    assert next_slot(f"0 6 * * {weekday}", MONDAY) == moment("2026-12-06 06:00")


@pytest.mark.parametrize(
    ("cadence", "after"),
    [
        ("0 6 * * 1", "2026-12-07 06:00"),
        ("5-5 * * * *", "2026-11-30 06:05"),
        ("*/20 6 * * *", "2026-11-30 06:20"),
        ("10-50/20 6 * * *", "2026-11-30 06:10"),
        ("0 6 * * 5-7", "2026-12-04 06:00"),
        ("0 6 * feb-mar *", "2027-02-01 06:00"),
        ("0 6 29 2 *", "2028-02-29 06:00"),
        ("0 6 3 * 5", "2026-12-03 06:00"),  # the third, or a Friday
        ("0 7 1 1 *", "2027-01-01 07:00"),
    ],
)
def test_next_slot(cadence: str, after: str) -> None:
    assert fault_of(cadence) == ""
    assert next_slot(cadence, MONDAY) == moment(after)


def test_the_last_slot_is_never_after_the_moment_and_may_be_it() -> None:
    assert last_slot("0 6 * * 1", MONDAY) == MONDAY
    assert last_slot("0 6 * * 1", MONDAY - timedelta(microseconds=1)) == MONDAY - timedelta(days=7)
    late = MONDAY + timedelta(seconds=59, microseconds=999_999)
    assert last_slot("0 6 * * 1", late) == MONDAY


def test_slots_are_utc_whatever_the_moment_is_told_in() -> None:
    abroad = MONDAY.astimezone(timezone(timedelta(hours=4)))
    assert last_slot("0 6 * * *", abroad) == MONDAY
    assert last_slot("0 6 * * *", abroad).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("cadence", "fault"),
    [
        ("", "is no cron expression of five fields"),
        ("@daily", "is no cron expression of five fields"),
        ("0 6 * * 1 2026", "is no cron expression of five fields"),
        (None, "is no cron expression of five fields"),
        ("60 * * * *", "has '60' as minute, which is none"),
        ("R * * * *", "has 'R' as minute, which is none"),
        ("0 6 * * 8", "has '8' as weekday, which is none"),
        ("0 6 L * *", "has 'L' as day, which is none"),
        ("0 6 * * 1#2", "has '1#2' as weekday, which is none"),
        ("0 6 * * mon-", "has 'mon-' as weekday, which is none"),
        ("0 6 * * 7-2", "has '7-2' as weekday, which counts backwards or nowhere"),
        ("5/10 * * * *", "has '5/10' as minute, which counts backwards or nowhere"),
        ("*/0 * * * *", "has '*/0' as minute, which counts backwards or nowhere"),
        ("0 6 30 2 *", "never comes"),
        (
            "0 6 */2 * 1",
            "restricts day and weekday, one of them by a step, which is ambiguous",
        ),
    ],
)
def test_what_cron_would_not_take_or_not_agree_on_is_refused(cadence: str, fault: str) -> None:
    assert fault_of(cadence) == fault


def numbers(low: int, high: int) -> st.SearchStrategy[str]:
    lists = st.lists(st.integers(low, high), min_size=1, max_size=4)
    return st.just("*") | lists.map(lambda items: ",".join(map(str, items)))


def fits(cadence: str, when: datetime) -> bool:
    """The rule of the manual page crontab(5), for fields that are stars or lists."""
    fields = cadence.split()
    values = [None if f == "*" else {int(item) for item in f.split(",")} for f in fields]
    minute, hour, day, month, weekday = values
    plain = [(minute, when.minute), (hour, when.hour), (month, when.month)]
    if not all(wanted is None or value in wanted for wanted, value in plain):
        return False
    days = [] if day is None else [when.day in day]
    if weekday is not None:
        days.append(when.isoweekday() % 7 in {item % 7 for item in weekday})
    return any(days) or not days


@given(
    minute=numbers(0, 59),
    hour=numbers(0, 23),
    day=numbers(1, 28),
    weekday=numbers(0, 7),
    offset=st.integers(0, 400_000),
)
def test_slots_are_those_of_the_manual(
    minute: str, hour: str, day: str, weekday: str, offset: int
) -> None:
    cadence = f"{minute} {hour} {day} * {weekday}"
    assert fault_of(cadence) == ""
    when = MONDAY + timedelta(minutes=offset)
    last, following = last_slot(cadence, when), next_slot(cadence, when)
    assert last <= when < following
    assert fits(cadence, last)
    assert fits(cadence, following)
    probe = last + timedelta(minutes=1)
    while probe < min(following, last + timedelta(days=2)):
        assert not fits(cadence, probe)
        probe += timedelta(minutes=1)
