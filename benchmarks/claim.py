"""One more claim in one table: what it is made of, and which editions it concerns."""

import csv
from itertools import count
from pathlib import Path

from limit import code_cells
from stage import Stage, notebook_of

from helpers.data.ids import new_claim_id
from helpers.data.project import Project

TABLE = "returns"


def append_claim(project: Project) -> str:
    """Append a claim to a copy of the project: an existing one with another, higher count.

    Parameters
    ----------
    project : Project
        A copy; its raw table is changed.

    Returns
    -------
    str
        Id of the new claim.
    """
    path: Path = project.raw / f"{TABLE}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    known = {row["claim_id"] for row in rows}
    # A count for a day: neither a running total, which may not fall, nor a background figure.
    model = next(row for row in rows if row["measure"] == "flow" and row["date_precision"] == "day")
    candidates = (model | {"count": str(int(model["count"]) + more)} for more in count(1))
    new = next(row for row in candidates if new_claim_id(TABLE, row) not in known)
    new["claim_id"] = new_claim_id(TABLE, new)
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, list(new), lineterminator="\n").writerow(new)
    return new["claim_id"]


def concerned(stage: Stage) -> list[str]:
    """Find the editions that load the table, from the notebooks' source alone.

    Parameters
    ----------
    stage : Stage

    Returns
    -------
    list of str
        Names, in the plan's order: those whose code names the table, and those that load the
        table their parameter `table` names.
    """
    found = []
    for edition in stage.editions:
        code = "\n".join(source for source, _ in code_cells(notebook_of(stage, edition)))
        chosen = edition.parameters.get("table") == TABLE and "load(table" in code
        if f'load("{TABLE}"' in code or chosen:
            found.append(edition.name)
    return found
