"""How a run shows itself: a bar on a terminal, plain lines elsewhere."""

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from helpers.reports.manifest import Record


class RunProgress:
    """Listener that prints one line per edition, below it a bar when there is a terminal.

    Parameters
    ----------
    console : Console
        Where to print.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        columns = (TextColumn("Running"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bar = Progress(
            *columns, console=console, transient=True, disable=not console.is_terminal
        )
        self._task = self._bar.add_task("Running", total=None)

    def __enter__(self) -> "RunProgress":
        """Show the bar."""
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        self._bar.stop()

    def begin(self, total: int) -> None:
        """Set the length of the bar."""
        self._bar.update(self._task, total=total)

    def done(self, record: Record) -> None:
        """Print what became of an edition."""
        good = not record.reason
        line = Text(f"{record.status:<12} {record.edition}  {record.seconds:.1f} s")
        line.stylize("green" if good else "bold red", 0, 12)
        self.console.print(line, soft_wrap=True)
        self._bar.advance(self._task)
