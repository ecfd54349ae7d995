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
class _Worker:
    """One worker: how many tasks it takes, its answer to come, and whether it will do."""

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
        self._workers: dict[str, _Worker] = {}

    @property
    def fit(self) -> dict[str, int]:
        """Address and number of threads of every worker that will do."""
        return {item.address: item.threads for item in self._workers.values() if item.fit}

    @property
    def present(self) -> set[str]:
        """Addresses of all workers."""
        return {item.address for item in self._workers.values()}

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
        # By id: a worker that was started again may have its predecessor's address.
        present = {
            about["id"]: (address, about["nthreads"])
            for address, about in self.client.scheduler_info(n_workers=-1)["workers"].items()
        }
        self._workers = {
            name: item
            for name, item in self._workers.items()
            # What was asked in vain, because the scheduler was away, is asked again.
            if name in present and item.answer.status not in ("cancelled", "lost")
        }
        for name, (address, threads) in present.items():
            if name not in self._workers:
                self._workers[name] = _Worker(address, threads, self._ask(address))
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

    def _hear(self, item: _Worker) -> None:
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
