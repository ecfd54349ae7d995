"""What a page says about itself: plain data, cheap to make and to send."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from helpers.reports import words
from helpers.reports.changes_box import Changes


@dataclass(frozen=True)
class Making:
    """How a page was made, as the manifest records it. What is empty is not told.

    Attributes
    ----------
    run : str
        Id of the run.
    code : str
        Version or digest of the code.
    tables : mapping of str to str
        Files of ``data/processed`` that the run read, each with its digest.
    seconds : float
        How long the notebook ran.
    kernel : str
        How its kernel was started.
    """

    run: str = ""
    code: str = ""
    tables: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    kernel: str = ""


@dataclass(frozen=True)
class Page:
    """What a page says about itself.

    Attributes
    ----------
    edition, title : str
        Name of the edition, and what sets it apart in a few words.
    notebook : str
        Notebook's file name without its ending.
    made : datetime
        When the run ended, UTC.
    parameters : dict
        Every parameter with the value of this run.
    helps : dict
        The parameters' explanations, by name.
    newest : str
        Newest publication date in the data, YYYY-MM-DD.
    version : str
        Version of the package.
    written : mapping
        Parameters as the plan writes them; told where the run made something else of them.
    making : Making
        Facts of the run.
    changes : Changes, optional
        What changed since the last edition; None tells nothing about it.
    previous : date, optional
        Day of the last edition.
    archive : str
        Where its dated editions are listed, relative to the page. A list of them would lead
        nowhere once the plan keeps some no longer.
    home : str
        Where the index is, relative to the page.
    """

    edition: str
    title: str
    notebook: str
    made: datetime
    parameters: dict[str, Any] = field(default_factory=dict)
    helps: dict[str, str] = field(default_factory=dict)
    newest: str = ""
    version: str = ""
    written: Mapping[str, Any] = field(default_factory=dict)
    making: Making = field(default_factory=Making)
    changes: Changes | None = None
    previous: date | None = None
    archive: str = ""
    home: str = "index.html"

    @property
    def vintage(self) -> str:
        """Which claims the page could know, in words."""
        return words.vintage_words(str(self.parameters.get("as_of") or ""), self.newest)

    @property
    def made_words(self) -> str:
        """When the page was made, in words."""
        return words.moment_words(self.made)

    def written_words(self, name: str) -> str:
        """Return how the plan writes a parameter, where the run made something else of it."""
        if name not in self.written:
            return ""
        plain = words.value_words(self.written[name])
        return "" if plain == words.value_words(self.parameters.get(name)) else plain
