"""The schedule in the foreground: sleep to the next time, let a child run what is due, again.

A child makes each batch, so memory stays as it is for months, and code that was changed meanwhile
is used. The wall clock is looked at often: it may be set, and the machine may have slept.
"""

import os
import select
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from helpers.data.errors import KarabakhError
from helpers.data.project import ROOT_VARIABLE, Project
from helpers.reports.lock import hold
from helpers.reports.manifest import FILE as MANIFEST
from helpers.reports.signals import Signals
from helpers.schedule.log import Log
from helpers.schedule.marks import HELD_RETRY
from helpers.schedule.secret import handed_over
from helpers.schedule.standing import overview
from helpers.schedule.state import make_state_folder

LOCK = "scheduler"
LOOK_SECONDS = 10.0
# When a batch leaves something due (its state cannot be written, the plan is broken, another run is
# at work), so long until the next.
PAUSE = timedelta(minutes=1)
# -P: never from a folder that happens to be the current one.
COMMAND = (sys.executable, "-P", "-m", "helpers.cli", "due")


def run_schedule(
    project: Project, *, log: Log, words: Sequence[str] = (), addresses: str = ""
) -> int:
    """Keep the schedule until a signal ends it.

    Parameters
    ----------
    project : Project
    log : Log
        Told of beginning, waiting and end.
    words : sequence of str
        Options for `karabakh due`.
    addresses : str
        Where alerts go; handed to each batch through a pipe.

    Returns
    -------
    int
        128 plus the number of the signal. The batch that was running has ended by then, within its
        grace.

    Raises
    ------
    BusyError
        Another one keeps this project's schedule.
    """
    with ExitStack() as stack:
        busy = "another process keeps the schedule"
        stack.enter_context(hold(make_state_folder(project), LOCK, busy=busy, option=""))
        stack.enter_context(bell := _Bell())
        return _Keeper(project, log, tuple(words), addresses, bell).keep()


class _Bell(Signals):
    """Signals that end a wait: they ring through a pipe, which any wait can watch."""

    def __init__(self) -> None:
        super().__init__()
        self._end, self._rope = os.pipe()
        os.set_blocking(self._rope, False)
        self.stop = self._ring

    def __exit__(self, *about: Any) -> None:
        super().__exit__(*about)
        os.close(self._end)
        os.close(self._rope)

    def wait(self, seconds: float | None, *files: int) -> bool:
        """Wait for the time to pass, for one of the files, or for a signal; tell whether it was."""
        rung = self._end in select.select([self._end, *files], [], [], seconds)[0]
        if rung:
            os.read(self._end, select.PIPE_BUF)
        return rung

    def _ring(self) -> None:
        with suppress(BlockingIOError):
            os.write(self._rope, b"!")


@dataclass
class _Keeper:
    project: Project
    log: Log
    words: tuple[str, ...]
    addresses: str
    bell: _Bell
    seen: tuple[int, ...] = ()
    told: datetime | None = None

    def keep(self) -> int:
        self.log.event("schedule_begins", process=os.getpid())
        next_time, before = self._next_time(), datetime.now(UTC)
        while not self.bell.received:
            set_back, before = datetime.now(UTC) < before, datetime.now(UTC)
            if before >= next_time:
                self._batch()
                next_time = self._next_time(otherwise=HELD_RETRY)
                if next_time <= datetime.now(UTC):
                    next_time = datetime.now(UTC) + PAUSE
            elif set_back or self._stamps() != self.seen:
                next_time = self._next_time()
            if not self.bell.received:
                left = (next_time - datetime.now(UTC)).total_seconds()
                self.bell.wait(max(0.0, min(LOOK_SECONDS, left)))
        self.log.event("schedule_ends", signal=self.bell.received)
        return 128 + self.bell.received

    def _next_time(self, *, otherwise: timedelta = timedelta(0)) -> datetime:
        """Return when there is something to do; with a broken plan, to tell of it `otherwise`."""
        self.seen = self._stamps()
        try:
            following = overview(self.project).next_time
        except KarabakhError:
            return datetime.now(UTC) + otherwise
        if following != self.told and following > datetime.now(UTC):
            self.told = following
            self.log.event("waiting", until=f"{following:%Y-%m-%dT%H:%M:%SZ}")
        return following

    def _stamps(self) -> tuple[int, ...]:
        """Tell whether the plan or what became of its editions may have changed."""
        return tuple(map(_changed, (self.project.plan, self.project.reports / MANIFEST)))

    def _batch(self) -> None:
        """Let a child run what is due; every signal is passed on, and the child's end awaited."""
        with handed_over(self.addresses) as (environment, files):
            # A session of its own: what is typed at our terminal reaches it through us only.
            child = subprocess.Popen(  # noqa: S603 # nosec B603 # ourselves
                [*COMMAND, *self.words],
                env=environment | {ROOT_VARIABLE: str(self.project.root)},
                pass_fds=files,
                start_new_session=True,
            )
        watch = os.pidfd_open(child.pid)
        try:
            while child.poll() is None:
                if self.bell.wait(None, watch) and child.poll() is None:
                    child.send_signal(self.bell.received)
        finally:
            os.close(watch)


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
