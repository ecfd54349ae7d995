"""The parts of a round: what is timed, what is weighed, and whether the work was really done."""

import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from claim import TABLE, append_claim, concerned
from contenders import CONTENDERS, report
from kernels import STOCK, WARM, ready
from machine import describe_machine
from memory import Peak
from stage import BIN, BenchmarkError, Stage

WEIGHED = ("ours", "cache", "limit")
# Over in seconds, so timed after each of the others, in whatever state the machine is by then.
BRIEF = ("limit", "ours")
PARTS = (*CONTENDERS, "nothing", "claim", "memory", "kernel")


class Suite:
    """One benchmark: a stage that stays as it is, one that grows, and what was measured.

    Parameters
    ----------
    still, growing : Stage
        Two copies of the project.
    """

    def __init__(self, still: Stage, growing: Stage) -> None:
        self.still, self.growing = still, growing
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.memory: dict[str, list[float]] = defaultdict(list)
        self.kernels: dict[str, list[float]] = defaultdict(list)
        self.rerun: list[list[str]] = []
        self.charts: dict[str, int] = {}

    def steps(self, parts: list[str]) -> list[Callable[[], None]]:
        """Prepare the parts of a round.

        Parameters
        ----------
        parts : list of str
            Of `PARTS`.

        Returns
        -------
        list of callable
            Each measures once.
        """
        made = [partial(self.time, name) for name in in_turns([*CONTENDERS], parts)]
        say("preparing")
        for name, step, stage in (
            ("nothing", self.nothing, self.still),
            ("claim", self.claim, self.growing),
        ):
            if name in parts:
                stage.run([report(stage, stage.kept)])
                made.append(partial(step))
        return made + [partial(self.weigh, name) for name in WEIGHED if "memory" in parts]

    def time(self, name: str) -> None:
        """Time a contender once."""
        out = self._folder(name)
        taken = self.still.run(CONTENDERS[name].commands(self.still, out))
        self._check(name, out)
        self._note(name, taken)

    def weigh(self, name: str) -> None:
        """Sample a contender's memory in a run of its own, since that costs time."""
        out, peak = self._folder(f"{name}-memory"), Peak()
        self.still.run(CONTENDERS[name].commands(self.still, out), watch=peak.watch)
        self._check(name, out)
        self.memory[name].append(peak.bytes / 1e6)
        say(f"{name:8} {peak.bytes / 1e6:8.0f} MB at most, in {peak.samples} samples")

    def nothing(self) -> None:
        """Time our command when nothing has changed."""
        taken, rerun = self._again(self.still)
        if rerun:
            raise BenchmarkError(f"nothing changed, and yet re-run: {', '.join(rerun)}")
        self._note("nothing", taken)

    def claim(self) -> None:
        """Time our command when one claim was added, and note what it ran."""
        append_claim(self.growing.project)
        taken, rerun = self._again(self.growing)
        self.rerun.append(rerun)
        self._note("claim", taken)

    def kernel(self, starts: int) -> None:
        """Time kernels of both specs in turn, with the shared parent running."""
        command = [str(BIN / "karabakh"), "warm"]
        self.still.run([command])
        try:
            for _ in range(starts):
                self.kernels["stock"].append(ready(STOCK))
                self.kernels["warm"].append(ready(WARM))
        finally:
            self.still.run([[*command, "--stop"]])
        say(f"kernels: {starts} starts each")

    def results(self, rounds: int) -> dict[str, Any]:
        """Return everything measured, as plain values for JSON."""
        made = {
            "measured": f"{datetime.now(UTC):%Y-%m-%d}",
            "machine": describe_machine(),
            "rounds": rounds,
            "editions": len(self.still.editions),
            "charts": sum(self.charts.values()),
            "jobs": self.still.jobs,
            "seconds": _rounded(self.seconds, 3),
            "memory_mb": _rounded(self.memory, 1),
            "kernel_seconds": _rounded(self.kernels, 4),
            "kernel_rounds": len(self.kernels["warm"]),
        }
        claim = {"table": TABLE, "concerned": concerned(self.growing), "rerun": self.rerun}
        return made | ({"claim": claim} if self.rerun else {})

    def _folder(self, name: str) -> Path:
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.still.folder))

    def _again(self, stage: Stage) -> tuple[float, list[str]]:
        """Run our command over pages that exist; return its time and the pages made anew."""
        before = stage.made()
        taken = stage.run([report(stage, stage.kept)])
        after = stage.made()
        stage.charts(stage.kept)
        return taken, [name for name in after if after[name] != before.get(name)]

    def _check(self, name: str, out: Path) -> None:
        charts = self.still.charts(out)
        self.charts = self.charts or charts
        if charts != self.charts or not all(charts.values()):
            raise BenchmarkError(f"{name} made {charts}, another way {self.charts} charts")

    def _note(self, name: str, taken: float) -> None:
        self.seconds[name].append(taken)
        say(f"{name:8} {taken:8.2f} s")


def in_turns(contenders: list[str], parts: list[str]) -> list[str]:
    """Put the contenders that were asked for in the order of a round.

    Parameters
    ----------
    contenders, parts : list of str

    Returns
    -------
    list of str
        The brief ones, one right after the other, come after each of the long ones.
    """
    brief, long = (
        [name for name in contenders if name in parts and (name in BRIEF) is kind]
        for kind in (True, False)
    )
    return [name for first in long for name in (first, *brief)] or brief


def _rounded(taken: dict[str, list[float]], digits: int) -> dict[str, list[float]]:
    return {name: [round(value, digits) for value in values] for name, values in taken.items()}


def say(text: str) -> None:
    """Tell whoever waits how far it is."""
    print(text, file=sys.stderr, flush=True)
