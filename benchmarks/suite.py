"""How fast reports are made, against other ways to make the same ones: ``make bench``.

Every way makes all editions of ``reports.yml`` from the same built tables, in fresh processes, with
the start of its commands in the time, and writes to a folder that was empty before. All of them run
in one go, in turn, in another order each round; what counts are medians. Nothing warm is around
when our command starts: shared warm parents are looked for in a folder that is new as well. A way
that fails, leaves a page out or makes other charts than the rest ends the benchmark.

loop, api, cache, limit, ours
    See ``contenders.py``, ``peer_api.py``, ``peer_cache.py`` and ``limit.py``.
nothing
    Our command again, nothing having changed. No page may be written anew.
claim
    Our command after one claim was appended to one table; which pages it wrote anew.
memory
    Ours, jupyter-cache and the limit once more, now with their memory sampled (``memory.py``).
kernel
    A kernel ready for work, warm and stock in turn (``kernels.py``).

A full run of at least three rounds writes ``benchmarks/results.json`` and the figures in
``docs/performance.md``. A run of some parts, some editions or fewer rounds only prints; ``--json``
keeps it elsewhere. ``--write`` measures nothing and writes the figures from the kept JSON.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from figures import table, write_document
from machine import cores
from rounds import PARTS, Suite, say
from stage import BenchmarkError, set_stage

from helpers.data.project import find_project, write_atomic

ENOUGH = 3
TERMINATED = 128 + signal.SIGTERM
RESULTS = Path(__file__).with_name("results.json")
DOCUMENT = Path(__file__).parents[1] / "docs" / "performance.md"


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Run the parts that were asked for, round by round.

    Parameters
    ----------
    options : Namespace
        See `arguments`.

    Returns
    -------
    dict
        What `Suite.results` returns.
    """
    with tempfile.TemporaryDirectory(prefix="karabakh-bench-") as name:
        os.environ["XDG_RUNTIME_DIR"] = name  # where shared warm parents have their sockets
        # With it every process would compile our code anew, which no user's process does.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        stages = [
            set_stage(find_project(), Path(name) / kind, editions=options.editions, jobs=cores())
            for kind in ("still", "growing")
        ]
        suite = Suite(*stages)
        steps = suite.steps(options.only)
        for number in range(options.rounds if steps else 0):
            say(f"round {number + 1} of {options.rounds}")
            turn = number % len(steps)
            for step in steps[turn:] + steps[:turn]:
                step()
        if "kernel" in options.only:
            suite.kernel(options.kernels)
        return suite.results(options.rounds)


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Read the command line.

    Parameters
    ----------
    words : list of str, optional
        The process's own by default.

    Returns
    -------
    Namespace
    """
    parser = argparse.ArgumentParser(description="Time reports against other ways to make them.")
    parser.add_argument("--rounds", type=int, default=ENOUGH, help="rounds (default %(default)s)")
    parser.add_argument("--kernels", type=int, default=10, help="kernels started of each spec")
    parser.add_argument("--editions", type=int, help="only the first so many of the plan")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="parts")
    parser.add_argument("--json", type=Path, help="keep the results in this file")
    parser.add_argument("--write", action="store_true", help="only write the document's figures")
    return parser.parse_args(words)


def main() -> None:
    """Measure, print the table, and keep what a full run measured."""
    options = arguments()
    if options.write:
        write_document(DOCUMENT, json.loads(RESULTS.read_text("utf-8")))
        return
    # Ended from outside, it still stops what it started and removes its copies.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    try:
        results = measure(options)
    except BenchmarkError as error:
        sys.exit(f"The benchmark ended without a result: {error}")
    print(table(results))
    full = set(options.only) == set(PARTS) and not options.editions and options.rounds >= ENOUGH
    target = options.json or (RESULTS if full else None)
    if target:
        write_atomic(target, json.dumps(results, indent=1) + "\n")
    if target == RESULTS:
        write_document(DOCUMENT, results)


if __name__ == "__main__":
    main()
