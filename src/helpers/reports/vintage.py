"""How new the built data are."""

import csv

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
    with (project.processed / "sources.csv").open(encoding="utf-8", newline="") as file:
        return max((row["published"] for row in csv.DictReader(file)), default="")
