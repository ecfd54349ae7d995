"""How a run shows itself: a bar on a terminal, plain lines elsewhere."""

from contextlib import suppress
from datetime import datetime
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from helpers.data.errors import printable
from helpers.reports.manifest import Record
from helpers.reports.outcome import Status
from helpers.reports.words import moment_words


class Screen(Console):
    """A console whose reader may leave: rich's own would end the process, and with it the run."""

    def on_broken_pipe(self) -> None:
        """Print no more."""
        self.quiet = True


class RunProgress:
    """Listener that prints one line per edition, below it a bar when there is a terminal.

    A line that cannot be printed (the reader of a pipe left, the log's disk is full) stops no run.

    Parameters
    ----------
    console : Console
        Where to print.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        self._told: set[str] = set()
        columns = (TextColumn("Running"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bar = Progress(
            *columns, console=console, transient=True, disable=not console.is_terminal
        )
        self._task = self._bar.add_task("Running", total=None)

    def __enter__(self) -> "RunProgress":
        """Begin to show."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        with suppress(OSError):
            self._bar.stop()

    def skipped(self, record: Record) -> None:
        """Print that an edition is as it was."""
        made = datetime.fromisoformat(record.page.made if record.page else record.ran)
        words = f"unchanged since {moment_words(made)}"
        self._print(Status.SKIPPED, record, words, style="dim")

    def begin(self, total: int) -> None:
        """Show the bar, if there is anything to wait for."""
        with suppress(OSError):
            self._bar.update(self._task, total=total)
            if total:
                self._bar.start()

    def done(self, record: Record, why: str) -> None:
        """Print what became of an edition, and why it ran."""
        style = "green" if record.good else "bold red"
        again = f", {record.attempts} attempts" if record.attempts > 1 else ""
        self._print(record.status, record, f"{record.seconds:.1f} s{again} ({why})", style=style)
        if record.kernel.startswith("cold") and record.kernel not in self._told:
            self._told.add(record.kernel)
            self._line(Text(f"its kernel started {record.kernel}"))
        with suppress(OSError):
            self._bar.advance(self._task)

    def _print(self, what: str, record: Record, words: str, *, style: str) -> None:
        # The reasons name what a manifest holds, which anybody may have edited.
        line = Text(f"{what:<12} {record.edition}  {printable(words)}")
        line.stylize(style, 0, 12)
        self._line(line)

    def _line(self, line: Text) -> None:
        with suppress(OSError):
            self.console.print(line, soft_wrap=True)
