"""A run that is told to end may be given time for what is under way, and begins nothing more."""

import signal
import subprocess
import sys

import pytest
from ledgers import NAMES, PATIENCE, wait_until

RUN = """
import sys
from helpers.data.project import find_project
from helpers.reports.crew import Options
from helpers.reports.runner import run_reports
options = Options(jobs=1, force=True, grace=float(sys.argv[1]))
result = run_reports(find_project(), options=options)
print(*(record.status for record in result.records))
print(*(record.message or "-" for record in result.records), sep="; ")
sys.exit(result.exit_status)
"""
# A signal to the process is taken by any of its threads; here never by the one that waits.
TAKEN = """
import os, pathlib, signal, threading, time
def take():
    while not list(pathlib.Path(os.environ["KARABAKH_ROOT"]).glob("* runs")): time.sleep(0.01)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.pthread_kill(threading.get_ident(), number)
        time.sleep(2)
threading.Thread(target=take, daemon=True).start()
"""
NEVER = ("never begun", "stopped before its turn came")


@pytest.fixture
def start(ledger):
    """Start a run with a grace, in which one edition runs cells while others wait."""
    started = []

    def run(grace: float, before: str = "") -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", before + RUN, str(grace)],
            env=ledger.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def busy(ledger):
    """Let every edition give a sign that its cell runs, and go on when told; return signs."""
    signs = {name: ledger.project.root / f"{name} runs" for name in NAMES}
    for name, sign in signs.items():
        ledger.fault(
            name,
            f"import os, time\nPath({str(sign)!r}).touch()\n"
            f"while not os.path.exists({str(ledger.project.root / 'go on')!r}): time.sleep(0.01)",
        )
    return lambda: [name for name in NAMES if signs[name].exists()]


def test_what_runs_may_go_on_and_nothing_else_begins(ledger, start, busy):
    before = ledger.pages()
    process = start(PATIENCE)
    wait_until(busy, or_end_of=process)
    (running,) = busy()
    process.send_signal(signal.SIGTERM)
    # What will never begin is told at once; only then the one that runs may end.
    wait_until(lambda: "interrupted" in ledger.statuses(), or_end_of=process)
    (ledger.project.root / "go on").touch()
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (128 + signal.SIGTERM, "")
    expected = ["succeeded" if name == running else "interrupted" for name in NAMES]
    assert ledger.statuses() == out.splitlines()[0].split() == expected
    messages = dict(zip(NAMES, out.splitlines()[1].split("; "), strict=True))
    assert messages.pop(running) == "-"
    assert set(messages.values()) <= set(NEVER)
    assert busy() == [running]
    after = ledger.pages()
    assert {name for name in before if after[name] == before[name]} == {
        f"{name}.html" for name in NAMES if name != running
    }
    ledger.assert_nothing_is_left()
    ledger.assert_the_next_run_completes()


@pytest.mark.parametrize(
    ("grace", "numbers"),
    [(0.2, [signal.SIGINT]), (600, [signal.SIGINT, signal.SIGTERM]), (0, [signal.SIGINT])],
    ids=["time is up", "second signal", "no grace"],
)
def test_the_rest_ends_when_the_time_is_up_or_a_second_signal_comes(
    ledger, start, busy, grace, numbers
):
    process = start(grace)
    wait_until(busy, or_end_of=process)
    for number in numbers:
        process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (128 + signal.SIGINT, "")
    assert ledger.statuses() == ["interrupted"] * 3
    assert "stopped before it was done" in out
    ledger.assert_nothing_is_left()


def test_signals_that_another_thread_takes_are_heard(ledger, start, busy):
    """The thread that waits isn't woken by them, whatever they are for."""
    process = start(600, before=TAKEN)
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (128 + signal.SIGINT, "")
    assert len(busy()) == 1
    assert "stopped before it was done" in out
    ledger.assert_nothing_is_left()
