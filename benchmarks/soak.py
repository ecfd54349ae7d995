"""Weeks of schedule in minutes, with faults: ``python benchmarks/soak.py``.

The real command, ``karabakh due --now TIME``, is called again and again on a small project in a
temporary folder, each time some minutes to a day later. Meanwhile, as a seed decides: it is killed
or told to stop at any moment, the clock is set back, notebooks fail, a row of the data is broken,
the file of the state is damaged, and the endpoint of the alerts takes nothing. In the end all is
mended. What the schedule should have done is worked out here anew, from the cadences alone
(``soak_truth.py``); then this prints what was lost, made twice, or left behind, and exits with 1 if
anything was. Each call is a line on standard error.
"""

import argparse
import json
import random
import signal
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from soak_ground import EDITIONS, Called, Ground
from soak_truth import Truth

from helpers.data.project import find_project, write_atomic

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# How often a call begins each fault.
FAULTS = {
    "kill": 0.12,
    "stop": 0.08,
    "clock back": 0.05,
    "clock far back": 0.02,
    "notebook": 0.10,
    "data": 0.04,
    "state": 0.03,
    "endpoint": 0.08,
}
# What must be 0 for a good end.
NEVER = ("lost", "duplicated", "processes left", "files left", "crashes", "alerts lost")


class Soak:
    """The calls and what they came to.

    Parameters
    ----------
    ground : Ground
    seed : int
    """

    def __init__(self, ground: Ground, seed: int) -> None:
        self.ground, self.chance = ground, random.Random(seed)  # noqa: S311 - no secret
        self.now = datetime.now(UTC).replace(microsecond=0) + DAY
        self.truth = Truth(EDITIONS)
        self.faults: Counter[str] = Counter()
        self.last: dict[str, int] = {}
        self.memory: list[int] = []
        self.busy: list[float] = [3.0]
        self.left: Counter[str] = Counter()

    def run(self, runs: int) -> dict[str, Any]:
        """Call so often, mend everything, and call until all is quiet.

        Parameters
        ----------
        runs : int

        Returns
        -------
        dict
            What is printed.
        """
        for _ in range(runs):
            self._step()
        self.ground.mend()
        for pause in (2 * HOUR, 2 * HOUR, DAY, 2 * HOUR):
            self.now += pause
            self._note(self.ground.call(self.now))
        return self.results(runs)

    def results(self, runs: int) -> dict[str, Any]:
        """Return every figure.

        Parameters
        ----------
        runs : int

        Returns
        -------
        dict
            Plain values for JSON.
        """
        quarter = max(1, len(self.memory) // 4)
        alerts = self.ground.alerts()
        return {
            "calls": runs,
            "faults": dict(sorted(self.faults.items())),
            "slots due": self.truth.due,
            "slots done": self.truth.done,
            "slots overtaken while no call could end": self.truth.overtaken,
            "lost": len(self.truth.lost) + self.truth.unaccounted,
            "duplicated": len(self.ground.duplicates()),
            "processes left": self.left["process"],
            "files left": self.left["file"],
            "crashes": self.left["crash"],
            "incidents": alerts["incidents"],
            "alerts": alerts["received"],
            "alerts twice": alerts["twice"],
            "alerts lost": alerts["lost"],
            "largest process, first quarter, MB": _median(self.memory[:quarter]),
            "largest process, last quarter, MB": _median(self.memory[-quarter:]),
        }

    def _step(self) -> None:
        """Let time pass, let something break or be mended, and call."""
        small = self.chance.random() < 0.5
        self.now += MINUTE * self.chance.randint(*((5, 70) if small else (120, 1800)))
        begun = [name for name, share in FAULTS.items() if self.chance.random() < share]
        self.faults.update(begun)
        if "clock back" in begun:
            self.now -= MINUTE * self.chance.randint(1, 180)
        if "clock far back" in begun:
            self.now -= MINUTE * self.chance.randint(181, 4000)
        for name in ("notebook", "data", "endpoint"):
            if name in begun and not self.last.get(name):
                self.ground.breaks(name, self.chance)
                self.last[name] = self.chance.randint(1, 4)
        if "state" in begun:
            self.ground.damage_state(self.chance)
            self.truth.forget()
        number = signal.SIGKILL if "kill" in begun else signal.SIGTERM if "stop" in begun else None
        after = self.chance.uniform(0, 1.3 * statistics.median(self.busy[-20:]))
        self._note(self.ground.call(self.now, number=number, after=after))
        for name in list(self._over()):
            self.ground.mend(name)

    def _over(self) -> Iterator[str]:
        """Count down the calls that a fault lasts; yield those that end."""
        for name, left in self.last.items():
            self.last[name] = max(0, left - 1)
            if left == 1:
                yield name

    def _note(self, called: Called) -> None:
        self.truth.note(self.now, called)
        self.left.update(called.left)
        told = ", ".join(f"{name} {status}" for name, status in called.editions.items())
        line = f"{self.now:%Y-%m-%d %H:%M}  {called.status:>4}  {called.seconds:5.1f} s  {told}"
        print(line, *called.errors.splitlines()[:3], sep="\n    ", file=sys.stderr, flush=True)
        self.ground.note_incidents()
        if called.struck is None:
            if called.status not in (0, 1) or "Traceback" in called.errors:
                self.left["crash"] += 1
                print(f"status {called.status}: {called.errors[-2000:]}", file=sys.stderr)
            if called.worked:
                self.memory.append(called.memory)
                self.busy.append(called.seconds)


def _median(values: list[int]) -> float | None:
    return round(statistics.median(values) / 1000, 1) if values else None


def main() -> None:
    """Soak, print the figures, and exit with 1 if one that must be 0 is not."""
    parser = argparse.ArgumentParser(description="Weeks of schedule in minutes, with faults.")
    parser.add_argument("--runs", type=int, default=500, help="calls (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="what happens when")
    parser.add_argument("--json", type=Path, help="keep the figures in this file, too")
    options = parser.parse_args()
    # Ended from outside, it still removes its folder and stops what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with (
        tempfile.TemporaryDirectory(prefix="soak") as name,
        Ground(find_project(), Path(name)) as ground,
    ):
        soak = Soak(ground, options.seed)
        results = soak.run(options.runs)
        for edition, slot, why in soak.truth.lost:
            print(f"lost: {edition} {slot:%Y-%m-%d %H:%M}: {why}", file=sys.stderr)
        for line in ground.duplicates():
            print(f"duplicated: {line}", file=sys.stderr)
    for what, value in results.items():
        print(f"{what:<42} {value}")
    if options.json:
        write_atomic(options.json, json.dumps(results | {"seed": options.seed}, indent=1) + "\n")
    sys.exit(any(results[what] for what in NEVER))


if __name__ == "__main__":
    main()
