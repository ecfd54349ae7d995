"""Editions under way on a cluster: sent out, waited for, sent again when their worker is lost."""

import hashlib
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import uuid4

from distributed import CancelledError, Client, Future, KilledWorker, wait

from helpers.data.project import Project
from helpers.reports.before import Before
from helpers.reports.bundle import pack_tables, pack_task, stamp
from helpers.reports.editions import Edition
from helpers.reports.outcome import Limits, Outcome, Status
from helpers.reports.perform import Finished
from helpers.reports.roster import Roster
from helpers.reports.workbench import run_task

POLL_SECONDS = 0.5
# After so many lost workers an edition is suspected of having something to do with it.
LOSSES = 2
# Long enough for a worker to be started again by its nanny, or by the cluster's manager.
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class _Flight:
    """One try of one edition: on which worker, since when, and whether nothing else is out."""

    edition: Edition
    worker: str = ""
    alone: bool = False
    start: float = field(default_factory=time.monotonic)


class Grounded(Exception):  # noqa: N818 - told as another error, with the address
    """Nothing ran, and nothing will."""


class Flights:
    """The tasks of one run.

    Each is meant for one worker, and no worker has more than it has threads. Left to place them,
    Dask puts some behind others while a worker that joined later has nothing to do; and it
    suspects all that wait on a worker that is lost, not only those that ran.

    Parameters
    ----------
    client : Client
    project : Project
    limits : Limits
    tell : callable
        Told of refused workers.
    before : mapping of str to Before, optional
        What each edition said last time.
    """

    def __init__(
        self,
        client: Client,
        project: Project,
        limits: Limits,
        tell: Callable[[str], None],
        before: Mapping[str, Before] | None = None,
    ) -> None:
        self.client, self.project, self.limits = client, project, limits
        self.before = before or {}
        self.stamp = stamp()
        self.roster = Roster(client, self.stamp, tell)
        self._launched = False
        self._tables, self._parts = pack_tables(project), list[Future]()
        self._queue, self._suspects = deque[Edition](), deque[Edition]()
        self._flying: dict[Future, _Flight] = {}
        self._losses: Counter[str] = Counter()

    def run(self, editions: Sequence[Edition]) -> Iterator[Finished]:
        """Run editions until each has an outcome.

        Parameters
        ----------
        editions : sequence of Edition

        Yields
        ------
        Finished

        Raises
        ------
        Grounded
            There was no worker for any of them.
        """
        self._queue.extend(editions)
        while self._queue or self._suspects or self._flying:
            with suppress(OSError):  # told by the client's status once it is for good
                self.roster.refresh()
            if end := self._end():
                yield from self._give_up(*end)
                return
            self._send()
            self._wait()
            yield from self._land()

    def cancel(self) -> None:
        """Take back what is under way; the workers end its kernels."""
        if self.client.status == "running":
            self.client.cancel([*self._flying, *self.roster.asked, *self._parts])
        self._flying.clear()

    def _send(self) -> None:
        """Send out as many as there are threads; suspects one by one, when all else is done."""
        while self._queue and (worker := self._freest()):
            self._launch(_Flight(self._queue.popleft(), worker))
        if self._suspects and not self._flying and (worker := self._freest()):
            self._launch(_Flight(self._suspects.popleft(), worker, alone=True))

    def _freest(self) -> str:
        """Choose the worker with the most threads to spare; none has an empty name."""
        taken = Counter(flight.worker for flight in self._flying.values())
        spare = {name: item.threads - taken[name] for name, item in self.roster.fit.items()}
        best = max(spare, key=spare.__getitem__, default="")
        return best if spare.get(best, 0) > 0 else ""

    def _launch(self, flight: _Flight) -> None:
        key = f"karabakh-{flight.edition.name}-{uuid4().hex}"
        task = pack_task(
            key,
            flight.edition,
            self.project,
            limits=self.limits,
            stamp=self.stamp,
            before=self.before.get(flight.edition.name),
        )
        address = self.roster.fit[flight.worker].address
        future = self.client.submit(
            run_task, task, *self._tables_there(), key=key, workers=[address], pure=False
        )
        self._flying[future], self._launched = flight, True

    def _tables_there(self) -> list[Future]:
        """Send the tables, once; workers pass them on among themselves.

        They are the results of tasks, named by their content, and not scattered: scattered data
        is gone with the workers that hold it, a result is made again. And what makes it, `bytes`,
        is known to every worker.
        """
        if not self._parts or any(
            part.status not in ("pending", "finished") for part in self._parts
        ):
            names = [hashlib.sha256(part).hexdigest() for part in self._tables]
            self._parts = [
                self.client.submit(bytes, part, key=f"karabakh-tables-{name}")
                for part, name in zip(self._tables, names, strict=True)
            ]
        return self._parts

    def _wait(self) -> None:
        """Wait until something is done, or for a moment."""
        futures = [*self._flying, *self.roster.asked]
        if not futures:
            time.sleep(POLL_SECONDS)
            return
        with suppress(TimeoutError, CancelledError), self.client.as_current():
            wait(futures, timeout=POLL_SECONDS, return_when="FIRST_COMPLETED")

    def _land(self) -> Iterator[Finished]:
        """Take in what is done, and what can no longer be done where it was sent."""
        for future, flight in list(self._flying.items()):
            if future.done() or flight.worker not in self.roster.present:
                del self._flying[future]
                finished = self._outcome(future, flight)
                if future.status != "finished":
                    self.client.cancel([future])
                if finished:
                    yield finished

    def _outcome(self, future: Future, flight: _Flight) -> Finished | None:
        """Return the outcome of a flight; None when it is to be flown again."""
        if future.status == "finished":
            with suppress(OSError, CancelledError):  # its worker was lost before it was fetched
                finished: Finished = future.result()
                # Nobody here stopped it: the worker was closing, or taken for lost meanwhile.
                if finished.outcome.status is not Status.INTERRUPTED:
                    return finished
        elif future.status == "error":
            error = future.exception()
            if not isinstance(error, KilledWorker):
                text = " ".join(str(error).split())
                return _failed(flight, Status.FAILED, type(error).__name__, text)
        return self._again(flight)

    def _again(self, flight: _Flight) -> Finished | None:
        """Have an edition flown again whose worker was lost, unless that proves it guilty."""
        self._losses[flight.edition.name] += 1
        if flight.alone:
            message = "its worker was lost, again and again, the last time with nothing else on it"
            return _failed(flight, Status.KERNEL_DIED, "WorkerLost", message)
        suspected = self._losses[flight.edition.name] >= LOSSES
        (self._suspects if suspected else self._queue).append(flight.edition)
        return None

    def _end(self) -> tuple[str, str] | None:
        """Say why nothing more will run; None while there is hope."""
        roster = self.roster
        if self.client.status == "closed":
            return "SchedulerLost", "the scheduler no longer answers"
        if roster.fit or roster.asked:
            return None
        if roster.refused and not self._launched:
            raise Grounded("no worker runs this code: " + "; ".join(roster.refused))
        if roster.lonely_seconds < PATIENCE_SECONDS:
            return None
        reason = (
            f"no worker of this code for {PATIENCE_SECONDS:g} s; "
            "start one with `dask worker` and the scheduler's address"
        )
        if not self._launched:
            raise Grounded(reason)
        return "NoWorker", reason

    def _give_up(self, error: str, message: str) -> Iterator[Finished]:
        """Take back what is out, and fail all that is left."""
        flights = list(self._flying.values())
        self.cancel()
        waiting = (_Flight(edition) for edition in (*self._queue, *self._suspects))
        for flight in (*flights, *waiting):
            yield _failed(flight, Status.FAILED, error, message)


def _failed(flight: _Flight, status: Status, error: str, message: str) -> Finished:
    seconds = time.monotonic() - flight.start
    return Finished(flight.edition, Outcome(status, seconds, error=error, message=message))
