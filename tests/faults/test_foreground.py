"""`karabakh schedule`: keeps going, ends when told, and is alone."""

import json
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from clockwork import Clockwork
from ledgers import NAMES, Ledger, wait_until

from helpers.schedule.state import read_state


@pytest.fixture
def fresh(ledger: Ledger) -> Clockwork:
    """A ledger without pages: everything is due at once, by the real clock."""
    clockwork = Clockwork(ledger)
    shutil.rmtree(ledger.out)
    return clockwork


def is_waiting(clockwork: Clockwork, out: Path):
    return lambda: '"event": "waiting"' in out.read_text()


@contextmanager
def launched(ledger: Ledger, out: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """Start it with its output in a file: nobody would read a pipe meanwhile."""
    with out.open("w") as file, ledger.launch("schedule", *words, stdout=file) as process:
        yield process


def test_it_runs_what_is_due_waits_and_ends_on_sigterm(fresh, tmp_path):
    ledger, out = fresh.ledger, tmp_path / "out"
    with launched(ledger, out) as process:
        wait_until(is_waiting(fresh, out), or_end_of=process)
        assert ledger.statuses() == ["succeeded"] * len(NAMES)
        # Nothing but itself is left between batches.
        assert [item.pid for item in ledger.processes()] == [process.pid]
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 143
    events = [json.loads(line) for line in out.read_text().splitlines()]
    names = [event["event"] for event in events]
    assert names[0] == "schedule_begins"
    assert names[-2:] == ["waiting", "schedule_ends"]
    assert events[-2]["until"] == f"{fresh.first:%Y-%m-%dT%H:%M:%SZ}"
    fresh.assert_all_is_well(fresh.first.replace(hour=5))


def test_the_second_is_refused_and_says_who_is_first(fresh, tmp_path):
    ledger, out = fresh.ledger, tmp_path / "out"
    with launched(ledger, out) as process:
        wait_until(is_waiting(fresh, out), or_end_of=process)
        status, _, err = ledger.call("schedule")
        assert status == 1
        assert re.search(rf"process {process.pid} on .*\(karabakh schedule\)", err)
        assert len(err.splitlines()) == 1
        # A single call beside it is welcome: it takes turns with the batches.
        assert ledger.call("due") == (0, "", "")
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
    # Killed, it holds nothing either.
    with launched(ledger, out) as process:
        wait_until(is_waiting(fresh, out), or_end_of=process)
        process.kill()
    with launched(ledger, out) as process:
        wait_until(is_waiting(fresh, out), or_end_of=process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 143
    fresh.assert_all_is_well(fresh.first.replace(hour=5))


@pytest.fixture
def signs(fresh) -> tuple[Path, Path]:
    """Return the sign of an edition that its cell runs, and the one that lets it go on."""
    runs, go = (fresh.ledger.project.root / name for name in ("runs", "go"))
    for name in NAMES:
        code = f"import time\nPath({str(runs)!r}).touch()\nwhile not Path({str(go)!r}).exists():"
        fresh.ledger.fault(name, f"{code} time.sleep(0.02)")
    return runs, go


def test_a_second_signal_ends_the_grace_of_the_batch(fresh, signs, tmp_path):
    ledger, out, (runs, _) = fresh.ledger, tmp_path / "out", signs
    with launched(ledger, out, "--jobs", "1", "--grace", "600") as process:
        wait_until(runs.exists, or_end_of=process)
        process.send_signal(signal.SIGINT)
        wait_until(lambda: "interrupted" in fresh.told(out.read_text()).values(), or_end_of=process)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    assert list(fresh.told(out.read_text()).values()) == ["interrupted"] * len(NAMES)
    assert ledger.processes() == []


@pytest.mark.parametrize("grace", ["0", "60"])
def test_sigterm_during_a_batch_is_passed_on_to_it(fresh, signs, tmp_path, grace):
    ledger, out, (runs, go) = fresh.ledger, tmp_path / "out", signs
    with launched(ledger, out, "--jobs", "1", "--grace", grace) as process:
        wait_until(runs.exists, or_end_of=process)
        process.send_signal(signal.SIGTERM)
        if grace != "0":
            go.touch()
        assert process.wait(60) == 143
    told = fresh.told(out.read_text())
    succeeded = 0 if grace == "0" else 1
    assert list(told.values()).count("succeeded") == succeeded
    assert list(told.values()).count("interrupted") == len(NAMES) - succeeded
    assert ledger.processes() == []
    go.touch()
    assert ledger.call("due")[0] == 0
    fresh.assert_all_is_well(fresh.first.replace(hour=5))


def test_it_keeps_the_next_slot_too_and_its_memory_stays(fresh, tmp_path):
    """Every minute: the first batch at once, the second when the clock says so."""
    ledger, out = fresh.ledger, tmp_path / "out"
    plan = ledger.project.plan
    plan.write_text(plan.read_text().replace('"0 6 * * 1"', '"* * * * *"'))
    with launched(ledger, out) as process:
        wait_until(is_waiting(fresh, out), or_end_of=process)
        memory = psutil.Process(process.pid).memory_info().rss
        batches = '"event": "run_ends"'
        wait_until(lambda: out.read_text().count(batches) >= 2, or_end_of=process)
        assert psutil.Process(process.pid).memory_info().rss < 1.1 * memory
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 143
    state, damage = read_state(ledger.project.root / ".schedule")
    assert (damage, set(state.marks)) == ("", set(NAMES))
    slots = [e["slot"] for e in fresh.events("edition") if e["edition"] == "first"]
    assert len(slots) == len(set(slots)) >= 2


def test_a_broken_plan_is_told_and_mending_it_is_noticed(fresh, tmp_path):
    ledger, out = fresh.ledger, tmp_path / "out"
    plan = ledger.project.plan
    good = plan.read_text()
    plan.write_text(good.replace("cadence", "cadense", 1))
    with launched(ledger, out) as process:
        wait_until(lambda: '"plan_broken"' in out.read_text(), or_end_of=process)
        plan.write_text(good)
        wait_until(is_waiting(fresh, out), or_end_of=process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 143
    fresh.assert_all_is_well(fresh.first.replace(hour=5))
