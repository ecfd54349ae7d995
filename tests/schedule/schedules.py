"""A small project on a schedule whose runs are made up, so that no kernel need start."""

import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from helpers.data.project import Project
from helpers.reports.crew import Options
from helpers.reports.manifest import GoodPage, Record, read_manifest, write_manifest
from helpers.reports.outcome import Status
from helpers.reports.runner import RunResult
from helpers.schedule.batch import Batch, run_due
from helpers.schedule.log import Log
from small_projects import write_notebook

SIX = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PLAN = """
editions:
  daily: {notebook: who, title: Each day, cadence: "0 6 * * *"}
  weekly: {notebook: who, title: Each week, cadence: "0 6 * * 1"}
"""


@dataclass
class Schedule:
    """Calls what the command calls, and keeps what it says."""

    project: Project
    statuses: dict[str, Status] = field(default_factory=dict)
    fault: BaseException | None = None
    faults: tuple[str, ...] = ()
    signal: int = 0
    ran: list[list[str]] = field(default_factory=list)
    output: io.StringIO = field(default_factory=io.StringIO)

    def __post_init__(self) -> None:
        write_notebook(self.project, "who")
        self.project.plan.write_text(PLAN, encoding="utf-8")
        self.project.reports.mkdir()

    def run_reports(
        self, project: Project, editions: Iterable[str], *, options: Options, listener: Any
    ) -> RunResult:
        """Do as the real one does, but for the notebooks."""
        if self.fault:
            raise self.fault
        names = list(editions)
        self.ran.append(names)
        listener.begin(len(names))
        known = read_manifest(project.reports)
        records = [self.record(name, options.run, known.get(name)) for name in names]
        for record in records:
            listener.done(record, "never ran")
        write_manifest(project.reports, [*(known | {r.edition: r for r in records}).values()], {})
        return RunResult(
            tuple(records),
            project.reports,
            faults=self.faults,
            stopped_by=self.signal,
            run=options.run,
        )

    def record(self, name: str, run: str, earlier: Record | None = None) -> Record:
        status = self.statuses.get(name, Status.SUCCEEDED)
        now = datetime.now(UTC).isoformat()
        record = Record(name, name.title(), "who", "Who?", "", str(status), now, run=run)
        if not record.good:
            page = earlier.page if earlier else None
            return replace(record, error="ValueError", message="no such day", cell=3, page=page)
        page = self.project.reports / f"{name}.html"
        page.write_text("<html></html>\n", encoding="utf-8")
        return replace(record, page=GoodPage(page.name, now, "all", "all", dated="2026-11-30"))

    def due(self, now: datetime, addresses: str = "") -> Batch:
        with Log(self.output, self.project.root / ".schedule") as log:
            (self.project.root / ".schedule").mkdir(exist_ok=True)
            return run_due(self.project, log=log, now=now, addresses=addresses)

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.output.getvalue().splitlines()]

    def told(self, key: str) -> list[Any]:
        return [event[key] for event in self.events() if key in event]
