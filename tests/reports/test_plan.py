"""The plan is read whole or not at all, and every fault is told with its place."""

import re
import shutil
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from helpers.data.errors import ReportError
from helpers.data.project import Project
from helpers.reports.editions import override_as_of, select
from helpers.reports.plan import PlanError, read_plan

GOOD = """
first:
  notebook: returns
  cadence: "0 6 * * 1"
"""


def problems(project: Project) -> list[str]:
    """Return the lines of the error that reading the plan raises."""
    with pytest.raises(PlanError) as caught:
        read_plan(project)
    assert str(caught.value).splitlines() == [str(problem) for problem in caught.value.problems]
    return str(caught.value).splitlines()


@pytest.fixture(autouse=True)
def _returns(notebook):
    notebook("returns", parameters='start: str = ""  # first day\nend: str = ""\nlimit: int = 3\n')


def test_an_edition_carries_everything_a_run_needs(project, plan):
    plan("""
    first-winter:
      notebook: returns
      title: The first winter
      parameters: {start: 2020-11-09}
      cadence: "15 5 * * 1"
    """)
    (edition,) = read_plan(project)
    assert (edition.name, edition.notebook) == ("first-winter", "returns")
    assert (edition.title, edition.question) == ("The first winter", "Who came back?")
    assert edition.given == {"start": "2020-11-09"}  # a date stays text: papermill passes no dates
    assert edition.parameters == {"start": "2020-11-09", "end": "", "limit": 3}
    assert edition.accepts["start"].help == "first day"
    assert edition.cadence == "15 5 * * 1"


def test_a_title_is_made_from_the_name_when_none_is_given(project, plan):
    plan(GOOD.replace("first", "first-winter"))
    assert read_plan(project)[0].title == "First winter"


def test_every_problem_is_listed_with_its_line(project, plan):
    plan("""
    Bad Name:
      notebook: returns
      cadence: "0 6 * * 1"
    two:
      notebok: returns
      cadence: "61 6 * * 1"
    three:
      notebook: retruns
      cadence: "0 6 * * 1"
    """)
    found = problems(project)
    assert [line.split(":")[1] for line in found] == ["2", "5", "6", "7", "9"]
    assert "editions.Bad Name 'Bad Name': is no name for an edition" in found[0]
    assert "editions.two: names no notebook" in found[1]
    assert "editions.two.notebok: is an unknown key; did you mean 'notebook'?" in found[2]
    assert "editions.two.cadence '61 6 * * 1': has '61' as minute, which is none" in found[3]
    assert (
        "editions.three.notebook 'retruns': is missing in notebooks/; did you mean 'returns'?"
        in (found[4])
    )


@pytest.mark.parametrize(
    "name",
    [
        "../up",
        "a/b",
        "..",
        ".hidden",
        "a.html",
        "index",
        "manifest",
        "Upper",
        "-a",
        "a--b",
        "é",
        "x" * 81,
    ],
)
def test_no_name_can_lead_out_of_the_folder_or_hide_a_page(project, plan, name):
    plan(GOOD.replace("first", f'"{name}"'))
    assert "is no name for an edition" in problems(project)[0]


@pytest.mark.parametrize("name", ["../returns", "/etc/passwd", "returns.ipynb", "a/b", "[1]", "''"])
def test_no_notebook_outside_the_folder_can_be_named(project, plan, name):
    plan(GOOD.replace("returns", name))
    assert "names no notebook" in problems(project)[0]


@pytest.mark.parametrize(
    ("cadence", "fault"),
    [
        *((text, "is no cron expression of five fields") for text in ('"@daily"', '"0 6 * *"')),
        *((text, "is no cron expression of five fields") for text in ('"0 0 6 * * 1"', "5")),
        ('"0 25 * * *"', "has '25' as hour, which is none"),
        ('"H 6 * * *"', "has 'H' as minute, which is none"),
        ('"0 6 31 2 1-"', "has '1-' as weekday, which is none"),
        ('"0 6 31 2 *"', "never comes"),
    ],
)
def test_only_cron_expressions_of_five_fields_are_taken(project, plan, cadence, fault):
    plan(GOOD.replace('"0 6 * * 1"', cadence))
    assert fault in problems(project)[0]


def test_sunday_may_be_0_or_7_or_sun(project, plan):
    for day in ("0", "7", "sun"):
        plan(GOOD.replace("* 1", f"* {day}"))
        assert read_plan(project)[0].cadence.endswith(day)


def test_a_missing_cadence_is_told_at_the_edition(project, plan):
    plan("first: {notebook: returns}")
    assert problems(project)[0].startswith("reports.yml:2: editions.first: is no cron")


def test_an_unknown_parameter_is_told_with_the_nearest(project, plan):
    plan("""
    first:
      notebook: returns
      parameters:
        strat: 2020-11-09
      cadence: "0 6 * * 1"
    """)
    assert problems(project) == [
        "reports.yml:5: editions.first.parameters.strat '2020-11-09': is no parameter of the "
        "notebook; did you mean 'start'?"
    ]


@pytest.mark.parametrize(
    ("setting", "fault"),
    [
        ("limit: three", "'three': is not of type int"),
        ("limit: true", "'True': is not of type int"),
        ("start: no", "'False': is not of type str"),
        ("start: [a]", "is not of type str"),
        ("start: 2021-02-30", "is not a day written YYYY-MM-DD"),
        ("start: yesterday", "is not a day written YYYY-MM-DD"),
        ("{start: 2021-05-01, end: 2021-04-01}", "is after the end, 2021-04-01"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(project, plan, setting, fault):
    setting = setting if setting.startswith("{") else f"{{{setting}}}"
    plan(GOOD + f"  parameters: {setting}\n")
    (problem,) = problems(project)
    assert fault in problem


def test_duplicate_keys_are_an_error(project, plan):
    plan(GOOD + GOOD)
    assert problems(project) == [
        "reports.yml:6: editions 'first': is there twice, first in line 2; rename or remove one"
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("editions: [1, 2]\n", "editions '[1, 2]': is no mapping"),
        ("- a\n", "is no mapping"),
        ("", "lists no editions"),
        ("editions:\n", "lists no editions"),
        ("edition: {}\n", "edition: is an unknown key; did you mean 'editions'?"),
        ("editions: {a: 3}\n", "editions.a '3': is no mapping"),
        ("editions: {a: {title: 3, notebook: returns, cadence: '0 6 * * 1'}}\n", "is no title"),
        ("editions: {a: &x {notebook: b}, c: *x}\n", "reports.yml:1:"),
        ("editions: !!python/object/apply:os.getcwd []\n", "could not determine a constructor"),
        ("a: !!python/name:os.system\n", "could not determine a constructor"),
        ("editions: {\n", "is not plain YAML"),
        ("a: 1\n--- \nb: 2\n", "is not plain YAML"),
        ("a: \x00\n", "is not plain YAML"),
        ("[" * 500, "is not plain YAML"),
    ],
)
def test_anything_but_a_plain_plan_is_refused(project, text, fault):
    project.plan.write_text(text, encoding="utf-8")
    assert any(fault in problem for problem in problems(project))


def test_a_plan_that_is_no_text_or_endless_is_refused(project):
    project.plan.write_bytes(b"editions: {}\n\xff")
    assert "is not UTF-8" in problems(project)[0]
    project.plan.write_bytes(b"#" * 250_001)
    assert "is longer than 250,000 bytes" in problems(project)[0]
    project.plan.unlink()
    assert "cannot be read" in problems(project)[0]


def test_faults_of_a_notebook_are_told_once_for_all_its_editions(project, plan, notebook):
    notebook("bare", parameters=None)
    plan("""
    one: {notebook: bare, cadence: "0 6 * * 1"}
    two: {notebook: bare, cadence: "0 6 * * 1"}
    """)
    (problem,) = problems(project)
    assert problem.startswith("notebooks/bare.ipynb:")
    assert "has no code cell tagged 'parameters'" in problem


def test_editions_are_chosen_by_name_in_the_plans_order(project, plan):
    plan(GOOD + GOOD.replace("first", "second"))
    editions = read_plan(project)
    assert [edition.name for edition in select(editions, ["second", "first", "second"])] == [
        "first",
        "second",
    ]
    assert select(editions) == editions
    with pytest.raises(
        ReportError, match=r"'frist' is no edition of the plan; did you mean 'first'"
    ):
        select(editions, ["frist"])
    with pytest.raises(ReportError, match=r"'zzz' .*; choose among first, second"):
        select(editions, ["zzz"])


def test_as_of_replaces_the_editions_own_day(project, plan, notebook):
    notebook("dated")
    plan("""
    one: {notebook: dated, parameters: {as_of: 2021-01-01}, cadence: "0 6 * * 1"}
    two: {notebook: dated, cadence: "0 6 * * 1"}
    """)
    editions = read_plan(project)
    assert override_as_of(editions, None) == editions
    later = override_as_of(editions, "2022-02-02")
    assert [edition.given for edition in later] == [{"as_of": "2022-02-02"}] * 2
    assert [edition.written for edition in later] == [{"as_of": "2022-02-02"}] * 2
    assert editions[0].given == {"as_of": "2021-01-01"}


def test_as_of_must_be_a_day_and_mean_something_to_the_notebook(project, plan):
    plan(GOOD)
    with pytest.raises(ReportError, match="'May 2021' is no day"):
        override_as_of(read_plan(project), "May 2021")
    with pytest.raises(ReportError, match="no meaning for first"):
        override_as_of(read_plan(project), "2021-05-01")


SWEEP = """
returns:
  notebook: returns
  title: "{kind}, from {start}"
  parameters: {limit: 5}
  matrix:
    kind: [all_returns, escorted]
    start: [2020-11-09, -1m]
  cadence: "0 6 * * 1"
"""
NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)


@pytest.fixture
def swept(notebook):
    notebook(
        "returns",
        parameters='start: str = ""  # first day\nend: str = ""\nlimit: int = 3\n'
        'kind: str = "all"\nkinds: list = []\nboth: bool = True\n'
        'seen: str = "2021-01-01"\nuntil: str = ""  # a day, YYYY-MM-DD\n',
    )


@pytest.mark.usefixtures("swept")
def test_a_matrix_makes_an_edition_of_every_combination(project, plan):
    plan(GOOD + SWEEP)
    editions = read_plan(project, now=NOON)
    assert [edition.name for edition in editions] == [
        "first",
        "returns-all-returns-2020-11-09",
        "returns-all-returns-1m",
        "returns-escorted-2020-11-09",
        "returns-escorted-1m",
    ]
    assert [edition.title for edition in editions[1:]] == [
        "all returns, from 9 November 2020",
        "all returns, from 28 February 2026",
        "escorted, from 9 November 2020",
        "escorted, from 28 February 2026",
    ]
    last = editions[-1]
    assert last.given == {"limit": 5, "kind": "escorted", "start": "2026-02-28"}
    assert last.written == {"limit": 5, "kind": "escorted", "start": "-1m"}
    assert (last.notebook, last.cadence, last.sweep) == ("returns", "0 6 * * 1", "returns")
    assert editions[0].sweep == ""


@pytest.mark.usefixtures("swept")
def test_a_sweep_is_chosen_as_a_whole_or_one_by_one(project, plan):
    plan(GOOD + SWEEP)
    editions = read_plan(project, now=NOON)
    assert select(editions, ["returns"]) == editions[1:]
    assert select(editions, ["returns-escorted-1m", "first"]) == (editions[0], editions[-1])
    with pytest.raises(ReportError, match=r"'retruns' .*; did you mean 'returns'"):
        select(editions, ["retruns"])


@pytest.mark.parametrize(
    ("matrix", "names"),
    [
        ("{limit: [1, 20]}", ["a-1", "a-20"]),
        ("{both: [yes, no]}", ["a-yes", "a-no"]),
        ('{end: ["", today]}', ["a-no-limit", "a-today"]),
        ("{kinds: [[], [mine_maps, Remains]]}", ["a-all", "a-mine-maps-remains"]),
        ("{kind: [Été, ' b__c ']}", ["a-ete", "a-b-c"]),
        ("{kind: [x]}", ["a-x"]),
    ],
)
@pytest.mark.usefixtures("swept")
def test_names_are_made_of_the_values_as_written(project, plan, matrix, names):
    plan(f'a: {{notebook: returns, matrix: {matrix}, cadence: "0 6 * * 1"}}')
    editions = read_plan(project, now=NOON)
    assert [edition.name for edition in editions] == names
    assert editions[0].title == names[0].replace("-", " ").capitalize()


@pytest.mark.usefixtures("swept")
def test_a_title_is_filled_by_plain_replacement(project, plan):
    plan("""
    a:
      notebook: returns
      title: "{kind} {limit} {kinds} { x } {0} {} {{end}}"
      parameters: {kind: "{limit.__class__}{end}", kinds: [mine_maps, b]}
      cadence: "0 6 * * 1"
    """)
    (edition,) = read_plan(project)
    assert edition.title == "{limit.  class  }{end} 3 mine maps, b { x } {0} {} {no limit}"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("matrix:", "5: editions.a.matrix: sweeps over nothing; name a parameter"),
        ("matrix: {}", "5: editions.a.matrix: sweeps over nothing; name a parameter"),
        ("matrix: [a]", "5: editions.a.matrix \"['a']\": is no mapping"),
        ("matrix: {kind: b}", "5: editions.a.matrix.kind 'b': is no list of values"),
        ("matrix: {kind: []}", "5: editions.a.matrix.kind '[]': is no list of values"),
        (
            "matrix:\n    knid: [b, c]",
            "6: editions.a.matrix.knid: is no parameter of the notebook; did you mean 'kind'?",
        ),
        (
            "matrix:\n    limit:\n      - 1\n      - two",
            "8: editions.a.matrix.limit.1 'two': is not of type int; write a int such as 3",
        ),
        ("matrix: {kinds: [b]}", "5: editions.a.matrix.kinds.0 'b': is not of type list"),
        (
            "matrix: {start: [2021-02-30]}",
            "5: editions.a.matrix.start.0 '2021-02-30': is not a day written YYYY-MM-DD; write "
            "YYYY-MM-DD, today, or a distance back such as -7d",
        ),
        (
            "parameters: {kind: b}\n  matrix:\n    kind: [c, d]",
            "7: editions.a.matrix.kind: is among the parameters too; keep it in one of the two",
        ),
        ("matrix: {kind: [b, B]}", "5: editions.a.matrix 'a-b': is there twice"),
        ("matrix: {limit: [1, -1]}", "5: editions.a.matrix 'a-1': is there twice"),
        ("matrix: {kind: [x, z]}", "5: editions.a.matrix 'a-x': is there twice"),
        ("matrix: {kind: ['...', b]}", "5: editions.a.matrix 'a-': is no name for an edition"),
        (f"matrix: {{kind: [{'b' * 79}]}}", "is no name for an edition; use a-z"),
        (
            f"matrix: {{limit: {list(range(3))}, kind: {[f'k{n}' for n in range(67)]}}}",
            "5: editions.a.matrix: makes 201 editions, more than 200; sweep over fewer values",
        ),
        (
            "title: same\n  matrix: {kind: [b, c]}",
            "5: editions.a.title 'same': does not tell the editions of the matrix apart",
        ),
        (
            'title: "{kind} {lmit}"\n  matrix: {kind: [b, c]}',
            "5: editions.a.title '{kind} {lmit}': holds {lmit}, which is no parameter of the "
            "notebook; did you mean 'limit'?",
        ),
        (
            "matrix: {start: [2021-01-01, 2021-03-01], end: [2021-02-01]}",
            "5: editions.a.matrix.start '2021-03-01': is after the end, 2021-02-01",
        ),
        (
            "parameters: {end: 2021-02-01}\n  matrix:\n    start: [2021-01-01, today]",
            "7: editions.a.matrix.start '2026-03-31': is after the end, 2021-02-01",
        ),
    ],
)
@pytest.mark.usefixtures("swept")
def test_a_faulty_sweep_is_told_with_its_place(project, plan, lines, told):
    other = 'a-x: {notebook: returns, cadence: "0 6 * * 1"}'
    plan(f'{other}\na:\n  notebook: returns\n  {lines}\n  cadence: "0 6 * * 1"')
    with pytest.raises(PlanError) as caught:
        read_plan(project, now=NOON)
    (problem,) = str(caught.value).splitlines()
    assert told in problem


@pytest.mark.usefixtures("swept")
def test_a_sweep_may_make_as_many_editions_as_are_allowed(project, plan):
    matrix = f"{{limit: [1, 2], kind: {[f'k{n}' for n in range(100)]}}}"
    plan(f'a: {{notebook: returns, matrix: {matrix}, cadence: "0 6 * * 1"}}')
    assert len(read_plan(project)) == 200


def test_faults_of_a_swept_notebook_are_told_once(project, plan, notebook):
    notebook("bare", parameters="x: int = 1  # a = b")
    plan('a: {notebook: bare, matrix: {x: [1, 2], y: [3]}, cadence: "0 6 * * 1"}')
    (problem,) = problems(project)
    assert "holds a second '='" in problem
    plan('a: {notebook: gone, matrix: {x: [1, 2]}, cadence: "0 6 * * 1"}')
    (problem,) = problems(project)
    assert "is missing in notebooks/" in problem


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("today", "2026-03-31"),
        ("-0d", "2026-03-31"),
        ("-7d", "2026-03-24"),
        ("-2w", "2026-03-17"),
        ("-1m", "2026-02-28"),
        ("-13m", "2025-02-28"),
        ("-1y", "2025-03-31"),
        ("-2025y", "0001-03-31"),
    ],
)
@pytest.mark.parametrize("name", ["start", "seen", "until"])
@pytest.mark.usefixtures("swept")
def test_a_relative_day_is_resolved_and_kept_as_written(project, plan, written, day, name):
    plan(GOOD + f"  parameters: {{{name}: {written}}}\n")
    (edition,) = read_plan(project, now=NOON)
    assert edition.given == {name: day}
    assert edition.parameters[name] == day
    assert edition.written == {name: written}


@pytest.mark.usefixtures("swept")
def test_only_parameters_that_hold_days_know_relative_days(project, plan):
    plan(GOOD + "  parameters: {kind: today}\n")
    (edition,) = read_plan(project, now=NOON)
    assert edition.given == edition.written == {"kind": "today"}
    plan(GOOD + "  parameters: {limit: -7d}\n")
    assert "'-7d': is not of type int" in problems(project)[0]


def test_today_is_that_of_utc(project, plan):
    plan(GOOD + "  parameters: {start: today}\n")
    late = datetime(2026, 3, 31, 22, 30, tzinfo=timezone(timedelta(hours=-4)))
    assert read_plan(project, now=late)[0].given == {"start": "2026-04-01"}
    before = datetime.now(UTC).date().isoformat()
    assert before <= read_plan(project)[0].given["start"] <= datetime.now(UTC).date().isoformat()


@pytest.mark.parametrize("written", ["+7d", "-7", "-7h", "7d", "yesterday", "-1.5m", "-", "Today"])
def test_other_ways_to_tell_a_day_are_refused(project, plan, written):
    plan(GOOD + f'  parameters: {{start: "{written}"}}\n')
    assert "is not a day written YYYY-MM-DD; write YYYY-MM-DD, today, or" in problems(project)[0]


@pytest.mark.parametrize("written", ["-2026y", "-99999m", "-99999y"])
def test_a_day_before_the_calendar_begins_is_refused(project, plan, written):
    plan(GOOD + f"  parameters: {{end: {written}}}\n")
    with pytest.raises(PlanError, match=f"end '{written}': lies before the year 1"):
        read_plan(project, now=NOON)


@pytest.mark.parametrize(
    ("setting", "fault"),
    [
        ("{start: today, end: -1d}", "start '2026-03-31': is after the end, 2026-03-30"),
        ("{start: 2026-04-01, end: today}", "start '2026-04-01': is after the end, 2026-03-31"),
        ("{end: -30y}", "end '1996-03-31': is before the start, 2020-11-09"),
    ],
)
def test_start_and_end_are_compared_once_they_are_resolved(project, plan, notebook, setting, fault):
    notebook("returns", parameters='start: str = "2020-11-09"\nend: str = ""\n')
    plan(GOOD + f"  parameters: {setting}\n")
    with pytest.raises(PlanError, match=fault):
        read_plan(project, now=NOON)
    plan(GOOD + "  parameters: {start: -1d, end: today}\n")
    assert read_plan(project, now=NOON)[0].given == {"start": "2026-03-30", "end": "2026-03-31"}


def test_the_shipped_plan_is_in_order_and_uses_every_notebook():
    shipped = Project(Path(__file__).parents[2])
    editions = read_plan(shipped)
    assert len(editions) >= 8
    notebooks = {path.stem for path in shipped.notebooks.glob("[0-9]*.ipynb")}
    assert {edition.notebook for edition in editions} == notebooks
    assert all({"start", "end", "as_of", "names"} <= set(edition.accepts) for edition in editions)


def examples() -> dict[str, str]:
    """Return the sweeps that are shown to readers, by the file that shows them."""
    root = Path(__file__).parents[2]
    shown = re.search(r"```yaml\n(.*?)```", (root / "docs/operations.md").read_text("utf-8"), re.S)
    comment = re.sub(r"(?m)^# ?", "", (root / "reports.yml").read_text("utf-8"))
    told = re.search(r"(?m)^  weekly:\n(    .*\n)+", comment)
    assert shown
    assert told
    return {"docs/operations.md": shown[1], "reports.yml": told[0]}


@pytest.mark.parametrize("file", ["docs/operations.md", "reports.yml"])
def test_the_sweeps_shown_to_readers_work(project, plan, file):
    shipped = Path(__file__).parents[2] / "notebooks"
    shutil.copytree(shipped, project.notebooks, dirs_exist_ok=True)
    plan(examples()[file])
    assert [(edition.name, edition.title) for edition in read_plan(project, now=NOON)] == [
        ("weekly-escorted-returns-7d", "escorted returns since 24 March 2026"),
        ("weekly-escorted-returns-1m", "escorted returns since 28 February 2026"),
        ("weekly-resettled-idps-7d", "resettled idps since 24 March 2026"),
        ("weekly-resettled-idps-1m", "resettled idps since 28 February 2026"),
    ]


ALERTS = """
above:
  notebook: returns
  cadence: "0 6 * * 1"
own:
  notebook: returns
  cadence: "0 6 * * 1"
  alerts: {change: 2.5}
silent:
  notebook: returns
  cadence: "0 6 * * 1"
  alerts: {change: off}
"""


def test_alerts_of_changes_hold_for_all_editions_or_one(project, plan):
    plan(ALERTS)
    assert [edition.alert_change for edition in read_plan(project)] == [None, 2.5, None]
    text = project.plan.read_text("utf-8")
    project.plan.write_text("alerts: {change: 10}\n" + text, "utf-8")
    assert [edition.alert_change for edition in read_plan(project)] == [10, 2.5, None]
    project.plan.write_text('alerts: {change: "off"}\n' + text, "utf-8")
    assert [edition.alert_change for edition in read_plan(project)] == [None, 2.5, None]


@pytest.mark.parametrize(
    ("alerts", "told"),
    [
        ("", "alerts: says nothing; write {change: 10} for ten per cent, or {change: off}"),
        ("[1]", "alerts '[1]': is no mapping;"),
        ("{}", "alerts: does not say from which change on; write {change: 10}"),
        ("{changes: 1}", "alerts.changes: is an unknown key; did you mean 'change'?"),
        *((f"{{change: {value}}}", "alerts.change") for value in ("0", "-3", "on", "10 %")),
        ("{change: -1}", "alerts.change '-1': is no number above 0; write {change: 10}"),
    ],
)
def test_alerts_that_make_no_sense_are_told_with_their_place(project, plan, alerts, told):
    plan(GOOD)
    text = project.plan.read_text("utf-8")
    project.plan.write_text(f"alerts: {alerts}\n{text}", "utf-8")
    assert f"reports.yml:1: {told}" in "\n".join(problems(project))
    plan(GOOD.rstrip("\n") + f"\n  alerts: {alerts}\n")
    assert f"reports.yml:5: editions.first.{told}" in "\n".join(problems(project))


@pytest.mark.parametrize("number", [".nan", ".inf", "-.inf"])
def test_a_change_without_end_is_told_with_its_line(project, plan, number):
    plan(GOOD.rstrip("\n") + f"\n  alerts: {{change: {number}}}\n")
    assert "reports.yml:5: is not plain YAML (a number that is not finite)" in problems(project)[0]
