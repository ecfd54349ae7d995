"""Key figures as plain data: a page carries them along, so that editions can be compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

# A private kind of output: Jupyter and browsers pass over it, the reports read it.
FACTS_TYPE = "application/vnd.karabakh.facts+json"
_ENDS = ("low", "best", "high")


@dataclass(frozen=True)
class KeyFigure:
    """One number at the head of a page.

    Attributes
    ----------
    name : str
        Stable name, for comparing editions.
    label : str
        What the number is, as words that follow it.
    low, best, high : float or NA
        What the words behind it allow.
    date : Timestamp
        The day it holds for.
    said_by : str
        Claimant, or how it was made from several claims.
    sources : tuple of str
        Ids of the sources.
    """

    name: str
    label: str
    low: float
    best: float
    high: float
    date: "pd.Timestamp"
    said_by: str
    sources: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """Return the figure as JSON can hold it.

        Returns
        -------
        dict of str to object
            Missing numbers and days are None, days are written YYYY-MM-DD.
        """
        import pandas as pd  # late: who only looks for figures in a notebook needs none of it

        ends = {end: _number(getattr(self, end)) for end in _ENDS}
        day = None if pd.isna(self.date) else f"{self.date:%Y-%m-%d}"
        words = {"name": self.name, "label": self.label, "said_by": self.said_by}
        return {**words, **ends, "date": day, "sources": list(self.sources)}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "KeyFigure":
        """Read what :meth:`plain` wrote.

        Parameters
        ----------
        plain : mapping of str to object

        Returns
        -------
        KeyFigure

        Raises
        ------
        KeyError, TypeError, ValueError
            Something else wrote it.
        """
        import pandas as pd

        ends = {end: pd.NA if plain[end] is None else float(plain[end]) for end in _ENDS}
        day: Any = pd.NaT if plain["date"] is None else pd.Timestamp(plain["date"])
        words = {name: str(plain[name]) for name in ("name", "label", "said_by")}
        return cls(**words, **ends, date=day, sources=tuple(map(str, plain["sources"])))  # type: ignore[arg-type]


def _number(value: Any) -> float | None:
    import pandas as pd

    return None if pd.isna(value) else float(value)
