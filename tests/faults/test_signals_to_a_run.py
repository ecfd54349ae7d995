"""Whatever ends a run, its kernels end, what was done is told, and the next run completes."""

import os
import signal

import pytest
from ledgers import wait_until


@pytest.mark.parametrize(
    ("number", "everybody"),
    [(signal.SIGINT, True), (signal.SIGTERM, False)],
    ids=["Ctrl-C", "SIGTERM"],
)
def test_a_run_that_is_told_to_end(ledger, number, everybody):
    before, records = ledger.pages(), ledger.records()
    signs = [ledger.hang(name) for name in ("second", "third")]
    with ledger.start("--force", "--jobs", "3") as process:
        wait_until(lambda: all(sign() for sign in signs), or_end_of=process)
        wait_until(lambda: ledger.records()["first"] != records["first"], or_end_of=process)
        if everybody:  # a terminal sends it to the whole group, more than once when hurried
            os.killpg(process.pid, number)
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert err.splitlines() == [
        "second: interrupted: cell 3: Interrupted: stopped before it was done",
        "third: interrupted: cell 3: Interrupted: stopped before it was done",
    ]
    assert "1 succeeded, 2 interrupted" in out
    assert ledger.statuses() == ["succeeded", "interrupted", "interrupted"]
    after = ledger.pages()
    assert [after[name] == before[name] for name in ("second.html", "third.html")] == [True, True]
    assert b"The last run was broken off" in after["index.html"]
    ledger.assert_nothing_is_left()
    ledger.assert_the_next_run_completes()


def test_a_runner_that_is_killed(ledger):
    before, records = ledger.pages(), ledger.records()
    signs = [ledger.hang(name) for name in ("second", "third")]
    with ledger.start("--force", "--jobs", "3") as process:
        wait_until(lambda: all(sign() for sign in signs), or_end_of=process)
        wait_until(lambda: ledger.records()["first"] != records["first"], or_end_of=process)
        assert len(ledger.processes()) > 2
        process.kill()
    assert process.returncode == -signal.SIGKILL
    ledger.wait_for_no_processes()
    # Nobody was left to write the index; the pages and the manifest are whole.
    after = ledger.pages()
    assert [name for name in before if after[name] != before[name]] in ([], ["first.html"])
    assert ledger.records()["second"] == records["second"]
    assert ledger.records()["first"]["page"]["bytes"] == len(after["first.html"])
    # As a write looks that was cut short.
    (ledger.out / ".first.html.abcd_123").write_bytes(b"<html")
    (ledger.out / ".manifest.json.abcd_123").touch()
    ledger.assert_the_next_run_completes()


def test_a_runner_that_is_killed_while_its_kernels_start(ledger):
    with ledger.start("--force") as process:
        wait_until(lambda: len(ledger.processes()) > 1, or_end_of=process)
        process.kill()
    ledger.wait_for_no_processes()
    ledger.assert_the_next_run_completes()
