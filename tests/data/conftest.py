"""A small project to break one cell at a time, and the shipped data built once."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from helpers.data import check as check_module
from helpers.data.check import check
from helpers.data.errors import Problem
from helpers.data.project import ROOT_VARIABLE, Project
from helpers.data.read import read_raw
from helpers.data.schemas import COLUMNS
from helpers.data.tables import Curated

ROOT = Path(__file__).resolve().parents[2]

settings.register_profile("ledger", derandomize=True, deadline=None, database=None)
settings.load_profile("ledger")

FIGURE = {
    "source_id": "agency-20210201-00a1",
    "claimant_id": "ministry",
    "date": "2021-01-30",
    "date_precision": "day",
    "count": "96",
    "qualifier": "exact",
    "unit": "people",
}
CLAIM = FIGURE | {"measure": "flow"}
TOTAL = CLAIM | {"measure": "cumulative", "since": "2020-11-14", "scope": "escorted_returns"}
ROWS: dict[str, list[dict[str, str]]] = {
    "returns": [
        CLAIM | {"claim_id": "ret-00000001", "scope": "escorted_returns", "origin": "hilltown",
                 "destination": "oldbridge", "note": "Bulletin of the evening, as printed"},
        TOTAL | {"claim_id": "ret-00000002", "date": "2021-01-20", "count": "51000"},
        TOTAL | {"claim_id": "ret-00000003", "count": "51947", "wire": "Newswire"},
        TOTAL | {"claim_id": "ret-00000004", "date": "2021-01-31", "count": "40000",
                 "qualifier": "at_least"},
        CLAIM | {"claim_id": "ret-00000005", "source_id": "paper-nd-00a2", "count": "2000",
                 "qualifier": "about", "date": "2020-12-01", "date_precision": "month",
                 "claimant_id": "media", "scope": "all_returns"},
    ],
    "exchanges": [
        CLAIM | {"claim_id": "exc-00000001", "event_id": "exchange-2021-02-01", "count": "2",
                 "unit": "servicemen", "category": "servicemen", "from_party": "westland",
                 "to_party": "eastland", "mediators": "northland;red_cross",
                 "in_return_for": "swap", "held_since": "2021-01-15", "place_id": "hilltown"},
        CLAIM | {"claim_id": "exc-00000002", "measure": "stock", "count": "24",
                 "qualifier": "vague", "category": "held", "from_party": "eastland",
                 "to_party": "westland"},
    ],
    "deployments": [
        CLAIM | {"claim_id": "dep-00000001", "measure": "stock", "count": "1960",
                 "unit": "servicemen", "force": "russian_peacekeepers", "category": "personnel",
                 "status": "deployed", "place_id": "hilltown"},
    ],
    "operations": [
        CLAIM | {"claim_id": "ope-00000001", "count": "14.67", "qualifier": "about",
                 "unit": "hectares", "force": "russian_peacekeepers",
                 "activity": "mine_clearance_area"},
    ],
    "casualties": [
        CLAIM | {"claim_id": "cas-00000001", "date": "2020-09-27", "date_end": "2020-11-09",
                 "date_precision": "days", "party_id": "westland;eastland",
                 "category": "killed_all", "event_id": "war-2020", "count": "6500",
                 "qualifier": "at_least"},
    ],
    "plans": [
        FIGURE | {"claim_id": "dep-00000002", "count": "16", "unit": "posts",
                 "table": "deployments", "subject": "posts", "force": "russian_peacekeepers"},
    ],
    "events": [
        {"event_id": "war-2020", "date": "2020-09-27", "date_end": "2020-11-09",
         "date_precision": "days", "kind": "clash", "title": "War in the autumn of 2020",
         "parties": "westland;eastland", "source_ids": "paper-nd-00a2"},
        {"event_id": "exchange-2021-02-01", "date": "2021-02-01", "date_precision": "by",
         "kind": "exchange", "title": "Two servicemen released", "parties": "westland;eastland",
         "mediators": "northland", "place_id": "hilltown",
         "source_ids": "paper-nd-00a2;late-20210301-00a3;agency-20210201-00a1"},
    ],
    "sources": [
        {"source_id": "agency-20210201-00a1", "publisher": "Agency", "published": "2021-02-01",
         "language": "en", "url": "https://example.org/1"},
        {"source_id": "paper-nd-00a2", "publisher": "Paper", "via": "Mirror", "language": "ru"},
        {"source_id": "late-20210301-00a3", "publisher": "Late News", "published": "2021-03-01",
         "language": "hy", "url": "http://example.org/3"},
    ],
    "claimants": [
        {"claimant_id": "ministry", "name": "Ministry", "party_id": "northland",
         "kind": "ministry"},
        {"claimant_id": "media", "name": "Outlets in their own voice", "kind": "media"},
    ],
    "parties": [
        {"party_id": "westland", "name": "Westland", "kind": "state"},
        {"party_id": "eastland", "name": "Eastland", "kind": "state"},
        {"party_id": "northland", "name": "Northland", "kind": "state"},
        {"party_id": "red_cross", "name": "Red Cross", "kind": "international"},
    ],
    "places": [
        {"place_id": "hilltown", "name": "Hilltown", "name_hy": "Բլուր", "name_az": "Təpə",
         "name_ru": "Холм", "kind": "town", "lat": "39.5", "lon": "-46.25"},
        {"place_id": "oldbridge", "name": "Oldbridge", "name_az": "Körpü", "kind": "village"},
    ],
    "missions": [
        {"force": "russian_peacekeepers", "opened_event": "war-2020",
         "closed_event": "exchange-2021-02-01", "party_id": "northland"},
    ],
    "corrections": [
        {"claim_id": "ret-00000005", "field": "count", "expected": "2000", "corrected": "3000",
         "reason": "The page says three thousand", "recorded": "2021-05-01"},
    ],
    "known_issues": [
        {"claim_id": "ret-00000004", "rule": "cumulative_fall",
         "reason": "An older total repeated", "recorded": "2021-05-01"},
    ],
}  # fmt: skip


class Small:
    """A small, valid project on disk, whose rows can be changed and written again."""

    def __init__(self, root: Path) -> None:
        self.project = Project(root)
        self.rows = {table: [dict(row) for row in rows] for table, rows in ROWS.items()}
        for folder in (self.project.raw, self.project.processed, self.project.docs):
            folder.mkdir(parents=True)
        self.project.plan.write_text("editions: {}\n", encoding="utf-8")
        for table in self.rows:
            self.write(table)

    def path(self, table: str) -> Path:
        return self.project.raw / f"{table}.csv"

    def write(self, table: str) -> None:
        """Write the rows of one table as they stand now."""
        names = [item.name for item in COLUMNS[table]]
        buffer = io.StringIO()
        writer = csv.DictWriter(buffer, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows[table])
        self.path(table).write_text(buffer.getvalue(), encoding="utf-8", newline="")

    def put(self, table: str, row: int, column: str, value: str) -> None:
        """Write another value into one cell."""
        self.rows[table][row][column] = value
        self.write(table)

    def add(self, table: str, /, **cells: str) -> None:
        """Add a row that repeats the first one but for the cells given."""
        self.rows[table].append(ROWS[table][0] | cells)
        self.write(table)

    def edit(self, table: str, change: Callable[[bytes], bytes]) -> None:
        """Change the bytes of one file."""
        self.path(table).write_bytes(change(self.path(table).read_bytes()))

    def check(self) -> list[Problem]:
        return check(self.project)

    def expect(
        self, table: str, line: int, column: str, value: str, *, rule: str, remedy: str
    ) -> None:
        """Assert that the check tells this fault and no other, with all its parts in one line."""
        self.compare(self.check(), table, line, column, value, rule=rule, remedy=remedy)

    def expect_read(
        self, table: str, line: int, column: str, value: str, *, rule: str, remedy: str
    ) -> None:
        """Assert the same of reading this one file, which is quicker."""
        file = f"data/raw/{table}.csv"
        problems = read_raw(self.path(table), COLUMNS[table], file).problems
        self.compare(problems, table, line, column, value, rule=rule, remedy=remedy)

    @staticmethod
    def compare(
        problems: list[Problem],
        table: str,
        line: int,
        column: str,
        value: str,
        *,
        rule: str,
        remedy: str,
    ) -> None:
        assert len(problems) == 1, "\n".join(map(str, problems)) or "no problem found"
        found, file = problems[0], f"data/raw/{table}.csv"
        assert (found.file, found.line, found.column, found.value) == (file, line, column, value)
        text = str(found)
        assert text.startswith(f"{file}:{line}: " if line else f"{file}: ")
        assert column in text
        assert not value or (repr(value) if len(value) <= 80 else repr(value[:79])[:-1]) in text
        assert rule in text
        assert remedy in text
        assert "\n" not in text


@pytest.fixture(autouse=True)
def _no_project_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ROOT_VARIABLE, raising=False)


_judged: dict[tuple[str, ...], list[Problem]] = {}
_judge = check_module._check_cells


def _judge_once(curated: Curated, table: str) -> list[Problem]:
    # The verdict on cells depends on two files, and most tests break one table of fourteen.
    paths = [curated.project.raw / f"{name}.csv" for name in (table, "corrections")]
    key = (table, *(str(path.read_bytes()) if path.is_file() else "" for path in paths))
    if key not in _judged:
        _judged[key] = _judge(curated, table)
    return _judged[key]


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Small:
    """A small, valid project; the test may break it."""
    monkeypatch.setattr(check_module, "_check_cells", _judge_once)
    return Small(tmp_path / "small")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout itself, only to be read."""
    return ROOT


@pytest.fixture(scope="session")
def make_small() -> type[Small]:
    """Make a small project in a folder: ``make_small(path)``."""
    return Small
