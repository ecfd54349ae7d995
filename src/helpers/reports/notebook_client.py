"""Runs the cells of a notebook, within limits on time and output."""

import asyncio
import math
import time
from contextlib import AbstractContextManager
from queue import Empty
from typing import Any

from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbclient.util import run_sync
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NotebookExecutionManager

from helpers.reports.client import ReportKernelClient
from helpers.reports.outcome import Limits
from helpers.reports.outputs import Gate, join_text

# Seconds of silence after a cell's end until output still on its way is given up.
SILENCE = 10.0


class LimitError(CellTimeoutError):
    """A time limit was reached; the message says which."""


class KernelDiedError(DeadKernelError):
    """The kernel's process ended.

    Parameters
    ----------
    exit_code : int or None
        Negative for a signal; None where nobody knows.
    """

    def __init__(self, exit_code: int | None = None) -> None:
        super().__init__("Kernel died")
        self.exit_code = exit_code


class Client(PapermillNotebookClient):
    """Runs the cells of one notebook.

    Parameters
    ----------
    nb_man : NotebookExecutionManager
    limits : Limits
    turn : context manager
        Entered before the first cell and left after the last.
    options : object
        Of the parent class.
    """

    def __init__(
        self,
        nb_man: NotebookExecutionManager,
        *,
        limits: Limits,
        turn: AbstractContextManager[Any],
        **options: Any,
    ) -> None:
        super().__init__(nb_man, timeout_func=self._time_left, **options)
        self.limits, self.turn = limits, turn
        self.gate = Gate(limits.outputs)
        self.end = math.inf

    def create_kernel_manager(self) -> Any:
        """Make the manager, with a client of ours."""
        manager: Any = super().create_kernel_manager()
        manager.client_factory = ReportKernelClient
        return manager

    async def async_start_new_kernel_client(self) -> Any:
        """Start the client; a kernel that isn't ready in time, or ever, has errors of our own."""
        try:
            client: Any = await super().async_start_new_kernel_client()
        except TimeoutError as error:
            raise LimitError(str(error)) from None
        except DeadKernelError:
            raise KernelDiedError from None
        client.iopub_channel.limits = self.limits.outputs
        return client

    start_new_kernel_client = run_sync(async_start_new_kernel_client)

    def execute(self, **options: Any) -> NotebookNode:
        """Run all cells in a kernel of their own.

        Parameters
        ----------
        options : object
            For the manager's `start_kernel`.

        Returns
        -------
        NotebookNode
            The notebook that was given.
        """
        self.reset_execution_trackers()
        with self.setup_kernel(**options):
            client: Any = self.kc
            self.nb.metadata["language_info"] = client.language_info
            with self.turn:
                self.end = time.monotonic() + self.limits.run_seconds
                run_sync(self._async_cells)()
            self.set_widgets_metadata()
        return self.nb

    async def _async_cells(self) -> None:
        """Run cell after cell, and record the one at fault, whatever the fault."""
        for index, cell in enumerate(self.nb.cells):
            self.nb_man.cell_start(cell, index)
            try:
                await self.async_execute_cell(cell, index)
            except CellExecutionError as error:
                self.nb_man.cell_exception(cell, cell_index=index, exception=error)
                return  # papermill finds the error among the outputs, and raises it
            except BaseException as error:
                self.nb_man.cell_exception(cell, cell_index=index, exception=error)
                raise
            finally:
                self.nb_man.cell_complete(cell, cell_index=index)

    async def async_execute_cell(
        self, cell: NotebookNode, cell_index: int, *args: Any, **options: Any
    ) -> NotebookNode:
        """Run one cell, and note what its output lacks."""
        self.gate.begin()
        try:
            return await super().async_execute_cell(cell, cell_index, *args, **options)
        except DeadKernelError:
            provisioner = getattr(self.km, "provisioner", None)
            raise KernelDiedError(await provisioner.poll() if provisioner else None) from None
        finally:
            if cell.cell_type == "code":
                self.gate.finish(cell.outputs)

    def process_message(self, msg: dict[str, Any], *args: Any, **options: Any) -> Any:
        """Let a message of the cell through the gate."""
        return super().process_message(msg, *args, **options) if self.gate.admit(msg) else None

    def output(
        self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str, cell_index: int
    ) -> NotebookNode | None:
        """Keep an output; what is printed in many small pieces becomes one."""
        hooked = self.output_hook_stack[msg["parent_header"].get("msg_id")]
        if not hooked and not self.clear_before_next_output and (added := join_text(outs, msg)):
            return added
        return super().output(outs, msg, display_id, cell_index)

    def _time_left(self, cell: NotebookNode) -> float | None:
        left = min(self.limits.cell_seconds, self.end - time.monotonic())
        return None if math.isinf(left) else max(0.001, left)  # nbclient reads 0 as no limit

    async def _async_poll_for_reply(
        self,
        msg_id: str,
        cell: NotebookNode,
        timeout: float | None,
        task_poll_output_msg: asyncio.Future[Any],
        task_poll_kernel_alive: asyncio.Future[Any],
    ) -> dict[str, Any]:
        """Wait for the cell's end, then for its output as long as any arrives."""
        client: Any = self.kc
        deadline = math.inf if timeout is None else time.monotonic() + timeout
        try:
            reply: dict[str, Any] = {"parent_header": {}}
            while reply["parent_header"].get("msg_id") != msg_id:
                left = None if timeout is None else max(0.0, deadline - time.monotonic())
                reply = await client.shell_channel.get_msg(timeout=left)
            await self._rest_of_output(task_poll_output_msg, deadline)
            return reply
        except Empty:
            await self._async_check_alive()
            raise self._limit_error() from None
        finally:
            task_poll_kernel_alive.cancel()

    async def _rest_of_output(self, arriving: asyncio.Future[Any], deadline: float) -> None:
        """Wait for what was put out before the cell's end.

        The last message may be lost in a flood: then silence says that there is no more.
        """
        while not arriving.done():
            seen = self.gate.seen
            await asyncio.wait({arriving}, timeout=SILENCE)
            if arriving.done():
                break
            if time.monotonic() > deadline:
                raise Empty
            if seen == self.gate.seen:
                self.gate.lost = True
                arriving.cancel()
                return
        arriving.result()  # raises what went wrong

    def _limit_error(self) -> LimitError:
        if time.monotonic() >= self.end:
            return LimitError(f"all cells together took longer than {self.limits.run_seconds:g} s")
        return LimitError(f"the cell took longer than {self.limits.cell_seconds:g} s")
