"""Every rule the curated tables must keep."""

import pandas as pd
import pandera.errors

from helpers.data.columns import LIST_SEPARATOR, Column, typed
from helpers.data.errors import Problem
from helpers.data.identities import check_identities
from helpers.data.ids import new_claim_id
from helpers.data.periods import first_days, last_days
from helpers.data.project import Project
from helpers.data.schemas import COLUMNS, FIGURE_TABLES, IDENTITY, MODELS, REGISTERS
from helpers.data.tables import Curated, read_curated


def check(project: Project) -> list[Problem]:
    """Check the whole raw folder.

    Parameters
    ----------
    project : Project

    Returns
    -------
    list of Problem
        Every broken rule, in order of file and line; empty when all is well.
    """
    return check_curated(read_curated(project))


def check_curated(curated: Curated) -> list[Problem]:
    """Check tables that are read already.

    Parameters
    ----------
    curated : Curated

    Returns
    -------
    list of Problem
        Including those met on reading. Rules across tables are tried only when every cell is in
        order, so that one wrong cell doesn't set off a hundred messages.
    """
    problems = list(curated.problems)
    for table in COLUMNS:
        problems += _check_cells(curated, table)
    if not problems:
        problems += _check_references(curated)
        problems += _check_ids(curated)
        frames = {table: typed(curated.frames[table], COLUMNS[table]) for table in COLUMNS}
        problems += _check_dates(curated, frames)
        if not problems:
            problems += check_identities(curated, frames)
    return sorted(problems)


def _check_cells(curated: Curated, table: str) -> list[Problem]:
    """Let the declared model judge each cell; then ask whether each date exists."""
    frame, columns = curated.frames[table], {item.name: item for item in COLUMNS[table]}
    file, problems = curated.file(table), []
    try:
        (MODELS | REGISTERS)[table].validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases.dropna(subset=["index"])
        for case in cases.itertuples():
            item, value, line = columns[str(case.column)], str(case.failure_case), int(case.index)
            if str(case.check) == "field_uniqueness":
                rule, remedy = "the id stands twice", "give the newer row an id of its own"
            else:
                rule, remedy = item.rule(value)
                if item.name == "claim_id" and not value:
                    remedy = f"write {new_claim_id(table, dict(frame.loc[line]))}"
            problems.append(Problem(file, line, item.name, value, rule, remedy))
    for name in (item.name for item in columns.values() if item.kind == "date"):
        dates = frame.loc[frame[name].str.fullmatch(r"\d{4}-\d{2}-\d{2}"), name]
        impossible = dates[pd.to_datetime(dates, format="%Y-%m-%d", errors="coerce").isna()]
        for line, value in impossible.items():
            problems.append(
                Problem(file, int(str(line)), name, value, "no such day", "look at the calendar")
            )
    return problems


def _check_references(curated: Curated) -> list[Problem]:
    problems = []
    for table, columns in COLUMNS.items():
        for item in columns:
            if item.references:
                problems += _dangling(curated, table, item)
    for line, claim in curated.frames["known_issues"]["claim_id"].items():
        if not any(claim in set(curated.frames[t]["claim_id"]) for t in FIGURE_TABLES):
            problems.append(
                Problem(
                    curated.file("known_issues"), int(str(line)), "claim_id", claim,
                    "no such claim", "remove the entry",
                )  # fmt: skip
            )
    return problems


def _dangling(curated: Curated, table: str, item: Column) -> list[Problem]:
    target, key = item.references.split(".")
    known = set(curated.frames[target][key]) | set(item.also or ())
    cells = curated.frames[table][item.name]
    cells = cells[cells != ""]
    single = cells.str.split(LIST_SEPARATOR).explode() if item.many else cells
    return [
        Problem(
            curated.file(table), int(str(line)), item.name, value, f"not in {target}.csv",
            f"add it to {curated.file(target)} or mend the reference",
        )  # fmt: skip
        for line, value in single[~single.isin(known)].items()
    ]


def _check_ids(curated: Curated) -> list[Problem]:
    """Ids are unique over all tables, name their table, and sources carry their own date."""
    problems, seen = [], {}
    for table in FIGURE_TABLES:
        for line, claim in curated.frames[table]["claim_id"].items():
            file, number = curated.file(table), int(str(line))
            if claim in seen:
                rule = f"the id stands in {seen[claim]} too"
                problems.append(Problem(file, number, "claim_id", claim, rule, "give a new id"))
            seen[claim] = f"{file}:{number}"
            if table in IDENTITY and not claim.startswith(table[:3]):
                rule = f"ids of this table begin with {table[:3]}-"
                problems.append(Problem(file, number, "claim_id", claim, rule, "mend the id"))
    sources = curated.frames["sources"]
    dated = sources["published"].str.replace("-", "").replace("", "nd")
    for line in sources.index[sources["source_id"].str.split("-").str[-2] != dated]:
        problems.append(
            Problem(
                curated.file("sources"), int(line), "source_id", sources.at[line, "source_id"],
                f"the id and the column published ({sources.at[line, 'published'] or 'empty'}) "
                "disagree", "mend the one that is wrong",
            )  # fmt: skip
        )
    return problems


def _check_dates(curated: Curated, frames: dict[str, pd.DataFrame]) -> list[Problem]:
    problems = []
    for table in (*FIGURE_TABLES, "events"):
        frame, file = frames[table], curated.file(table)
        last = last_days(frame)
        rules = [("date_end", last < first_days(frame), "ends before it begins")]
        lone = (frame["date_precision"] == "days") & frame["date_end"].isna()
        rules.append(("date_end", lone, "the precision days needs a last day"))
        for name in ("since", "held_since"):
            if name in frame:
                late = frame[name] > last
                rules.append((name, late, "counts from a day after the one it reports"))
        for name, broken, rule in rules:
            for line in frame.index[broken]:
                value = curated.frames[table].at[line, name]
                problems.append(Problem(file, int(line), name, value, rule, "mend the dates"))
    return problems
