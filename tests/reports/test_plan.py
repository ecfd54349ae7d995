"""The plan is read whole or not at all, and every fault is told with its place."""

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
    assert "editions.two.cadence '61 6 * * 1': is no cron expression" in found[3]
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
    "cadence",
    ['"@daily"', '"0 6 * *"', '"0 0 6 * * 1"', '"0 25 * * *"', "5", '"H 6 * * *"', '"0 6 31 2 1-"'],
)
def test_only_cron_expressions_of_five_fields_are_taken(project, plan, cadence):
    plan(GOOD.replace('"0 6 * * 1"', cadence))
    assert "is no cron expression of five fields" in problems(project)[0]


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
    project.plan.write_bytes(b"#" * 1_000_001)
    assert "is too long" in problems(project)[0]
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
    assert editions[0].given == {"as_of": "2021-01-01"}


def test_as_of_must_be_a_day_and_mean_something_to_the_notebook(project, plan):
    plan(GOOD)
    with pytest.raises(ReportError, match="'May 2021' is no day"):
        override_as_of(read_plan(project), "May 2021")
    with pytest.raises(ReportError, match="no meaning for first"):
        override_as_of(read_plan(project), "2021-05-01")


def test_the_shipped_plan_is_in_order_and_uses_every_notebook():
    shipped = Project(Path(__file__).parents[2])
    editions = read_plan(shipped)
    assert len(editions) >= 8
    notebooks = {path.stem for path in shipped.notebooks.glob("[0-9]*.ipynb")}
    assert {edition.notebook for edition in editions} == notebooks
    assert all({"start", "end", "as_of", "names"} <= set(edition.accepts) for edition in editions)
