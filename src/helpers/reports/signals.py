"""How a run hears that it should end: Ctrl-C, a service manager's SIGTERM, a closed terminal."""

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Signals:
    """Turns every signal to end into a call.

    As long as nobody asked for that call, the first signal ends the process with status 128 plus
    its number, through every `finally` on the way, and later ones change nothing.

    Attributes
    ----------
    received : int
        Number of the first signal, 0 when there was none.
    stop : callable
        What to call, for the second signal as for the first; it runs between any two instructions
        of the main thread, so it must not wait for a lock that thread may hold.
    """

    def __init__(self) -> None:
        self.received = 0
        self.stop: Callable[[], object] = self._exit
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> "Signals":
        """Listen; only the main thread can, and what is ignored (nohup) stays ignored."""
        if threading.current_thread() is threading.main_thread():
            for number in SIGNALS:
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._hear)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the signals back."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def only_note(self) -> None:
        """Let signals change nothing from now on, when all that is left ends soon by itself."""
        self.stop = _nothing

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self.received = self.received or number
        self.stop()

    def _exit(self) -> None:
        self.only_note()
        raise SystemExit(128 + self.received)


def _nothing() -> None:
    pass
