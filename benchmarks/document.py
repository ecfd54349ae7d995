"""Measured figures in a document, between markers that say which script wrote them."""

from pathlib import Path

from helpers.data.project import write_atomic


def replace_part(path: Path, begin: str, part: str, end: str) -> None:
    """Put what was measured now in the place of what was measured before.

    Parameters
    ----------
    path : Path
        Markdown that holds both markers.
    begin, end : str
        The markers.
    part : str
        What is to stand there, markers included.

    Raises
    ------
    ValueError
        A marker is missing.
    """
    text = path.read_text("utf-8")
    before, found, rest = text.partition(begin)
    _, ended, after = rest.partition(end)
    if not found or not ended:
        raise ValueError(f"{path.name}: the markers around the figures are missing; put them back")
    write_atomic(path, before + part + after)
