"""A forked kernel as its client sees it."""

import asyncio
import os
import signal
from typing import Any

from helpers.warm.wire import Line


class WarmProcess:
    """What jupyter_client needs of a `subprocess.Popen`, for a child of the warm parent.

    Parameters
    ----------
    line : Line
        Connection to the parent, which tells the exit status over it.
    pid : int
        Process id; also that of its group.
    """

    stdin = stdout = stderr = None

    def __init__(self, line: Line, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._line = line

    def poll(self) -> int | None:
        """Return the exit status, None while it runs; killed by signal n is -n as with Popen."""
        if self.returncode is None:
            for message in self._line.receive():
                self.returncode = message.get("exit")
            if self.returncode is None and not self._line.open:
                # The parent is gone; its kernels are killed with it.
                self.returncode = -signal.SIGKILL
        return self.returncode

    async def ended(self) -> int:
        """Wait for the end, without polling, and return the exit status."""
        try:
            watch = os.pidfd_open(self.pid)
        except ProcessLookupError:  # ended; the parent is about to say how
            watch = -1
        try:
            if watch >= 0:
                await readable(watch)
        finally:
            if watch >= 0:
                os.close(watch)
        while (status := self.poll()) is None:
            await asyncio.sleep(0.001)
        return status

    def wait(self) -> int | None:
        """Return the exit status; called after the end only."""
        return self.poll()

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel alone."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill the kernel."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)


async def ask(line: Line, message: dict[str, Any], files: tuple[int, ...] = ()) -> dict[str, Any]:
    """Send a message to the parent and wait for the answer.

    Parameters
    ----------
    line : Line
    message : dict of str to object
        JSON-able.
    files : tuple of int
        Open files to send along.

    Returns
    -------
    dict of str to object
        Empty when the parent hung up instead.
    """
    loop = asyncio.get_running_loop()
    try:
        rest = line.send(message, files)
        if rest:
            await loop.sock_sendall(line.socket, rest)
    except OSError:
        return {}
    while line.open:
        if answers := line.receive():
            return answers[0]
        if line.open:
            await readable(line.fileno())
    return {}


async def readable(file: int) -> None:
    """Wait until there is something to read from a file, or its end."""
    loop, seen = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(file, seen.set)
    try:
        await seen.wait()
    finally:
        loop.remove_reader(file)
