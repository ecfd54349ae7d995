"""On a schedule: each slot once, whatever the clock, the data, the disk and the processes do."""

import json
import signal
import sqlite3
import time
from contextlib import suppress
from datetime import UTC, datetime

import psutil
import pytest
from clockwork import HOUR, MINUTE, WEEK, Clockwork
from disks import BEST, small_disk
from ledgers import NAMES, wait_until

ALL_WELL = dict.fromkeys(NAMES, "succeeded")


@pytest.fixture
def clockwork(ledger):
    return Clockwork(ledger)


def test_what_is_due_runs_once_and_missed_slots_are_caught_up_once(clockwork):
    assert clockwork.due(clockwork.slot(0) - MINUTE) == (0, "", "")
    status, out, err = clockwork.due(clockwork.slot(0))
    assert (status, err, clockwork.told(out)) == (0, "", ALL_WELL)
    assert clockwork.due(clockwork.slot(0) + HOUR) == (0, "", "")
    # Four slots later, of which three were missed.
    status, out, err = clockwork.due(clockwork.slot(4) + HOUR)
    assert (status, err, clockwork.told(out)) == (0, "", ALL_WELL)
    assert clockwork.due(clockwork.slot(4) + 2 * HOUR) == (0, "", "")
    assert len(clockwork.events("run_begins")) == 2
    clockwork.assert_all_is_well(clockwork.slot(4) + 2 * HOUR)


def test_run_ids_tie_log_manifest_and_page(clockwork):
    _, out, _ = clockwork.due(clockwork.slot(0))
    (run,) = {json.loads(line)["run"] for line in out.splitlines()}
    ledger = clockwork.ledger
    assert {event["run"] for event in clockwork.events()} == {run}
    for name in NAMES:
        assert ledger.records()[name]["run"] == run
        dated = json.loads((ledger.out / name / f"{ledger.dated(name)[-1]}.json").read_text())
        assert dated["record"]["run"] == run
        assert run in (ledger.out / f"{name}.html").read_text()
    assert {item["run"] for item in clockwork.standings(clockwork.slot(0)).values()} == {run}


def test_a_clock_set_back_an_hour_neither_repeats_nor_loses_an_edition(clockwork):
    assert clockwork.due(clockwork.slot(0) + MINUTE)[0] == 0
    for now in (clockwork.slot(0) - HOUR, clockwork.slot(0), clockwork.slot(0) + HOUR):
        assert clockwork.due(now) == (0, "", "")
    assert clockwork.told(clockwork.due(clockwork.slot(1))[1]) == ALL_WELL
    assert len(clockwork.events("run_begins")) == 2


def test_a_clock_that_was_far_ahead_costs_no_slot_once_it_is_right(clockwork):
    assert clockwork.due(clockwork.slot(50))[0] == 0
    assert clockwork.due(clockwork.slot(1) + HOUR) == (0, "", "")
    assert clockwork.told(clockwork.due(clockwork.slot(2))[1]) == ALL_WELL


def test_a_failing_edition_is_tried_again_and_told_until_it_recovers(clockwork):
    slot, ledger = clockwork.slot(0), clockwork.ledger
    before = ledger.pages()
    ledger.fault("second", "raise ValueError('no such day')")
    line = "second: failed: cell 3: ValueError: no such day\n"
    status, out, err = clockwork.due(slot)
    assert (status, err) == (1, line)
    assert clockwork.told(out) == ALL_WELL | {"second": "failed"}
    assert ledger.pages()["second.html"] == before["second.html"]

    status, seen = clockwork.status(slot + MINUTE)
    second = next(item for item in seen["editions"] if item["edition"] == "second")
    assert status == 1
    assert (second["failing"], second["reason"]) == (True, "cell 3: ValueError: no such day")
    assert clockwork.due(slot + 9 * MINUTE) == (0, "", "")
    assert clockwork.due(slot + 10 * MINUTE)[::2] == (1, line)
    assert clockwork.due(slot + 69 * MINUTE) == (0, "", "")
    ledger.mend()
    status, out, err = clockwork.due(slot + 70 * MINUTE)
    assert (status, err, clockwork.told(out)) == (0, "", {"second": "succeeded"})
    clockwork.assert_all_is_well(slot + 71 * MINUTE)


def test_what_somebody_made_by_hand_counts(clockwork):
    clockwork.ledger.fault("second", "raise ValueError('no such day')")
    assert clockwork.due(clockwork.slot(0))[0] == 1
    clockwork.ledger.mend()
    status, _, err = clockwork.ledger.run("second")
    assert (status, err) == (0, "")
    assert clockwork.due(clockwork.slot(0) + MINUTE) == (0, "", "")
    clockwork.assert_all_is_well(clockwork.slot(0) + MINUTE)


def test_a_data_error_holds_editions_back_and_keeps_the_last_good_pages(clockwork):
    ledger, slot = clockwork.ledger, clockwork.slot(0)
    before, table = ledger.pages(), ledger.project.raw / "returns.csv"
    good = table.read_bytes()
    table.write_bytes(good + b"x,y\n")
    status, out, err = clockwork.due(slot)
    assert status == 1
    assert err.startswith("data/raw/returns.csv:")
    assert clockwork.told(out) == {}
    assert ledger.pages() == before
    reason = err.splitlines()[0]
    held = clockwork.standings(slot + MINUTE)
    assert {item["status"] for item in held.values()} == {"held"}
    assert all(item["reason"].startswith(reason) for item in held.values())
    assert all(item["failing"] for item in held.values())

    assert clockwork.due(slot + 9 * MINUTE) == (0, "", "")
    assert clockwork.due(slot + 10 * MINUTE)[0] == 1
    table.write_bytes(good)
    status, out, err = clockwork.due(slot + 20 * MINUTE)
    assert (status, err, clockwork.told(out)) == (0, "", ALL_WELL)
    clockwork.assert_all_is_well(slot + 21 * MINUTE)


def test_a_broken_plan_is_told_and_nothing_is_lost(clockwork):
    plan, slot = clockwork.ledger.project.plan, clockwork.slot(0)
    good = plan.read_text()
    plan.write_text(good.replace("cadence", "cadense", 1))
    status, _, err = clockwork.due(slot)
    assert status == 1
    assert err.startswith("reports.yml:")
    plan.write_text(good)
    assert clockwork.told(clockwork.due(slot + HOUR)[1]) == ALL_WELL
    clockwork.assert_all_is_well(slot + HOUR)


def test_a_full_disk_is_remembered_elsewhere_and_passes(clockwork):
    ledger, slot = clockwork.ledger, clockwork.slot(0)
    with small_disk(BEST, ledger, ledger.out) as disk:
        before = ledger.pages()
        disk.fill()
        status, _, err = clockwork.due(slot)
        assert status == 1
        assert "No space left on device" in err
        assert ledger.pages() == before
        held = clockwork.standings(slot + MINUTE)
        assert {item["status"] for item in held.values()} == {"held"}
        disk.free()
        assert clockwork.told(clockwork.due(slot + 10 * MINUTE)[1]) == ALL_WELL
        clockwork.assert_all_is_well(slot + 11 * MINUTE)


@pytest.mark.parametrize("way", sorted({BEST, "device"}))
def test_a_read_only_output_folder_holds_editions_back(clockwork, way):
    ledger, slot = clockwork.ledger, clockwork.slot(0)
    with small_disk(way, ledger, ledger.out) as disk:
        before = ledger.pages()
        disk.read_only(True)
        status, out, err = clockwork.due(slot)
        assert (status, clockwork.told(out)) == (1, {})
        assert err.startswith(
            f"{ledger.project.reports}: cannot be written (Read-only file system)"
        )
        assert ledger.pages() == before
        disk.read_only(False)
        assert clockwork.told(clockwork.due(slot + 10 * MINUTE)[1]) == ALL_WELL
        clockwork.assert_all_is_well(slot + 11 * MINUTE)


def test_a_state_that_cannot_be_written_runs_nothing(clockwork):
    folder = clockwork.ledger.project.root / ".schedule"
    folder.write_text("mine")
    before = clockwork.ledger.pages()
    status, out, err = clockwork.due(clockwork.slot(0))
    assert (status, out) == (1, "")
    assert err.startswith(f"{folder}: cannot be ")
    assert len(err.splitlines()) == 1
    assert clockwork.ledger.pages() == before


def test_a_folder_that_cannot_be_written_holds_editions_back(clockwork):
    ledger, slot = clockwork.ledger, clockwork.slot(0)
    away = ledger.out.rename(ledger.project.root / "away")
    ledger.out.write_text("mine")
    status, out, err = clockwork.due(slot)
    assert (status, clockwork.told(out)) == (1, {})
    assert err.startswith(f"{ledger.out}: cannot be written")
    ledger.out.unlink()
    away.rename(ledger.out)
    assert clockwork.told(clockwork.due(slot + 10 * MINUTE)[1]) == ALL_WELL
    clockwork.assert_all_is_well(slot + 11 * MINUTE)


@pytest.mark.parametrize("damage", ["noise", "half", "row"])
def test_a_damaged_state_is_put_aside_and_rebuilt_from_the_pages(clockwork, damage):
    assert clockwork.due(clockwork.slot(0))[0] == 0
    path = clockwork.ledger.project.root / ".schedule" / "state.sqlite"
    if damage == "noise":
        path.write_bytes(b"\x07" * 9000)
    elif damage == "half":
        path.write_bytes(path.read_bytes()[:6000])
    else:
        connection = sqlite3.connect(path)
        connection.execute("UPDATE marks SET about = '[]'")
        connection.commit()
        connection.close()
    status, seen = clockwork.status(clockwork.slot(0) + MINUTE)
    assert (status, seen["well"]) == (1, False)
    assert seen["damage"].startswith(f"{path} is damaged (")

    status, out, err = clockwork.due(clockwork.slot(0) + MINUTE)
    # The pages say what was made; by this test's clock that was before the slot.
    assert (status, err, clockwork.told(out)) == (0, "", dict.fromkeys(NAMES, "unchanged"))
    assert clockwork.events("state_rebuilt")
    assert len(list(path.parent.glob("state.sqlite.damaged-*"))) >= 1
    assert clockwork.told(clockwork.due(clockwork.slot(1))[1]) == ALL_WELL
    clockwork.assert_all_is_well(clockwork.slot(1) + MINUTE)


def test_the_second_of_two_calls_leaves_the_work_to_the_first(clockwork):
    ledger = clockwork.ledger
    runs = ledger.hang("first")
    with ledger.launch(*clockwork.words(clockwork.slot(0), "--grace", "0")) as process:
        wait_until(runs, or_end_of=process)
        status, out, err = clockwork.due(clockwork.slot(0))
        assert (status, err) == (0, "")
        (event,) = map(json.loads, out.splitlines())
        assert event["event"] == "busy"
        assert f"process {process.pid} on " in event["reason"]
        process.send_signal(signal.SIGTERM)
        process.communicate()
    assert process.returncode == 143
    ledger.mend()
    assert clockwork.told(clockwork.due(clockwork.slot(0) + MINUTE)[1])["first"] == "succeeded"
    clockwork.assert_all_is_well(clockwork.slot(0) + MINUTE)


def test_a_run_by_hand_is_waited_for_by_the_next_call(clockwork):
    ledger = clockwork.ledger
    runs = ledger.hang("first")
    with ledger.start("--force") as process:
        wait_until(runs, or_end_of=process)
        status, out, err = clockwork.due(clockwork.slot(0))
        assert (status, err, clockwork.told(out)) == (0, "", {})
        assert clockwork.events("busy")
        process.kill()
    ledger.wait_for_no_processes()
    ledger.mend()
    assert clockwork.told(clockwork.due(clockwork.slot(0))[1]) == ALL_WELL
    clockwork.assert_all_is_well(clockwork.slot(0))


@pytest.mark.parametrize("grace", ["0", "60"])
def test_sigterm_lets_the_running_edition_end_within_its_grace(clockwork, grace):
    ledger = clockwork.ledger
    go, sign = ledger.project.root / "go", ledger.project.root / "runs"
    code = f"import time\nPath({str(sign)!r}).touch()\nwhile not Path({str(go)!r}).exists():"
    for name in NAMES:
        ledger.fault(name, f"{code} time.sleep(0.02)")
    words = clockwork.words(clockwork.slot(0), "--grace", grace, "--jobs", "1")
    with ledger.launch(*words) as process:
        wait_until(sign.exists, or_end_of=process)
        process.send_signal(signal.SIGTERM)
        if grace != "0":
            go.touch()
        out, _ = process.communicate()
    assert process.returncode == 143
    statuses = sorted(clockwork.told(out).values())
    assert statuses == [*["interrupted"] * (3 if grace == "0" else 2), *["succeeded"] * 3][:3]
    # What was broken off is no failure, and still due.
    assert clockwork.status(clockwork.slot(0))[1]["incidents"] == []
    go.touch()
    out = clockwork.due(clockwork.slot(0) + MINUTE)[1]
    assert set(clockwork.told(out).values()) == {"succeeded"}
    clockwork.assert_all_is_well(clockwork.slot(0) + MINUTE)


def test_two_hundred_editions_due_at_once(clockwork, tmp_path):
    """They all end, and the runner takes no more memory for the last than for those before."""
    ledger, sizes = clockwork.ledger, []
    days = ", ".join(f"-{number}d" for number in range(200))
    ledger.project.plan.write_text(
        "editions:\n  many:\n    notebook: first\n    title: '{start}'\n"
        f"    matrix: {{start: [{days}]}}\n    cadence: '0 6 * * 1'\n"
    )
    out, words = tmp_path / "out", clockwork.words(clockwork.slot(0))
    with out.open("w") as file, ledger.launch(*words, stdout=file) as process:
        runner = psutil.Process(process.pid)
        while process.poll() is None:
            with suppress(psutil.Error):
                sizes.append(runner.memory_info().rss)
            time.sleep(0.05)
        assert process.returncode == 0
        assert process.stderr.read() == ""
    assert list(clockwork.told(out.read_text()).values()) == ["succeeded"] * 200
    half = len(sizes) // 2
    assert max(sizes[half:]) < 1.1 * max(sizes[:half])
    assert clockwork.status(clockwork.slot(0))[0] == 0
    assert clockwork.due(clockwork.slot(0) + MINUTE) == (0, "", "")


def test_status_tells_what_is_overdue(clockwork):
    assert clockwork.due(clockwork.slot(0))[0] == 0
    late = clockwork.slot(1) + 2 * HOUR
    status, seen = clockwork.status(late)
    assert status == 1
    assert [item["overdue"] for item in seen["editions"]] == [True] * 3
    status, out, _ = clockwork.ledger.call("status", "--now", late.isoformat())
    assert status == 1
    assert out.startswith("3 editions: 3 overdue; next ")
    assert f"due since {clockwork.slot(1):%Y-%m-%d} 06:00 UTC" in out
    assert datetime.fromisoformat(seen["now"]) == late.astimezone(UTC)
    assert clockwork.slot(1) - clockwork.slot(0) == WEEK
