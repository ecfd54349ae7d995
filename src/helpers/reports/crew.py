"""Who runs the editions: threads of this process with kernels of their own, or a cluster."""

import os
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, cast

from helpers.data.project import Project
from helpers.reports.editions import Edition
from helpers.reports.ending import Ending, finished_of, unfinished
from helpers.reports.outcome import Limits
from helpers.reports.scratch import private_folder

if TYPE_CHECKING:
    from helpers.reports.before import Before
    from helpers.reports.perform import Finished
    from helpers.warm.client import WarmParent

# A signal may be taken by any thread, but Python's handler runs in the main thread, which then
# hears of it only when it wakes.
WAKE_SECONDS = 0.5


@dataclass(frozen=True)
class Options:
    """How editions are run.

    Attributes
    ----------
    jobs : int or None
        How many run cells at a time; the number of processors by default.
    force : bool
        Run what has not changed, too.
    cluster : str
        Address of a Dask scheduler; empty runs them here.
    limits : Limits
        What one run may cost.
    now : datetime or None
        What relative days count from; the present by default.
    run : str
        Id of the run; one is made by default.
    grace : float
        Seconds that editions already running may still take once a signal said that the run is to
        end. Nothing more begins meanwhile, and another signal ends them at once. A cluster's are
        taken back at once in any case.
    """

    jobs: int | None = None
    force: bool = False
    cluster: str = ""
    limits: Limits = field(default_factory=Limits)
    now: datetime | None = None
    run: str = ""
    grace: float = 0.0


class Crew(Protocol):
    """A context manager that runs editions and yields each, whatever became of it."""

    def __enter__(self) -> "Crew":
        """Make ready; cheap."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End all that was begun."""

    def run(
        self, editions: Sequence[Edition], before: "Mapping[str, Before]"
    ) -> "Iterator[Finished]":
        """Run editions, given what each said last time; every one is yielded, as it finishes."""
        ...

    def stop(self) -> None:
        """Begin nothing more and end what runs: the rest is yielded as interrupted.

        Called by signal handlers, and again by further signals.
        """


def crew_for(project: Project, options: Options) -> Crew:
    """Choose who runs the editions.

    Parameters
    ----------
    project : Project
    options : Options

    Returns
    -------
    Crew
    """
    return Remote(project, options) if options.cluster else Local(project, options)


class Local:
    """Runs editions in threads here. From its start on, a warm parent for their kernels loads.

    One thread more than cells may run: while `jobs` notebooks compute, the next kernel starts, or
    the last page is made.
    """

    def __init__(self, project: Project, options: Options) -> None:
        self.project, self.options = project, options
        self.jobs = max(1, options.jobs or os.cpu_count() or 1)
        self._stack = ExitStack()
        self._parent: WarmParent | None = None
        # This kind of queue may be put into by a signal handler, whatever it interrupts.
        self._heard: SimpleQueue[Future[Finished] | None] = SimpleQueue()

    def __enter__(self) -> "Local":
        """Start the warm parent; without one, kernels start cold and say why."""
        from helpers.warm.client import WarmParent

        try:
            folder = self._stack.enter_context(private_folder())
            self._parent = self._stack.enter_context(WarmParent(Path(folder)))
        except OSError:  # no space for a socket: each edition will tell of it, if it lasts
            self._parent = None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the warm parent."""
        self._stack.close()

    def stop(self) -> None:
        """Let `run` cancel what has not begun, and end the rest after the grace; again, at once."""
        self._heard.put(None)

    def run(
        self, editions: Sequence[Edition], before: "Mapping[str, Before]"
    ) -> "Iterator[Finished]":
        """Run editions, given what each said last time; every one is yielded, as it finishes."""
        from helpers.reports.kernel import Kernels
        from helpers.reports.perform import perform, rehearse

        rehearse()  # while the warm parent loads
        kernels, limits = Kernels(self._parent, self.jobs), self.options.limits
        waiting: dict[Future[Finished], Edition] = {}
        with ThreadPoolExecutor(self.jobs + 1, "edition") as threads:
            ending = Ending(threads, kernels, self.options.grace)
            try:
                for edition in editions:
                    future = threads.submit(
                        perform,
                        edition,
                        self.project,
                        before=before.get(edition.name),
                        limits=limits,
                        kernels=kernels,
                    )
                    waiting[future] = edition
                    future.add_done_callback(self._heard.put)
                while waiting:
                    if future := self._next(ending):
                        yield finished_of(waiting.pop(future), future)
                    else:
                        ending.step()
            finally:
                ending.now()

    def _next(self, ending: Ending) -> "Future[Finished] | None":
        """Wait for the next that is done; None when the run is to end, or the time is up."""
        while left := ending.left:
            with suppress(Empty):
                return self._heard.get(timeout=min(left, WAKE_SECONDS))
        return None


class Remote:
    """Runs editions on a cluster. When told to end, it takes them back at once, without grace."""

    def __init__(self, project: Project, options: Options) -> None:
        self.project, self.options = project, options
        self._waits = self._stopped = False

    def __enter__(self) -> "Remote":
        """Nothing needs to be made ready."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing is left: `run` takes back what is under way."""

    def stop(self) -> None:
        """Leave the wait for the cluster, at once or as soon as a page is published."""
        again, self._stopped = self._stopped, True
        if self._waits and not again:
            raise _StopWaiting

    def run(
        self, editions: Sequence[Edition], before: "Mapping[str, Before]"
    ) -> "Iterator[Finished]":
        """Run editions, given what each said last time; every one is yielded, as it finishes."""
        from helpers.reports.cluster import run_on_cluster

        missing = {edition.name: edition for edition in editions}
        running = run_on_cluster(
            self.options.cluster,
            editions,
            self.project,
            before=before,
            limits=self.options.limits,
        )
        with closing(cast("Generator[Finished]", running)) as stream:
            try:
                while finished := self._next(stream):
                    del missing[finished.edition.name]
                    yield finished
            except _StopWaiting:
                pass
        for edition in missing.values():
            yield unfinished(edition, "stopped before it was done")

    def _next(self, stream: "Iterator[Finished]") -> "Finished | None":
        self._waits = True
        try:
            if self._stopped:
                raise _StopWaiting
            return next(stream, None)
        finally:
            self._waits = False


class _StopWaiting(BaseException):
    """Raised by a signal handler while nothing but waiting is done."""
