"""Which workers of a cluster may run this project's reports."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from distributed import Client, Future

from helpers.reports.bundle import Stamp
from helpers.reports.workbench import introduce

REMEDY = "install the sender's commit and its requirements.txt there and start the worker again"
# Before any edition that waits for the same worker.
FIRST = 10


@dataclass
class Seat:
    """One worker: where it is, how many tasks it takes, its answer, and whether it will do."""

    address: str
    threads: int
    answer: Future = field(repr=False)
    fit: bool = False
    known: bool = False


class Roster:
    """Asks every worker, once, which code it runs.

    Parameters
    ----------
    client : Client
    stamp : Stamp
        What a worker must run.
    tell : callable
        Told in one line of every worker that is refused.
    """

    def __init__(self, client: Client, stamp: Stamp, tell: Callable[[str], None]) -> None:
        self.client, self.stamp, self.tell = client, stamp, tell
        self.refused: list[str] = []
        self.last_seen = time.monotonic()
        self._workers: dict[str, Seat] = {}

    @property
    def fit(self) -> dict[str, Seat]:
        """Every worker that will do, by its id."""
        return {name: item for name, item in self._workers.items() if item.fit}

    @property
    def present(self) -> set[str]:
        """Ids of all workers."""
        return set(self._workers)

    @property
    def asked(self) -> list[Future]:
        """Answers that are still to come."""
        return [item.answer for item in self._workers.values() if not item.known]

    @property
    def lonely_seconds(self) -> float:
        """For how long there has been no worker that will do, or may still turn out to."""
        return time.monotonic() - self.last_seen

    def refresh(self) -> None:
        """Look who is there, ask newcomers, hear answers."""
        workers = self.client.scheduler_info(n_workers=-1).get("workers")
        if workers is None:  # the scheduler is away
            return
        # By id: a worker that was started again may have its predecessor's address.
        present = {about["id"]: (address, about["nthreads"]) for address, about in workers.items()}
        self._workers = {
            name: item
            for name, item in self._workers.items()
            # What was asked in vain, because the scheduler was away, is asked again.
            if name in present and item.answer.status not in ("cancelled", "lost")
        }
        for name, (address, threads) in present.items():
            if name not in self._workers:
                self._workers[name] = Seat(address, threads, self._ask(address))
        for item in self._workers.values():
            if not item.known and item.answer.done():
                self._hear(item)
        if self.fit or self.asked:
            self.last_seen = time.monotonic()

    def _ask(self, address: str) -> Future:
        return self.client.submit(
            introduce,
            key=f"karabakh-introduce-{uuid4().hex}",
            workers=[address],
            allow_other_workers=False,
            priority=FIRST,
        )

    def _hear(self, item: Seat) -> None:
        item.known = True
        if item.answer.status == "finished":
            theirs: Any = item.answer.result()
            item.fit = theirs == self.stamp
            reason = f"runs {theirs}; here are {self.stamp}"
        else:
            error = item.answer.exception()
            reason = " ".join(str(error).split()) or type(error).__name__
        if not item.fit:
            self.refused.append(f"worker {item.address} {reason}; {REMEDY}")
            self.tell(self.refused[-1])
