"""The soak's own judgement: what was due and became of it, whoever disturbed the call."""

import importlib
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest

from pages import ROOT

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SIX = datetime(2030, 1, 1, 6, tzinfo=UTC)


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """Import a module of the benchmarks."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    return importlib.import_module


class Judge:
    """A truth about one hourly edition, and calls that became of this or that."""

    def __init__(self, bench: Callable[[str], ModuleType]) -> None:
        self.truth = bench("soak_truth").Truth({"hourly": "0 * * * *"})
        self.called = bench("soak_call").Called
        self.mark: datetime | None = None

    def call(
        self, now: datetime, status: str = "", *, kept: datetime | None = None, struck: str = ""
    ) -> None:
        self.mark = kept or self.mark
        editions = {"hourly": status} if status else {}
        marks = {"hourly": self.mark} if self.mark else {}
        self.truth.note(
            now, self.called(0, struck or None, editions, marks, errors="", seconds=1.0, memory=1)
        )

    @property
    def counts(self) -> tuple[int, int, int, int, int]:
        truth = self.truth
        return truth.due, truth.done, truth.overtaken, len(truth.lost), truth.unaccounted


@pytest.fixture
def judge(bench) -> Judge:
    return Judge(bench)


@pytest.mark.parametrize("status", ["succeeded", "unchanged", "failed", "kernel_died"])
def test_a_slot_that_was_dealt_with_is_done_once(judge: Judge, status: str) -> None:
    judge.call(SIX + MINUTE, status, kept=SIX)
    judge.call(SIX + 9 * MINUTE)
    assert judge.counts == (1, 1, 0, 0, 0)


def test_a_slot_that_was_passed_over_is_lost(judge: Judge) -> None:
    judge.call(SIX, "succeeded", kept=SIX)
    judge.call(SIX + HOUR)
    assert judge.counts == (2, 1, 0, 1, 0)
    (lost,) = judge.truth.lost
    assert lost[:2] == ("hourly", SIX + HOUR)
    assert "passed over" in lost[2]


def test_what_is_told_and_not_remembered_is_lost(judge: Judge) -> None:
    judge.call(SIX, "succeeded")
    assert judge.counts == (1, 0, 0, 1, 0)


@pytest.mark.parametrize("struck", ["kill", "stop"])
def test_a_disturbed_call_loses_nothing(judge: Judge, struck: str) -> None:
    judge.call(SIX, "succeeded", struck=struck)
    assert judge.counts == (1, 0, 0, 0, 1)
    judge.call(SIX + MINUTE, "unchanged", kept=SIX)
    assert judge.counts == (1, 1, 0, 0, 0)


def test_a_disturbed_call_that_remembered_counts(judge: Judge) -> None:
    judge.call(SIX, "succeeded", kept=SIX, struck="kill")
    judge.call(SIX + MINUTE)
    assert judge.counts == (1, 1, 0, 0, 0)


def test_a_slot_that_no_call_could_end_for_is_overtaken(judge: Judge) -> None:
    judge.call(SIX, struck="kill")
    judge.call(SIX + HOUR, "succeeded", kept=SIX + HOUR)
    assert judge.counts == (2, 1, 1, 0, 0)


def test_what_is_held_back_is_wanted_again_after_ten_minutes(judge: Judge) -> None:
    judge.call(SIX, "held", kept=SIX)
    judge.call(SIX + 9 * MINUTE)
    assert judge.counts == (1, 0, 0, 0, 1)
    judge.call(SIX + 10 * MINUTE, "succeeded")
    assert judge.counts == (1, 1, 0, 0, 0)


def test_what_is_held_back_and_forgotten_is_lost(judge: Judge) -> None:
    judge.call(SIX, "held", kept=SIX)
    judge.call(SIX + 10 * MINUTE)
    assert judge.counts == (1, 0, 0, 1, 0)


def test_after_the_state_was_damaged_what_is_held_back_is_wanted_at_once(judge: Judge) -> None:
    judge.call(SIX, "held", kept=SIX)
    judge.truth.forget()
    judge.call(SIX + MINUTE, "succeeded")
    assert judge.counts == (1, 1, 0, 0, 0)


def test_a_clock_set_back_wants_nothing_twice(judge: Judge) -> None:
    judge.call(SIX, "succeeded", kept=SIX)
    judge.call(SIX - 3 * HOUR)
    judge.call(SIX - 9 * HOUR)  # from here on the schedule goes on from the present
    assert judge.counts == (1, 1, 0, 0, 0)
    judge.call(SIX - 8 * HOUR)
    assert judge.counts == (2, 1, 0, 1, 0)


def test_a_call_that_was_cut_off_tells_what_is_whole(bench) -> None:
    text = (
        '{"event": "edition", "edition": "a", "status": "succeeded"}\n'
        '{"event": "run_ends"}\n'
        '{"event": "held_back", "edition": "b", "status": "error"}\n'
        '{"event": "edition", "edition": "c", "sta'
    )
    assert dict(bench("soak_call").editions(text)) == {"a": "succeeded", "b": "held"}


def test_a_signal_is_sent_to_what_still_runs(bench) -> None:
    strike = bench("soak_call").strike
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        assert strike(process, signal.SIGKILL, time.monotonic())
        assert process.wait() == -signal.SIGKILL
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        assert not strike(process, signal.SIGKILL, time.monotonic() + 600)
        assert process.wait() == 0


def test_a_broken_endpoint_takes_nothing(bench) -> None:
    endpoint: Any = bench("soak_endpoint").Endpoint()
    endpoint.start()
    try:
        urlopen = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
        address = endpoint.address.replace("json://", "http://")
        with urlopen(address, b"one") as answer:
            assert answer.status == 200
        endpoint.broken = True
        with pytest.raises(urllib.error.HTTPError, match="503") as refused:
            urlopen(address, b"two")
        refused.value.close()
    finally:
        endpoint.stop()
    assert endpoint.received == ["one"]
