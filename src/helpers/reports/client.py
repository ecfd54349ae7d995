"""The client's end of a kernel: ready soon, and not to be flooded."""

import asyncio
import time
from queue import Empty
from typing import Any

import zmq
import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from nbclient.exceptions import DeadKernelError
from traitlets import Type

from helpers.reports.outcome import OutputLimits
from helpers.reports.outputs import abridge

# Messages that may wait here to be read; ZeroMQ's own 1,000 are soon full when a cell prints in a
# loop. More of them wait in the kernel, or are thrown away if it isn't one of ours.
WAITING_MESSAGES = 10_000
# Milliseconds between attempts to reach a socket that isn't there yet; 100 by default.
RECONNECT = 10
# Seconds until a kernel that doesn't answer is asked again, and looked after.
PATIENCE = 1.0
# Seconds within which the kernel's broadcast follows its answer, if anybody listens to it.
FOLLOWS = 0.2
# How many messages may be read before others have their turn.
AT_A_TIME = 100
# A text this many times longer than what is kept of it isn't taken to pieces.
FAR_TOO_LONG = 8


class Arrivals(AsyncZMQSocketChannel):
    """The channel on which output arrives."""

    limits = OutputLimits()
    _taken = 0

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        """Get the next message; see the parent class.

        Without a time limit there is nothing to poll for, which halves the work. Messages that are
        there already are taken without a pause, so others of this loop are let in now and then: an
        endless flood must not keep the clock from being looked at.
        """
        if timeout is not None:
            return await super().get_msg(timeout)
        self._taken += 1
        if self._taken % AT_A_TIME == 0:
            await asyncio.sleep(0)
        return await self._recv()

    async def _recv(self, **kwargs: Any) -> dict[str, Any]:
        parts: list[Any] = await self.socket.recv_multipart(**kwargs)
        parts = self.session.feed_identities(parts)[1]
        size = sum(map(len, parts[4:]))
        if size <= min(FAR_TOO_LONG * self.limits.characters, self.limits.display_bytes):
            message = self.session.deserialize(parts)
        else:
            message = self.session.deserialize(parts, content=False)
            message["content"] = self._content(message["msg_type"], parts[4], size)
        message["size"] = size
        return message

    def _content(self, kind: str, content: bytes, size: int) -> dict[str, Any]:
        if kind == "stream" or size > self.limits.display_bytes:
            short = abridge(content, kind, self.limits.characters)
            if short is not None:
                return short
        return self.session.unpack(content)


class ReportKernelClient(AsyncKernelClient):
    """A client without heartbeat and standard input, that knows when its kernel is ready.

    The manager can tell whether the process lives, and a report cannot ask anybody anything.
    """

    iopub_channel_class = Type(Arrivals)
    language_info: dict[str, Any]

    def _context_default(self) -> zmq.asyncio.Context:
        context = super()._context_default()
        context.setsockopt(zmq.RCVHWM, WAITING_MESSAGES)
        context.setsockopt(zmq.RECONNECT_IVL, RECONNECT)
        return context

    def start_channels(self, *args: Any, **kwargs: Any) -> None:
        """Start the channels that are used."""
        super().start_channels(stdin=False, hb=False, control=False)

    async def wait_for_ready(self, timeout: float | None = None) -> None:  # pyright: ignore
        """Wait until the kernel answers and its output is sure to arrive.

        The stock client waits a fixed 0.2 s for stray messages. Here the broadcast that belongs to
        an answered request proves the subscription, and strays are told by their parent anyway.

        Parameters
        ----------
        timeout : float, optional
            Seconds.

        Raises
        ------
        DeadKernelError
            The process ended.
        TimeoutError
            It was not ready in time.
        """
        end = time.monotonic() + (float("inf") if timeout is None else timeout)
        asked: set[str] = set()
        while time.monotonic() < end:
            asked.add(self.kernel_info())
            try:
                await self._answer(asked, min(PATIENCE, max(0.0, end - time.monotonic())))
                return
            except Empty:
                if not await self._async_is_alive():
                    raise DeadKernelError("Kernel died before it was ready") from None
        raise TimeoutError(f"the kernel was not ready within {timeout:g} s")

    async def _answer(self, asked: set[str], seconds: float) -> None:
        """Wait for an answer and its broadcast; `Empty` says that either is missing."""
        reply = await self.shell_channel.get_msg(timeout=seconds)
        while reply["parent_header"].get("msg_id") not in asked:
            reply = await self.shell_channel.get_msg(timeout=seconds)
        while True:
            message = await self.iopub_channel.get_msg(timeout=FOLLOWS)
            ours = message["parent_header"].get("msg_id") in asked
            if ours and message["content"].get("execution_state") == "idle":
                break
        self._handle_kernel_info_reply(reply)
        self.language_info = reply["content"]["language_info"]
