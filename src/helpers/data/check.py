"""Every rule the curated tables must keep."""

from collections.abc import Hashable

import numpy as np
import pandas as pd
import pandera.errors

from helpers.data.boundaries import check_boundaries
from helpers.data.columns import LIST_SEPARATOR, Column, typed
from helpers.data.errors import Problem
from helpers.data.identities import check_identities
from helpers.data.ids import new_claim_id
from helpers.data.periods import first_days, last_days
from helpers.data.project import Project
from helpers.data.schemas import COLUMNS, MODELS, REGISTERS
from helpers.data.tables import Curated, blame_corrections, read_curated
from helpers.data.vocabulary import FIGURE_TABLES, IDENTITY, MEASURED_UNITS

_TWICE = "the id stands twice"


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
        Including those met on reading. A fault is told once, where it is: what can only be judged
        by a cell or a row that is faulty itself is not judged, so that one wrong cell doesn't set
        off a hundred messages, while every other rule is still tried.
    """
    problems = curated.problems + check_boundaries(curated.project)
    for table in COLUMNS:
        problems += _check_cells(curated, table)
    told = {(problem.file, problem.line, problem.column) for problem in problems}
    linked = _check_references(curated, told) + _check_registers(curated, told)
    linked += _check_ids(curated)
    problems += [item for item in linked if (item.file, item.line, item.column) not in told]
    frames = _sound_rows(curated, problems)
    problems += _check_dates(curated, frames)
    problems += check_identities(curated, frames, complete=not problems)
    return sorted(blame_corrections(curated, problems))


def _sound_rows(curated: Curated, problems: list[Problem]) -> dict[str, pd.DataFrame]:
    """Leave out every row of which something is wrong, and give the others their types."""
    faulty = {(problem.file, problem.line) for problem in problems}
    frames = {}
    for table, frame in curated.frames.items():
        file = curated.file(table)
        sound = np.array([(file, line) not in faulty for line in frame.index], dtype=bool)
        frames[table] = typed(frame[sound], COLUMNS[table])
    return frames


def _check_cells(curated: Curated, table: str) -> list[Problem]:
    """Let the declared model judge each cell; then ask what a pattern cannot tell."""
    frame, columns = curated.frames[table], {item.name: item for item in COLUMNS[table]}
    problems = []
    try:
        (MODELS | REGISTERS)[table].validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        for case in error.failure_cases.itertuples():
            item, value, line = columns[str(case.column)], str(case.failure_case), int(case.index)
            if str(case.check) != "field_uniqueness":
                rule, remedy = item.rule(value)
                if item.name == "claim_id" and not value:
                    remedy = f"write {new_claim_id(table, _cells(frame, line))}"
            elif value and value in set(frame.loc[: line - 1, item.name]):
                rule, remedy = _TWICE, "give the newer row an id of its own"
            else:
                continue
            problems.append(curated.fault(table, line, item.name, value, rule=rule, remedy=remedy))
    problems += _check_calendar(curated, table)
    return problems + (_check_whole(curated, table) if table in FIGURE_TABLES else [])


def _check_calendar(curated: Curated, table: str) -> list[Problem]:
    rule, remedy = "no such day", "look at the calendar"
    problems = []
    for name in (item.name for item in COLUMNS[table] if item.kind == "date"):
        cells = curated.frames[table][name]
        dates = cells[cells.str.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]
        for line, value in dates[~_real(dates)].items():
            problems.append(curated.fault(table, line, name, value, rule=rule, remedy=remedy))
    return problems


def _real(dates: pd.Series) -> pd.Series:
    return pd.to_datetime(dates, errors="coerce", format="%Y-%m-%d").notna()


def _check_whole(curated: Curated, table: str) -> list[Problem]:
    """Only what is measured has decimals; people with decimals are a separator misread."""
    frame = curated.frames[table]
    parts = frame["count"].str.fullmatch(r"[0-9]+\.[0-9]+") & ~frame["unit"].isin(MEASURED_UNITS)
    problems = []
    for line, value in frame.loc[parts, "count"].items():
        rule = f"{frame.at[line, 'unit']} are counted in whole numbers"
        remedy = f"write {value.replace('.', '')} if a thousands separator was meant"
        problems.append(curated.fault(table, line, "count", value, rule=rule, remedy=remedy))
    return problems


def _cells(frame: pd.DataFrame, line: int) -> dict[str, str]:
    return {str(name): str(cell) for name, cell in frame.loc[line].items()}


def _check_references(curated: Curated, told: set[tuple[str, int, str]]) -> list[Problem]:
    problems: list[Problem] = []
    for table, columns in COLUMNS.items():
        for item in columns:
            if item.references:
                target, key = item.references.split(".")
                if not _keys_in_doubt(curated, target, key, told):
                    problems += _dangling(curated, table, item)
    return list(dict.fromkeys(problems))


def _keys_in_doubt(curated: Curated, table: str, key: str, told: set[tuple[str, int, str]]) -> bool:
    """Tell whether rows of a table may be meant that are missing only because of another fault."""
    file = curated.file(table)
    return table in curated.partial or any(at == file and name == key for at, _, name in told)


def _check_registers(curated: Curated, told: set[tuple[str, int, str]]) -> list[Problem]:
    if any(_keys_in_doubt(curated, table, "claim_id", told) for table in FIGURE_TABLES):
        return []
    known = {claim for table in FIGURE_TABLES for claim in curated.frames[table]["claim_id"]}
    rule, remedy = "no such claim", "remove the line"
    return [
        curated.fault(table, line, "claim_id", claim, rule=rule, remedy=remedy)
        for table in REGISTERS
        for line, claim in curated.frames[table]["claim_id"].items()
        if claim not in known
    ]


def _dangling(curated: Curated, table: str, item: Column) -> list[Problem]:
    target, key = item.references.split(".")
    known = set(curated.frames[target][key]) | set(item.also or ())
    cells = curated.frames[table][item.name]
    cells = cells[cells != ""]
    single = cells.str.split(LIST_SEPARATOR).explode() if item.many else cells
    missing = single[~single.isin(known)]
    if len(missing) and curated.frames[target].empty:
        rule = "has no rows, though other tables refer to it"
        return [Problem(curated.file(target), 0, "", "", rule, "restore them")]
    rule = f"not in {target}.csv"
    remedy = f"add it to {curated.file(target)} or mend the reference"
    return [
        curated.fault(table, line, item.name, value, rule=rule, remedy=remedy)
        for line, value in missing.items()
    ]


def _check_ids(curated: Curated) -> list[Problem]:
    """Ids are unique over all tables, name their table, and sources carry their own date."""
    problems: list[Problem] = []
    seen: dict[str, tuple[str, Hashable]] = {}
    for table in FIGURE_TABLES:
        for line, claim in curated.frames[table]["claim_id"].items():
            other, at = seen.setdefault(claim, (table, line))
            if other != table:
                rule, remedy = f"the id stands in {curated.file(other)}:{at} too", "give a new id"
            elif table in IDENTITY and not claim.startswith(table[:3]):
                rule, remedy = f"ids of this table begin with {table[:3]}-", "mend the id"
            else:
                continue
            problems.append(curated.fault(table, line, "claim_id", claim, rule=rule, remedy=remedy))
    sources = curated.frames["sources"]
    day = sources["published"]
    dated = day.str.replace("-", "").replace("", "nd")
    differ = (sources["source_id"].str.split("-").str[-2] != dated) & (day.isin([""]) | _real(day))
    for line in sources.index[differ]:
        source, day = str(sources.at[line, "source_id"]), sources.at[line, "published"] or "empty"
        rule, remedy = f"its day and published ({day}) disagree", "mend the one that is wrong"
        problems.append(
            curated.fault("sources", line, "source_id", source, rule=rule, remedy=remedy)
        )
    return problems


def _check_dates(curated: Curated, frames: dict[str, pd.DataFrame]) -> list[Problem]:
    problems = []
    for table in (*FIGURE_TABLES, "events"):
        frame = frames[table]
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
                value = str(curated.frames[table].at[line, name])
                fault = curated.fault(table, line, name, value, rule=rule, remedy="mend the dates")
                problems.append(fault)
    return problems
