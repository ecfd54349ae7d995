"""How a run ends before its time, and what is told of editions that did not get through."""

import math
import threading
import time
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from helpers.reports.editions import Edition
from helpers.reports.outcome import Outcome, Status

if TYPE_CHECKING:
    from helpers.reports.kernel import Kernels
    from helpers.reports.perform import Finished


class Ending:
    """Ends a run in two steps: first nothing more begins, then nothing goes on.

    Parameters
    ----------
    threads : ThreadPoolExecutor
        In which the editions run.
    kernels : Kernels
    grace : float
        Seconds between the steps; with none, both are one.
    """

    def __init__(self, threads: ThreadPoolExecutor, kernels: "Kernels", grace: float) -> None:
        self._threads, self._kernels, self._grace = threads, kernels, grace
        self._end = math.inf

    @property
    def left(self) -> float:
        """Seconds until the second step; without end when it is not to be waited for."""
        if math.isinf(self._end):
            return math.inf
        return min(max(0.0, self._end - time.monotonic()), threading.TIMEOUT_MAX)

    def step(self) -> None:
        """Take the next step; called again after the last, it does nothing more."""
        if self._grace > 0 and not self._kernels.closed.is_set():
            self._end = time.monotonic() + self._grace
            self._kernels.close()
            self._threads.shutdown(wait=False, cancel_futures=True)
        else:
            self.now()

    def now(self) -> None:
        """Take both steps; once all is done, there is nothing to end."""
        self._end = math.inf
        self._kernels.stop()
        self._threads.shutdown(wait=False, cancel_futures=True)


def finished_of(edition: Edition, future: "Future[Finished]") -> "Finished":
    """Return what became of an edition, whatever it was.

    Parameters
    ----------
    edition : Edition
    future : Future
        Done.

    Returns
    -------
    Finished
    """
    try:
        return future.result()
    except CancelledError:
        return unfinished(edition, "never begun")
    except Exception as error:  # of any kind: one edition must not stop the others
        message = getattr(error, "strerror", None) or str(error)
        outcome = Outcome(Status.FAILED, 0.0, error=type(error).__name__, message=message)
        return _without_page(edition, outcome)


def unfinished(edition: Edition, message: str) -> "Finished":
    """Tell of an edition that the end of the run came before."""
    outcome = Outcome(Status.INTERRUPTED, 0.0, error="Interrupted", message=message)
    return _without_page(edition, outcome)


def _without_page(edition: Edition, outcome: Outcome) -> "Finished":
    from helpers.reports.perform import Finished

    made = datetime.now(UTC).replace(microsecond=0)
    return Finished(edition, outcome, html="", made=made, news="", vintage="")
