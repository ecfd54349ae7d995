"""What is due when: slots are caught up once, failures tried again, clocks may be set."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.reports.cadence import last_slot
from helpers.schedule.marks import (
    RETRIES,
    SET_BACK,
    Mark,
    corrected,
    due_since,
    failed,
    next_time,
    passed,
)

DAILY = "0 6 * * *"
SIX = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_what_nobody_dealt_with_is_due() -> None:
    assert due_since(None, DAILY, SIX + HOUR) == SIX
    assert next_time(None, DAILY, SIX + HOUR) == SIX + HOUR


def test_a_slot_is_dealt_with_once() -> None:
    mark = passed(None, DAILY, SIX + MINUTE)
    assert mark.slot == SIX
    for later in (MINUTE, HOUR, DAY - MINUTE):
        assert due_since(mark, DAILY, SIX + later) is None
    assert next_time(mark, DAILY, SIX + HOUR) == SIX + DAY
    assert due_since(mark, DAILY, SIX + DAY) == SIX + DAY


def test_missed_slots_are_caught_up_once() -> None:
    mark = passed(None, DAILY, SIX)
    late = SIX + 30 * DAY + HOUR
    assert due_since(mark, DAILY, late) == SIX + 30 * DAY
    mark = passed(mark, DAILY, late)
    assert due_since(mark, DAILY, late) is None
    assert next_time(mark, DAILY, late) == SIX + 31 * DAY


def test_a_failure_is_tried_again_soon_then_later_then_at_the_next_slot() -> None:
    mark, now = failed(None, DAILY, SIX), SIX
    for number, wait in enumerate(RETRIES, start=1):
        assert (mark.slot, mark.tries, mark.retry) == (SIX, number, now + wait)
        assert due_since(mark, DAILY, now + wait - MINUTE) is None
        assert next_time(mark, DAILY, now) == now + wait
        now += wait
        assert due_since(mark, DAILY, now) == SIX
        mark = failed(mark, DAILY, now)
    assert mark.retry is None
    assert next_time(mark, DAILY, now) == SIX + DAY
    assert failed(mark, DAILY, SIX + DAY).tries == 1


def test_success_ends_the_retries() -> None:
    mark = passed(failed(None, DAILY, SIX), DAILY, SIX + RETRIES[0])
    assert (mark.tries, mark.retry, mark.reason) == (0, None, "")


def test_what_is_held_back_is_tried_until_it_can_run() -> None:
    mark, now = failed(None, DAILY, SIX, held=True), SIX
    for _ in range(5):
        assert mark.retry == now + RETRIES[0]
        assert mark.tries == 0
        now = mark.retry
        assert due_since(mark, DAILY, now) == SIX
        mark = failed(mark, DAILY, now, held=True)


def test_the_next_slot_comes_before_a_retry_that_lies_behind_it() -> None:
    every_five = "*/5 * * * *"
    mark = failed(None, every_five, SIX)
    assert next_time(mark, every_five, SIX) == SIX + 5 * MINUTE


@pytest.mark.parametrize("back", [MINUTE, HOUR, SET_BACK - MINUTE])
def test_a_clock_set_back_a_little_repeats_nothing(back: timedelta) -> None:
    mark = passed(None, DAILY, SIX)
    now = SIX - back
    assert corrected(mark, DAILY, now) == mark
    assert due_since(mark, DAILY, now) is None
    assert next_time(mark, DAILY, now) == SIX + DAY


def test_a_clock_set_back_far_goes_on_from_the_present() -> None:
    now = SIX + HOUR
    mark = corrected(passed(None, DAILY, SIX + 40 * DAY), DAILY, now)
    assert (mark.slot, mark.retry) == (SIX, None)
    assert due_since(mark, DAILY, now) is None
    assert due_since(mark, DAILY, SIX + DAY) == SIX + DAY
    failing = corrected(failed(None, DAILY, SIX + 40 * DAY), DAILY, now)
    assert due_since(failing, DAILY, now) == SIX


def test_a_retry_is_not_lost_when_the_clock_is_set_back() -> None:
    mark = failed(None, DAILY, SIX)
    assert due_since(mark, DAILY, SIX - 2 * HOUR) == SIX


def test_another_cadence_counts_from_what_was_dealt_with() -> None:
    weekly = passed(None, "0 6 * * 1", SIX)
    assert due_since(weekly, DAILY, SIX + HOUR) is None
    assert due_since(weekly, DAILY, SIX + DAY) == SIX + DAY


@given(st.lists(st.tuples(st.integers(0, 5000), st.booleans()), max_size=40))
def test_whatever_happens_each_slot_is_dealt_with_once(calls: list[tuple[int, bool]]) -> None:
    """Calls at odd times, some failing: no slot is lost, none dealt with twice."""
    mark, now, done = passed(None, DAILY, SIX), SIX, {SIX}
    for minutes, good in calls:
        now += minutes * MINUTE
        if slot := due_since(mark, DAILY, now):
            assert slot == last_slot(DAILY, now)
            assert slot not in done or mark.tries
            mark = (passed if good else failed)(mark, DAILY, now)
            done.add(slot)
        assert last_slot(DAILY, now) in done
        assert next_time(mark, DAILY, now) > now


@given(
    st.builds(
        Mark,
        slot=st.datetimes(timezones=st.just(UTC)),
        status=st.sampled_from(["", "failed", "held"]),
        reason=st.text(),
        ran=st.none() | st.datetimes(timezones=st.just(UTC)),
        seconds=st.none() | st.floats(0, 1e6),
        tries=st.integers(0, 9),
        retry=st.none() | st.datetimes(timezones=st.just(UTC)),
        looked=st.text(),
    )
)
def test_marks_are_plain_values_and_back(mark: Mark) -> None:
    assert Mark.from_plain(mark.plain()) == mark


@pytest.mark.parametrize(
    "wrong",
    [
        {"slot": None},
        {"slot": "yesterday"},
        {"slot": "2026-11-30T06:00:00"},
        {"tries": "2"},
        {"seconds": []},
        {"status": 1},
        {"retry": 5},
    ],
)
def test_marks_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises((TypeError, ValueError)):
        Mark.from_plain(Mark(SIX).plain() | wrong)
    with pytest.raises(KeyError):
        Mark.from_plain({"slot": SIX.isoformat()})
