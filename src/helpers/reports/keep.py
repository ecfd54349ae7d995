"""What dated editions are called, and how many of them are kept."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

NAME = re.compile(r"(\d{4}-\d\d-\d\d)(?:-([2-9]|[1-9]\d{1,3}))?", re.ASCII)


class Name(NamedTuple):
    """What a dated edition is called; names sort by age.

    Attributes
    ----------
    day : date
        When it was made, in UTC.
    number : int
        Which of that day, from 1.
    """

    day: date
    number: int

    def __str__(self) -> str:
        """Write it as its files are called: 2026-11-02, then 2026-11-02-2."""
        return f"{self.day}" + (f"-{self.number}" if self.number > 1 else "")

    @classmethod
    def read(cls, text: str) -> "Name | None":
        """Read a name; anything else is None, so that no text leads out of a folder."""
        found = NAME.fullmatch(text)
        try:
            return cls(date.fromisoformat(found[1]), int(found[2] or 1)) if found else None
        except ValueError:
            return None


@dataclass(frozen=True)
class Keep:
    """A rule for dated editions.

    Attributes
    ----------
    last : int
        So many of the newest are kept, at least one.
    monthly : int
        Beside them the newest of each month, for so many months that have any.
    """

    last: int
    monthly: int = 0

    def superfluous(self, names: Sequence[Name]) -> list[Name]:
        """Return the dated editions that need not be kept.

        Parameters
        ----------
        names : sequence of Name

        Returns
        -------
        list of Name
            The oldest first.
        """
        ordered = sorted(names)
        newest = {(name.day.year, name.day.month): name for name in ordered}
        months = sorted(newest.values())[-self.monthly :] if self.monthly else []
        kept = {*ordered[-self.last :], *months}
        return [name for name in ordered if name not in kept]
