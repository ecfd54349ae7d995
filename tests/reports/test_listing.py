"""The list says of each edition what became of it, and whether it would run now."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from helpers.data.freshness import is_built
from helpers.data.project import Project
from helpers.reports.fingerprint import fingerprint
from helpers.reports.listing import listing
from helpers.reports.manifest import GoodPage, Record, write_manifest
from helpers.reports.plan import PlanError, read_plan

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
PLAN = """
week:
  notebook: returns
  title: The week before
  parameters: {start: -7d, end: 2026-04-01, kinds: [a, b]}
  cadence: "0 6 * * 1"
sweep:
  notebook: returns
  matrix: {limit: [1, 2]}
  cadence: "0 7 * * *"
"""


@pytest.fixture
def three(project, notebook, plan):
    notebook(
        "returns",
        parameters='start: str = ""\nend: str = ""\nkinds: list = []\nlimit: int = 3\n',
    )
    plan(PLAN)
    return project


def record(project: Project, name: str, **changes) -> Record:
    """Return the record of an edition that ran well."""
    (edition,) = (item for item in read_plan(project, now=NOON) if item.name == name)
    page = project.reports / f"{name}.html"
    page.parent.mkdir(exist_ok=True)
    page.write_bytes(b"")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    made = Record(
        edition=name,
        title=edition.title,
        notebook=edition.notebook,
        question=edition.question,
        cadence=edition.cadence,
        status="succeeded",
        ran="2026-03-30T06:00:12+00:00",
        seconds=1.26,
        page=GoodPage(page.name, "2026-03-30T06:00:12+00:00", "", "", sha256=empty),
        fingerprint=fingerprint(edition, project),
    )
    return replace(made, **changes)


def blocks(
    project: Project, *, now: datetime = NOON, folder: Path | None = None, width: int = 80
) -> list[list[str]]:
    text = listing(project, now=now, folder=folder, width=width)
    assert "\x1b" not in text
    return [block.splitlines() for block in text.split("\n\n")]


def test_editions_that_never_ran_are_listed_with_all_that_is_known(three):
    head, stale, week, first, second = blocks(three)
    assert head == ["3 editions: 3 would run, 0 unchanged"]
    assert stale[0].startswith("The tables are not as a build would leave them.")
    assert week == [
        "week",
        "    The week before",
        "    notebook returns, cadence 0 6 * * 1 (UTC)",
        '    start: -7d (2026-03-24), end: 2026-04-01, kinds: ["a", "b"]',
        "    would run: never ran",
    ]
    assert first == [
        "sweep-1",
        "    Sweep 1",
        "    notebook returns, cadence 0 7 * * * (UTC)",
        "    limit: 1",
        "    would run: never ran",
    ]
    assert second[0] == "sweep-2"


def test_what_became_of_each_is_told(three):
    records = [
        record(three, "week", verified="2026-03-31T06:00:03+00:00"),
        record(three, "sweep-1", status="timed_out", error="Timeout", message="too long", cell=3),
        record(three, "sweep-2"),
    ]
    (three.reports / "sweep-2.html").unlink()
    write_manifest(three.reports, records, {})
    head, _, week, first, second = blocks(three)
    assert head == ["3 editions: 2 would run, 1 unchanged"]
    assert week[-3:] == [
        "    last run 2026-03-30 06:00 UTC: succeeded after 1.3 s",
        "    found unchanged 2026-03-31 06:00 UTC",
        "    would not run: nothing changed",
    ]
    assert first[-3:] == [
        "    last run 2026-03-30 06:00 UTC: timed out after 1.3 s: cell 3: Timeout: too",
        "        long",
        "    would run: the last run timed out",
    ]
    assert second[-1] == "    would run: page missing"


def test_a_day_later_a_relative_day_is_another(three):
    write_manifest(three.reports, [record(three, "week")], {})
    assert "would not run: nothing changed" in blocks(three)[2][-1]
    later = blocks(three, now=datetime(2026, 4, 1, tzinfo=UTC))[2]
    assert later[-1] == "    would run: parameter start changed"
    assert "start: -7d (2026-03-25)" in later[3]


def test_pages_may_lie_elsewhere(three, tmp_path):
    write_manifest(three.reports, [record(three, "week")], {})
    folder = three.reports.rename(tmp_path / "out")
    assert "never ran" in blocks(three)[2][-1]
    assert "nothing changed" in blocks(three, folder=folder)[2][-1]


@pytest.mark.parametrize(("width", "widest"), [(80, 80), (60, 60), (10, 40), (500, 100)])
def test_lines_fit_the_terminal(three, plan, width, widest):
    plan(PLAN.replace("The week before", "A title of many words " * 8))
    lines = [line for block in blocks(three, width=width) for line in block]
    assert widest - 22 <= max(map(len, lines)) <= widest


def test_the_width_is_that_of_the_terminal(three, plan, monkeypatch):
    plan(PLAN.replace("The week before", "A title of many words " * 8))
    for columns in ("50", "70"):
        monkeypatch.setenv("COLUMNS", columns)
        longest = max(map(len, listing(three, now=NOON).splitlines()))
        assert int(columns) - 10 <= longest <= int(columns)


def test_a_faulty_plan_is_told_and_nothing_listed(three, plan):
    plan("a: {notebook: gone, cadence: '0 6 * * 1'}")
    with pytest.raises(PlanError, match="is missing in notebooks/"):
        listing(three)


def test_tables_that_are_built_are_not_mentioned(shipped, three):
    for folder in ("raw", "processed"):
        path = three.root / "data" / folder
        path.rmdir()
        path.symlink_to(shipped.root / "data" / folder)
    (three.docs / "codebook.md").write_bytes((shipped.docs / "codebook.md").read_bytes())
    assert is_built(three)
    assert len(blocks(three)) == 4


def test_the_shipped_plan_is_listed_without_anything_heavy_in_half_a_second():
    root = Path(__file__).parents[2]
    script = (
        "import sys, time; start = time.process_time(); from pathlib import Path\n"
        "from helpers.data.project import Project\n"
        "from helpers.reports.listing import listing\n"
        "print(listing(Project(Path(sys.argv[1]))))\n"
        "print(time.process_time() - start)\n"
        "heavy = {'pandas', 'numpy', 'pandera', 'pyarrow', 'matplotlib', 'jinja2', 'papermill',\n"
        "         'nbformat', 'nbclient', 'nbconvert', 'jupyter_client', 'zmq', 'distributed'}\n"
        "print(heavy & set(sys.modules))"
    )
    taken = []
    for _ in range(3):
        command = [sys.executable, "-c", script, str(root)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        *text, seconds, heavy = done.stdout.splitlines()
        assert heavy == "set()"
        assert text[0].startswith(f"{len(read_plan(Project(root)))} editions: ")
        taken.append(float(seconds))
    # It takes 0.3 s; the rest is for slower machines, and for others that use the same cores.
    assert min(taken) < 1
