"""All curated tables together, as text, with the corrections applied."""

from collections.abc import Hashable
from dataclasses import dataclass, field, replace

import pandas as pd

from helpers.data.errors import Problem, shorten
from helpers.data.project import Project
from helpers.data.read import read_raw
from helpers.data.schemas import COLUMNS
from helpers.data.vocabulary import FIGURE_TABLES


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
    partial : set of str
        Tables of which rows, or all of them, could not be read.
    corrected : dict of tuple to int
        The line of the correction behind each corrected cell: (table, line, column) -> line.
    """

    project: Project
    frames: dict[str, pd.DataFrame]
    problems: list[Problem]
    partial: set[str] = field(default_factory=set)
    corrected: dict[tuple[str, int, str], int] = field(default_factory=dict)

    def file(self, table: str) -> str:
        """Return how messages call the file of a table."""
        return self.project.name_of(self.project.raw / f"{table}.csv")

    def fault(
        self, table: str, line: Hashable, column: str, value: str, *, rule: str, remedy: str
    ) -> Problem:
        """Return a problem of a table, told by the line as it stands in the frame's index."""
        return Problem(self.file(table), int(str(line)), column, value, rule, remedy)


def read_curated(project: Project) -> Curated:
    """Read every table of the raw folder and apply the corrections.

    Parameters
    ----------
    project : Project

    Returns
    -------
    Curated
    """
    curated = Curated(project, {}, [])
    for table, columns in COLUMNS.items():
        raw = read_raw(project.raw / f"{table}.csv", columns, curated.file(table))
        curated.frames[table] = raw.frame
        curated.problems.extend(raw.problems)
        if not raw.whole:
            curated.partial.add(table)
    curated.problems.extend(_unknown_files(project))
    _apply_corrections(curated)
    return curated


def _apply_corrections(curated: Curated) -> None:
    """Apply the register of corrections to the claim frames, in place.

    A correction says what it expects to find; when the cell holds something else, the source file
    has changed under it and a person must look. Whether the claim exists is for the check to say.
    """
    places = {
        claim: (table, line)
        for table in FIGURE_TABLES
        for line, claim in curated.frames[table]["claim_id"].items()
    }
    register = curated.frames["corrections"]
    for line, row in register[register["claim_id"].isin(places)].iterrows():
        table, at = places[row["claim_id"]]
        frame, name = curated.frames[table], row["field"]
        if name not in frame.columns or name == "claim_id":
            rule = f"{table} has no such column to correct"
            remedy = "name a column of that table other than its id"
            fault = curated.fault("corrections", line, "field", name, rule=rule, remedy=remedy)
        elif frame.at[at, name] != row["expected"]:
            rule = f"{row['claim_id']}.{name} now holds {shorten(str(frame.at[at, name]))!r}"
            remedy = "look at the claim again, then mend or remove the correction"
            fault = curated.fault(
                "corrections", line, "expected", row["expected"], rule=rule, remedy=remedy
            )
        else:
            frame.at[at, name] = row["corrected"]
            curated.corrected[table, int(str(at)), name] = int(str(line))
            continue
        curated.problems.append(fault)


def blame_corrections(curated: Curated, problems: list[Problem]) -> list[Problem]:
    """Move each problem of a corrected cell to the correction that wrote it.

    Parameters
    ----------
    curated : Curated
    problems : list of Problem

    Returns
    -------
    list of Problem
    """
    at = {
        (curated.file(table), line, name): number
        for (table, line, name), number in curated.corrected.items()
    }
    file = curated.file("corrections")
    return [
        replace(problem, file=file, line=at[place], column="corrected")
        if (place := (problem.file, problem.line, problem.column)) in at
        else problem
        for problem in problems
    ]


def _unknown_files(project: Project) -> list[Problem]:
    known = {f"{table}.csv" for table in COLUMNS}
    rule = "no table of this name is declared"
    return [
        Problem(project.name_of(path), 0, "", "", rule, "remove or rename the file")
        for path in sorted(project.raw.glob("*.csv"))
        if path.name not in known
    ]
