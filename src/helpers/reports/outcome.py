"""What a run may cost, and what became of it; plain data that can travel."""

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode


class Status(StrEnum):
    """What became of a run."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    KERNEL_DIED = "kernel_died"
    INTERRUPTED = "interrupted"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class OutputLimits:
    """How much a cell may put out; what is more is left out, with a note in its place.

    Attributes
    ----------
    characters : int
        What a cell prints: characters of standard output, and as many of standard error.
    display_bytes : int
        One display, all its forms together, as it comes from the kernel.
    cell_bytes : int
        All displays of a cell.
    displays : int
        How many displays a cell may have.
    """

    characters: int = 200_000
    display_bytes: int = 10_000_000
    cell_bytes: int = 40_000_000
    displays: int = 500


@dataclass(frozen=True)
class Limits:
    """What one run may cost.

    Attributes
    ----------
    cell_seconds, run_seconds : float
        Longest time for a cell, and for all cells together.
    start_seconds : float
        Longest time for the kernel to get ready.
    attempts : int
        How often a run is tried when its kernel dies; nothing else is tried again, nor is a kernel
        that was not given the memory it wanted.
    back_off : float
        Seconds before the second attempt; doubled before each later one.
    memory_gib : float
        How much memory the notebook's process may set aside for data, on Linux; 0 for any.
    outputs : OutputLimits
    """

    cell_seconds: float = 600.0
    run_seconds: float = 3600.0
    start_seconds: float = 120.0
    attempts: int = 3
    back_off: float = 1.0
    memory_gib: float = 2.0
    outputs: OutputLimits = field(default_factory=OutputLimits)

    @property
    def capped(self) -> bool:
        """Whether memory is limited, as far as the system can do it."""
        return 0 < self.memory_gib < math.inf


@dataclass(frozen=True)
class Outcome:
    """The result of one run.

    Attributes
    ----------
    status : Status
        Told by what happened, never by the metadata papermill saves: those say `completed` for
        cells that never ran when a kernel dies or a cell times out.
    seconds : float
        Wall time of all attempts, without waiting for other runs' cells.
    notebook : NotebookNode or None
        The executed notebook, as far as it got.
    cell : int or None
        The cell at fault: its place in the notebook's file, counted from 1.
    error, message : str
        Name and first line of the error.
    traceback : str
        The last frames of the error in plain text.
    attempts : int
        How often the run was tried.
    reads : dict of str to str
        What the notebook loaded: file name in ``data/processed`` to hash of its content.
    kernel : str
        "warm", or "cold: " and the reason.
    """

    status: Status
    seconds: float
    notebook: "NotebookNode | None" = None
    cell: int | None = None
    error: str = ""
    message: str = ""
    traceback: str = ""
    attempts: int = 1
    reads: dict[str, str] = field(default_factory=dict)
    kernel: str = ""
