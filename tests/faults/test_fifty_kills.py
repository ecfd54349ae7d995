"""Killed at fifty random moments: no half page, no edition lost, none made twice."""

import json
import random
import time
from datetime import date
from itertools import count
from pathlib import Path

from clockwork import Clockwork
from ledgers import NAMES, Ledger

from helpers.schedule.state import read_state

KILLS = 50


def assert_all_is_whole(ledger: Ledger) -> None:
    """Whatever has a name is complete, and the records fit."""
    for path in ledger.out.rglob("[!.]*.html"):
        assert path.read_text("utf-8").rstrip().endswith("</html>"), path
    for path in ledger.out.rglob("[!.]*.json"):
        json.loads(path.read_text("utf-8"))
    assert set(ledger.records()) == set(NAMES)
    folder = ledger.project.root / ".schedule"
    assert read_state(folder)[1] == ""


def days_of(ledger: Ledger, name: str) -> list[str]:
    """The day that each dated edition was made for."""
    found = [json.loads(path.read_text("utf-8")) for path in Path(ledger.out, name).glob("*.json")]
    return sorted(item["record"]["page"]["parameters"]["start"] for item in found)


def test_fifty_kills_at_random_moments(ledger: Ledger) -> None:
    clockwork, chance = Clockwork(ledger), random.Random(50)
    begun = time.monotonic()
    assert clockwork.due(clockwork.slot(0))[0] == 0
    usual, kills, slots = time.monotonic() - begun, 0, 1
    for _ in count():
        with ledger.launch(*clockwork.words(clockwork.slot(slots))) as process:
            time.sleep(chance.uniform(0, usual))
            if process.poll() is None:
                process.kill()
                kills += 1
                process.communicate()
                assert_all_is_whole(ledger)
            else:
                assert process.returncode == 0
                slots += 1
        if kills == KILLS:
            break
    ledger.wait_for_no_processes()
    status, _, err = clockwork.due(clockwork.slot(slots))
    assert (status, err) == (0, "")
    # The first was made by hand, before there was a schedule.
    wanted = [str(date.fromisoformat(f"{clockwork.slot(n):%Y-%m-%d}")) for n in range(slots + 1)]
    for name in NAMES:
        assert days_of(ledger, name) == sorted(["", *wanted])
    clockwork.assert_all_is_well(clockwork.slot(slots))
