"""Every signal to end becomes a call; without one to make, the process ends truly."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import closing
from types import SimpleNamespace

import pytest

from helpers.reports.signals import SIGNALS, Signals


@pytest.mark.parametrize("number", SIGNALS)
def test_every_signal_calls_and_the_first_is_remembered(number):
    calls = []
    with Signals() as signals:
        signals.stop = lambda: calls.append(signals.received)
        os.kill(os.getpid(), number)
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), number)
    assert calls == [number] * 3
    assert signals.received == number


def test_before_anything_runs_a_signal_ends_the_process_through_every_finally():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as caught, Signals():
        os.kill(os.getpid(), signal.SIGTERM)
    assert caught.value.code == 143
    assert signal.getsignal(signal.SIGTERM) == before


def test_what_ends_the_process_is_not_disturbed_by_more_signals():
    done = []

    def tidy() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        done.append(True)

    with pytest.raises(SystemExit) as caught, Signals(), closing(SimpleNamespace(close=tidy)):
        os.kill(os.getpid(), signal.SIGTERM)
    assert (caught.value.code, done) == (143, [True])


def test_the_signals_are_given_back():
    before = [signal.getsignal(number) for number in SIGNALS]
    with Signals():
        assert [signal.getsignal(number) for number in SIGNALS] != before
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_outside_the_main_thread_nothing_is_listened_to():
    heard = []
    before = [signal.getsignal(number) for number in SIGNALS]

    def run():
        with Signals() as signals:
            heard.append((signals.received, [signal.getsignal(n) for n in SIGNALS]))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert heard == [(0, before)]


def test_what_nohup_ignores_stays_ignored():
    code = (
        "import os, signal\nfrom helpers.reports.signals import Signals\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "with Signals() as signals:\n    os.kill(os.getpid(), signal.SIGHUP)\n"
        "print(signals.received)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, "0\n")
