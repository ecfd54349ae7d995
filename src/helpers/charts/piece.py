"""A finished piece of a page."""

from typing import Any

from helpers.data.figures import FACTS_TYPE


class Html:
    """A piece of a page.

    Parameters
    ----------
    html : str
        Finished markup; whoever makes it has escaped what came from data.
    facts : dict, optional
        The same as plain data, for the record of the edition; no reader sees it.
    """

    def __init__(self, html: str, facts: dict[str, Any] | None = None) -> None:
        self.html, self.facts = html, facts

    def __repr__(self) -> str:
        # Without an address in memory: two runs of a notebook are then the same, byte by byte.
        return f"<Html of {len(self.html)} characters>"

    def _repr_html_(self) -> str:
        return self.html

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {} if self.facts is None else {FACTS_TYPE: self.facts}
