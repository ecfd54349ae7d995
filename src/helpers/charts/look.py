"""How a chart of claims is drawn and named."""

from dataclasses import dataclass

from helpers.data.vocabulary import (
    ACTIVITIES,
    DEPLOYMENT_CATEGORIES,
    EXCHANGE_CATEGORIES,
    FORCES,
    SCOPES,
)


@dataclass(frozen=True)
class Look:
    """How a chart of claims is to be drawn and named.

    Attributes
    ----------
    what : str
        What is counted, as words that follow a number: "people brought back in escorted convoys".
    line : str
        straight joins reports at most three weeks apart; step holds a level until the next
        report; none shows marks only.
    ceiling : float, optional
        An agreed strength to draw as a dashed line.
    ceiling_label : str
        What the dashed line is.
    """

    what: str
    line: str = "straight"
    ceiling: float | None = None
    ceiling_label: str = ""


def look_for(word: str, line: str = "straight") -> Look:
    """Return the look for a coded scope, category or activity, named by its label.

    Parameters
    ----------
    word : str
        E.g. ``escorted_returns``.
    line : str
        See :class:`Look`.

    Returns
    -------
    Look
    """
    labels = SCOPES | EXCHANGE_CATEGORIES | DEPLOYMENT_CATEGORIES | ACTIVITIES
    return Look(labels.get(word, word.replace("_", " ")), line)


def force_name(force: str) -> str:
    """Return a force's name, as words that follow a number."""
    return FORCES.get(force, force.replace("_", " "))
