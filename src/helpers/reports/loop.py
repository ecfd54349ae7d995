"""An event loop per run, closed with it."""

import asyncio
import contextvars
from collections.abc import Callable

from jupyter_core.utils import ensure_event_loop


def with_own_loop(function: Callable[[], object]) -> None:
    """Call a function that runs coroutines through Jupyter's `run_sync`, then tidy up after it.

    `run_sync` makes a loop for every thread and leaves it, with its sockets, to the garbage
    collector. It remembers the loop in a context variable, so an empty context gets a loop of its
    own, whose end is known.

    Parameters
    ----------
    function : callable
        What it raises passes through.
    """
    contextvars.Context().run(_call, function)


def _call(function: Callable[[], object]) -> None:
    loop = ensure_event_loop()
    if loop.is_running():  # called from a notebook: the loop is the notebook's
        function()
        return
    try:
        function()
    finally:
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        asyncio.set_event_loop(None)
        loop.close()
