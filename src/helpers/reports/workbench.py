"""What a Dask worker keeps between editions, and how it runs one."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from dask.system import CPU_COUNT
from distributed import Status, Worker, WorkerPlugin, get_worker
from distributed.utils import sync

from helpers.data.errors import ReportError
from helpers.reports.bundle import Stamp, Task, stamp, unpacked
from helpers.reports.kernel import Kernels
from helpers.reports.perform import Finished, perform
from helpers.reports.scratch import private_folder, sweep
from helpers.warm.client import WarmParent, connect_to

NAME = "karabakh"
WATCH_SECONDS = 1.0
RUNNING = ("executing", "long-running")
_adding = threading.Lock()


class Workbench(WorkerPlugin):
    """A worker's warm parent and the kernels of its tasks, ended with the worker.

    It is made on the worker and never travels: a scheduler that serves others too is left as
    it was.
    """

    def __init__(self) -> None:
        self.stamp = stamp()
        self._lock = threading.Lock()
        self._folder = private_folder()
        self._parent: WarmParent | None = None
        self._running: dict[str, Kernels] = {}
        self._cancelled: set[str] = set()
        self._ended = False

    def setup(self, worker: Worker) -> None:
        """Remove what a killed worker left behind, and see to it that this one leaves nothing."""
        sweep()
        self._turn = Kernels(jobs=min(worker.state.nthreads, CPU_COUNT)).turn
        # When a worker is told to end twice at once, Dask cancels its own farewell half-way.
        self._look_after(worker)

    def _look_after(self, worker: Worker) -> None:
        if worker.status in (Status.closing, Status.closed):
            self.teardown(worker)
        elif not self._ended:
            worker.loop.call_later(WATCH_SECONDS, self._look_after, worker)

    def teardown(self, worker: Worker) -> None:
        """End the kernels, the warm parent and its folder; again does nothing."""
        self._ended = True
        with self._lock:
            for kernels in self._running.values():
                kernels.stop()
            if self._parent:
                self._parent.close()
        self._folder.cleanup()

    def transition(self, key: Any, start: str, finish: str, **_: Any) -> None:
        """End the kernel of a task that nobody waits for any more.

        Dask cannot stop a thread. It says here that a running task was released: because the
        runner took it back, or because the runner is gone.
        """
        if start in RUNNING and finish == "released":
            with self._lock:
                self._cancelled.add(key)
                if key in self._running:
                    self._running[key].stop()

    def _live_parent(self) -> WarmParent:
        """Return the warm parent, which loads from the first task on; if killed, a new one."""
        if self._parent:
            try:
                connect_to(self._parent.socket).close()
                return self._parent
            except OSError:
                self._parent.close()
        self._parent = WarmParent(Path(self._folder.name))
        return self._parent

    @contextmanager
    def kernels(self, key: str) -> Iterator[Kernels]:
        """Register a task's kernels, so that they end when the task is taken back."""
        with self._lock:
            kernels = Kernels(None if self._ended else self._live_parent())
            kernels.turn = self._turn
            self._running[key] = kernels
            if self._ended or key in self._cancelled:
                kernels.stop()
        try:
            yield kernels
        finally:
            with self._lock:
                del self._running[key]
                self._cancelled.discard(key)


def introduce() -> Stamp:
    """Tell which code this worker runs; a task.

    Returns
    -------
    Stamp

    Raises
    ------
    ReportError
        The worker's files are no longer those it started with.
    """
    bench, now = _bench(get_worker()), stamp()
    if now != bench.stamp:
        raise ReportError(f"its files ({now}) are newer than its process ({bench.stamp})")
    return now


def run_task(task: Task, *parts: bytes) -> Finished:
    """Run one edition on this worker; a task.

    Parameters
    ----------
    task : Task
    *parts : bytes
        The built tables, from `pack_tables`.

    Returns
    -------
    Finished

    Raises
    ------
    ReportError
        The worker runs other code than the sender.
    """
    worker = get_worker()
    bench, now = _bench(worker), introduce()
    if now != task.stamp:
        raise ReportError(f"worker {worker.address} runs {now}, the sender {task.stamp}")
    with bench.kernels(task.key) as kernels, unpacked(task, parts) as project:
        return perform(
            task.edition, project, before=task.before, limits=task.limits, kernels=kernels
        )


def _bench(worker: Worker) -> Workbench:
    """Return the worker's bench, set up by the first task that asks for it."""
    with _adding:
        if NAME not in worker.plugins:
            # Plugins belong to the worker's event loop; tasks run in threads.
            sync(worker.loop, worker.plugin_add, plugin=Workbench(), name=NAME, catch_errors=False)
        return cast("Workbench", worker.plugins[NAME])
