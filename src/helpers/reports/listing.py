"""What `karabakh list` shows: each edition, what became of it, and whether it would run now."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from helpers.data.freshness import is_built
from helpers.data.project import Project
from helpers.reports.editions import Edition
from helpers.reports.fingerprint import reason_to_run
from helpers.reports.manifest import Record, read_manifest
from helpers.reports.plan import read_plan
from helpers.reports.terminal import INDENT, columns, fill

STALE = (
    "The tables are not as a build would leave them. A run builds them first, and then also runs "
    "the editions whose tables that changes."
)


def listing(
    project: Project,
    *,
    now: datetime | None = None,
    folder: Path | None = None,
    width: int | None = None,
) -> str:
    """Describe every edition of the plan for a terminal.

    Parameters
    ----------
    project : Project
    now : datetime, optional
        What relative days count from; the present by default.
    folder : Path, optional
        Where the pages are; the project's ``reports`` by default.
    width : int, optional
        Columns to fill; those of the terminal by default, at most 100.

    Returns
    -------
    str
        Plain text: title, notebook, cadence, parameters as written and as resolved, the last run,
        and why the edition would run or not.

    Raises
    ------
    PlanError
        The plan breaks rules.
    """
    folder = folder or project.reports
    width = columns(width)
    records = read_manifest(folder)
    editions = read_plan(project, now=now)
    reasons = {
        edition.name: reason_to_run(edition, records.get(edition.name), project, folder)
        for edition in editions
    }
    due = sum(bool(reason) for reason in reasons.values())
    blocks = [f"{len(editions)} editions: {due} would run, {len(editions) - due} unchanged"]
    if not is_built(project):
        blocks.append(fill(STALE, width))
    for edition in editions:
        lines = _lines(edition, records.get(edition.name), reasons[edition.name])
        told = [fill(line, width, first=INDENT, later=INDENT * 2) for line in lines]
        blocks.append("\n".join([edition.name, *told]))
    return "\n\n".join(blocks)


def _lines(edition: Edition, record: Record | None, reason: str) -> Iterator[str]:
    yield edition.title
    yield f"notebook {edition.notebook}, cadence {edition.cadence} (UTC)"
    if edition.given:
        yield ", ".join(_parameter(edition, name) for name in edition.given)
    if record:
        yield _last_run(record)
    if record and record.verified:
        yield f"found unchanged {_moment(record.verified)}"
    yield f"would run: {reason}" if reason else "would not run: nothing changed"


def _parameter(edition: Edition, name: str) -> str:
    written, value = edition.written[name], edition.given[name]
    resolved = "" if written == value else f" ({_plain(value)})"
    return f"{name}: {_plain(written)}{resolved}"


def _plain(value: Any) -> str:
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)


def _last_run(record: Record) -> str:
    status = record.status.replace("_", " ")
    fault = f": {record.reason}" if record.reason else ""
    return f"last run {_moment(record.ran)}: {status} after {record.seconds:.1f} s{fault}"


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M} UTC"
