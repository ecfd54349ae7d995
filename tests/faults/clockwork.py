"""A ledger on a schedule: slots to come, what the log says, and when something has to run."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from ledgers import NAMES, Ledger

from helpers.reports.cadence import next_slot

CADENCE = "0 6 * * 1"
WEEK, HOUR, MINUTE = timedelta(days=7), timedelta(hours=1), timedelta(minutes=1)


class Clockwork:
    """Calls `karabakh due` for a ledger as if it were some other time.

    Every edition shows the day of its run, so at each new slot each has to run.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.first = next_slot(CADENCE, datetime.now(UTC))
        plan = ledger.project.plan
        new = 'parameters: {start: today}, cadence: "0 6'
        plan.write_text(plan.read_text().replace('cadence: "0 6', new))

    def slot(self, number: int) -> datetime:
        """The slots to come, from 0."""
        return self.first + number * WEEK

    def words(self, now: datetime, *words: str) -> tuple[str, ...]:
        return "due", "--now", now.isoformat(), *words

    def due(self, now: datetime, *words: str, **environment: str) -> tuple[int, str, str]:
        """Run what is due at a time; return status, output and errors."""
        return self.ledger.call(*self.words(now, *words), **environment)

    def status(self, now: datetime) -> tuple[int, dict[str, Any]]:
        status, out, err = self.ledger.call("status", "--json", "--now", now.isoformat())
        assert err == ""
        return status, json.loads(out)

    def standings(self, now: datetime) -> dict[str, dict[str, Any]]:
        return {item["edition"]: item for item in self.status(now)[1]["editions"]}

    def events(self, name: str = "") -> list[dict[str, Any]]:
        """What the log holds, of one kind or of all."""
        path = self.ledger.project.root / ".schedule" / "log" / "karabakh.jsonl"
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        events = [json.loads(line) for line in lines]
        return [event for event in events if not name or event["event"] == name]

    def told(self, out: str) -> dict[str, str]:
        """What became of each edition, by the lines that a call printed."""
        events = [json.loads(line) for line in out.splitlines()]
        return {e["edition"]: e["status"] for e in events if e["event"] == "edition"}

    def assert_all_is_well(self, now: datetime) -> None:
        """Nothing is due, failing or wrong, and nothing lies about."""
        status, seen = self.status(now)
        assert (status, seen["well"], seen["incidents"]) == (0, True, [])
        assert [item["status"] for item in seen["editions"]] == ["succeeded"] * len(NAMES)
        assert [item["due_since"] for item in seen["editions"]] == [None] * len(NAMES)
        self.ledger.assert_nothing_is_left()
        folder = self.ledger.project.root / ".schedule"
        left = {path.name for path in folder.iterdir() if ".damaged-" not in path.name}
        assert left == {"log", "state.sqlite"}
