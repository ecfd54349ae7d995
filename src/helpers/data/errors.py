"""What can go wrong, said in one line each."""

from collections.abc import Sequence
from dataclasses import dataclass


class KarabakhError(Exception):
    """Base of every error a user can cause; its text is a clear message."""


class ProjectError(KarabakhError):
    """No project found, or a part of it is missing."""


class ParameterError(KarabakhError):
    """A parameter or an argument has no meaning here."""


class ReportError(KarabakhError):
    """A report could not be planned, executed or rendered."""


@dataclass(frozen=True, order=True)
class Problem:
    """One broken rule, at one place.

    Attributes
    ----------
    file : str
        File name relative to the project, e.g. ``data/raw/returns.csv``.
    line : int
        Line in the file, the header being line 1; 0 when the file as a whole is meant.
    column : str
        Column name, empty when the line as a whole is meant.
    value : str
        The offending text, as it stands in the file.
    rule : str
        What should be true.
    remedy : str
        What to do about it.
    """

    file: str
    line: int
    column: str
    value: str
    rule: str
    remedy: str

    def __str__(self) -> str:
        place = self.file + (f":{self.line}:" if self.line else ":")
        # Column names come from the file's own header too, which may hold anything.
        name = self.column if self.column.isprintable() else repr(self.column)
        column = f" {shorten(name)}" if name else ""
        value = f" {shorten(self.value)!r}" if self.value else ""
        what = f"{column}{value}:" if column or value else ""
        return f"{place}{what} {self.rule}; {self.remedy}"


class DataError(KarabakhError):
    """The curated tables break rules.

    Parameters
    ----------
    problems : sequence of Problem
        Every problem found, not only the first.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def printable(text: str) -> str:
    r"""Make a text harmless for a terminal, which obeys some characters instead of showing them.

    Examples
    --------
    >>> printable("two\nlines \x1b[31mred")
    'two lines ?[31mred'
    """
    return "".join(
        letter if letter.isprintable() else " " if letter.isspace() else "?" for letter in text
    )


def shorten(text: str, limit: int = 80) -> str:
    """Shorten a text for a message.

    Parameters
    ----------
    text : str
    limit : int
        Most characters to keep.

    Returns
    -------
    str
        `text`, or its beginning with an ellipsis.
    """
    return text if len(text) <= limit else text[: limit - 1] + "…"
