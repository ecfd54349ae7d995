"""All curated tables together, as text, with the corrections applied."""

from dataclasses import dataclass

import pandas as pd

from helpers.data.errors import Problem
from helpers.data.project import Project
from helpers.data.read import read_raw
from helpers.data.schemas import COLUMNS, FIGURE_TABLES


@dataclass(frozen=True)
class Curated:
    """What the raw folder holds.

    Attributes
    ----------
    project : Project
        Where it was read.
    frames : dict of str to DataFrame
        Text frames by table, indexed by line number, corrections applied.
    problems : list of Problem
        Faults met on the way.
    """

    project: Project
    frames: dict[str, pd.DataFrame]
    problems: list[Problem]

    def file(self, table: str) -> str:
        """Return how messages call the file of a table."""
        return file_name(self.project, table)


def file_name(project: Project, table: str) -> str:
    """Return the name of a raw file, relative to the project."""
    return project.name_of(project.raw / f"{table}.csv")


def read_curated(project: Project) -> Curated:
    """Read every table of the raw folder and apply the corrections.

    Parameters
    ----------
    project : Project

    Returns
    -------
    Curated
    """
    frames: dict[str, pd.DataFrame] = {}
    problems: list[Problem] = []
    for table, columns in COLUMNS.items():
        path = project.raw / f"{table}.csv"
        frames[table], faults = read_raw(path, columns, file_name(project, table))
        problems += faults
    problems += _unknown_files(project)
    problems += apply_corrections(frames, file_name(project, "corrections"))
    return Curated(project, frames, problems)


def apply_corrections(frames: dict[str, pd.DataFrame], file: str) -> list[Problem]:
    """Apply the register of corrections to the claim frames, in place.

    A correction says what it expects to find; when the cell holds something else, the source file
    has changed under it and a person must look.

    Parameters
    ----------
    frames : dict of str to DataFrame
        Text frames by table, with ``corrections`` among them.
    file : str
        How messages call the register.

    Returns
    -------
    list of Problem
    """
    problems = []
    places = {
        claim: (table, line)
        for table in FIGURE_TABLES
        for line, claim in frames[table]["claim_id"].items()
    }
    for line, row in frames["corrections"].iterrows():
        number = int(str(line))
        if row["claim_id"] not in places:
            problems.append(
                Problem(file, number, "claim_id", row["claim_id"], "no such claim", "remove it")
            )
            continue
        table, at = places[row["claim_id"]]
        frame, field = frames[table], row["field"]
        if field not in frame.columns or field == "claim_id":
            problems.append(
                Problem(
                    file, number, "field", field, f"{table} has no such column to correct",
                    "name a column of that table other than its id",
                )  # fmt: skip
            )
        elif frame.at[at, field] != row["expected"]:
            problems.append(
                Problem(
                    file, number, "expected", row["expected"],
                    f"{row['claim_id']}.{field} now holds {frame.at[at, field]!r}",
                    "look at the claim again, then mend or remove the correction",
                )  # fmt: skip
            )
        else:
            frame.at[at, field] = row["corrected"]
    return problems


def _unknown_files(project: Project) -> list[Problem]:
    known = {f"{table}.csv" for table in COLUMNS}
    return [
        Problem(
            project.name_of(path), 0, "", "", "no table of this name is declared",
            "remove or rename the file",
        )  # fmt: skip
        for path in sorted(project.raw.glob("*.csv"))
        if path.name not in known
    ]
