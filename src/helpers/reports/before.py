"""What an edition said last time; plain data that can travel."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.reports.changes_box import ChangedClaim


@dataclass(frozen=True)
class Before:
    """The last dated edition, as far as the next one tells of it.

    Attributes
    ----------
    since : date
        When it was made.
    facts : dict
        Its key figures and cited sources.
    claims : tuple of (str, ChangedClaim)
        Claims that came, went or were corrected since, in the tables it read, each with the id of
        its source.
    """

    since: date
    facts: dict[str, Any]
    claims: tuple[tuple[str, "ChangedClaim"], ...] = ()
