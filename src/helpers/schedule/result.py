"""What became of one call of the schedule."""

from dataclasses import dataclass

from helpers.reports.runner import RunResult


@dataclass(frozen=True)
class Batch:
    """What became of a call.

    Attributes
    ----------
    due : tuple of str
        Editions whose time had come.
    result : RunResult or None
        What became of them; None when nothing was run.
    complaints : tuple of str
        One line for everything that went wrong.
    busy : str
        Who else is at work; then nothing was done here.
    stopped_by : int
        Number of the signal that told the call to end, 0 for none.
    """

    due: tuple[str, ...] = ()
    result: RunResult | None = None
    complaints: tuple[str, ...] = ()
    busy: str = ""
    stopped_by: int = 0

    @property
    def exit_status(self) -> int:
        """0 when all is well or nothing was to be done, 1 when not, 128 plus a signal's number."""
        if self.stopped_by:
            return 128 + self.stopped_by
        return 1 if self.complaints else 0
