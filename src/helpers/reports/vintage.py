"""How new the built data are."""

import csv
from functools import lru_cache
from pathlib import Path

from helpers.data.project import Project


def newest_publication(project: Project) -> str:
    """Return the newest publication date in the built data.

    Parameters
    ----------
    project : Project

    Returns
    -------
    str
        YYYY-MM-DD, empty when no source is dated.
    """
    path = project.processed / "sources.csv"
    about = path.stat()
    return _newest(path, (about.st_ino, about.st_mtime_ns, about.st_size))


@lru_cache(maxsize=8)
def _newest(path: Path, _state: tuple[int, ...]) -> str:
    """Read the file once for all pages, and again when it is another."""
    with path.open(encoding="utf-8", newline="") as file:
        return max((row["published"] for row in csv.DictReader(file)), default="")
