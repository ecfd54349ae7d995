"""Who runs the editions: threads of this process with kernels of their own, or a cluster."""

import os
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, cast

from helpers.data.project import Project
from helpers.reports.editions import Edition
from helpers.reports.outcome import Limits, Outcome, Status
from helpers.reports.scratch import private_folder

if TYPE_CHECKING:
    from helpers.reports.before import Before
    from helpers.reports.kernel import Kernels
    from helpers.reports.perform import Finished
    from helpers.warm.client import WarmParent


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
    """

    jobs: int | None = None
    force: bool = False
    cluster: str = ""
    limits: Limits = field(default_factory=Limits)


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
        """End what runs: the rest is yielded as interrupted. Called by signal handlers."""


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
        """Let `run` end the kernels and cancel what has not begun."""
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
                    future = self._heard.get()
                    if future is None:
                        _break_off(threads, kernels)
                    else:
                        yield _finished(waiting.pop(future), future)
            finally:
                _break_off(threads, kernels)


class Remote:
    """Runs editions on a cluster."""

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
        self._stopped = True
        if self._waits:
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
            yield _unfinished(edition, "stopped before it was done")

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


def _break_off(threads: ThreadPoolExecutor, kernels: "Kernels") -> None:
    """End what runs and forget what waits; once all is done, there is neither."""
    kernels.stop()
    threads.shutdown(wait=False, cancel_futures=True)


def _finished(edition: Edition, future: "Future[Finished]") -> "Finished":
    try:
        return future.result()
    except CancelledError:
        return _unfinished(edition, "never begun")
    except Exception as error:  # of any kind: one edition must not stop the others
        message = getattr(error, "strerror", None) or str(error)
        outcome = Outcome(Status.FAILED, 0.0, error=type(error).__name__, message=message)
        return _without_page(edition, outcome)


def _unfinished(edition: Edition, message: str) -> "Finished":
    outcome = Outcome(Status.INTERRUPTED, 0.0, error="Interrupted", message=message)
    return _without_page(edition, outcome)


def _without_page(edition: Edition, outcome: Outcome) -> "Finished":
    from helpers.reports.perform import Finished

    made = datetime.now(UTC).replace(microsecond=0)
    return Finished(edition, outcome, html="", made=made, news="", vintage="")
