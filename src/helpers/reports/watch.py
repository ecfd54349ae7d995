"""Keeps an eye on one run: its notebook, the cell now running, and its turn to compute."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from helpers.reports.kernel import Kernels

if TYPE_CHECKING:
    from nbformat import NotebookNode


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """The run was to end before it had its turn."""


class Watch:
    """Hooks of nbclient that keep hold of the notebook and of the cell now running.

    Parameters
    ----------
    kernels : Kernels
        Whose turns the run waits for.

    Attributes
    ----------
    notebook : NotebookNode or None
        As far as it got.
    index : int
        Of the cell now running, among all that run; -1 before the first.
    waited : float
        Seconds that the run waited for its turn.
    """

    def __init__(self, kernels: Kernels) -> None:
        self.kernels = kernels
        self.waited = 0.0
        self.renew()

    def renew(self) -> None:
        """Forget an attempt, before the next."""
        self.notebook: Any = None
        self.index = -1
        self._places: list[int] = []

    def started(self, notebook: "NotebookNode") -> None:
        """Keep the notebook: papermill gives it back only when all went well."""
        self.notebook = notebook
        for cell in notebook.cells:
            own = "injected-parameters" not in cell.metadata.get("tags", [])
            self._places.append((self._places[-1] if self._places else 0) + own)

    def reached(self, cell: "NotebookNode", cell_index: int) -> None:
        """Note the cell that is about to run."""
        self.index = cell_index

    def place(self, index: int) -> int | None:
        """Return a cell's place in the author's file, where papermill's own cell isn't counted."""
        return self._places[index] if 0 <= index < len(self._places) else None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until fewer than `jobs` runs compute; that time is nobody's fault."""
        asked = time.monotonic()
        with self.kernels.turn:
            self.waited += time.monotonic() - asked
            if self.kernels.closed.is_set():
                raise Stopped
            yield
