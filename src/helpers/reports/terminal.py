"""Text laid out for a terminal."""

import shutil
import textwrap

from helpers.data.errors import printable

INDENT = "    "
NARROWEST, WIDEST = 40, 100


def columns(width: int | None = None) -> int:
    """Return how many columns to fill.

    Parameters
    ----------
    width : int, optional
        As asked for; those of the terminal by default.

    Returns
    -------
    int
        At least 40, at most 100.
    """
    return max(NARROWEST, min(width or shutil.get_terminal_size().columns, WIDEST))


def fill(text: str, width: int, *, first: str = "", later: str = "") -> str:
    """Wrap a line between its words only: paths and addresses stay whole.

    Parameters
    ----------
    text : str
        It may come from anywhere: nothing of it steers the terminal.
    width : int
        Columns to fill.
    first, later : str
        What the first line and the others begin with.

    Returns
    -------
    str
    """
    return textwrap.fill(
        printable(text),
        width,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )
