"""Parameters reach a notebook as literals: no value of a plan becomes code."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.data.project import Project
from helpers.reports.execute import execute
from helpers.reports.fingerprint import fingerprint
from helpers.reports.plan import PlanError, read_plan
from small_projects import make_project, write_notebook

CELL = """\
kind: str = "a"
kinds: list[str] = []
many: list = []
limit: int = 1
share: float = 0.5
both: bool = True
until: str | None = None
named: dict[str, str] = {}
"""
HOSTILE = [
    "__import__('os').system('touch mine')",
    '"; import os; os.system("touch mine") #',
    "'; import os #",
    '"""\nimport os\n"""',
    "'''\nimport os\n'''",
    "a\nimport os",
    "a\n\timport os",
    "a\\",
    "\\",
    '\\"',
    "\\'; import os #",
    '\\\\"',
    "\\n\\x41\\u0041\\N{BULLET}\\0",
    "{kind!r} {__import__('os')} {{}} {0} %s %(kind)s $HOME ${HOME}",
    "f'{1+1}'",
    'rb"x"',
    "a\u2028import os\u2029b",
    "# comment",
    "a = b",
    "%%bash\ntouch mine",
    "!touch mine",
    "%run x",
    "?",
    "тест Ստեփանակերտ Şuşa 👩‍👩‍👧",
    "\u202e\u2066\ufeff\u200b",
    "'" * 1000,
    '"' * 1000,
    "\\" * 1001,
    " ",
    "",
    "None",
    "True",
    "tags: [parameters]",
]


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = make_project(tmp_path_factory.mktemp("cell") / "project")
    write_notebook(project, "n", parameters=CELL)
    return project


def parametrised(project: Project, parameters: dict[str, Any]) -> str:
    """Return the cell that the values of a plan become."""
    from papermill.engines import papermill_engines

    from helpers.reports.engine import NAME, Engine
    from helpers.reports.execute import _parametrised

    papermill_engines.register(NAME, Engine)
    entry = {"notebook": "n", "cadence": "0 6 * * 1", "parameters": parameters}
    text = yaml.safe_dump({"editions": {"a": entry}}, allow_unicode=False)
    project.plan.write_text(text, encoding="utf-8")
    (edition,) = read_plan(project)
    notebook = _parametrised(edition, project, NAME)
    cells = [
        cell.source
        for cell in notebook.cells
        if "injected-parameters" in cell.metadata.get("tags", [])
    ]
    json.dumps(fingerprint(edition, project))
    return "".join(cells)


def assigned(source: str) -> dict[str, Any]:
    """Read a cell that must hold nothing but assignments of literals to plain names."""
    found = {}
    for statement in ast.parse(source).body:
        assert isinstance(statement, ast.Assign)
        (target,) = statement.targets
        assert isinstance(target, ast.Name)
        found[target.id] = ast.literal_eval(statement.value)
    return found


PLAIN = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"))
TEXTS = st.sampled_from(HOSTILE) | PLAIN
NUMBERS = st.integers(-(10**28), 10**28)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=60)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "kind": TEXTS,
            "kinds": st.lists(TEXTS, max_size=5),
            "many": st.lists(TEXTS | NUMBERS | FLOATS | st.booleans() | st.none(), max_size=5),
            "limit": NUMBERS,
            "share": FLOATS,
            "both": st.booleans(),
            "until": st.none() | TEXTS,
            "named": st.dictionaries(TEXTS, TEXTS, max_size=3),
        },
    )
)
def test_the_cell_assigns_the_very_values_and_nothing_else(swept, parameters):
    assert assigned(parametrised(swept, parameters)) == parameters


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_stays_a_text(swept, text):
    parameters = {"kind": text, "kinds": [text], "named": {text: text}}
    assert assigned(parametrised(swept, parameters)) == parameters


def test_a_text_that_hides_its_beginning_is_refused(swept):
    with pytest.raises(PlanError, match="control character"):
        parametrised(swept, {"kind": "print('seen')\rimport os"})


@pytest.mark.parametrize(
    "name",
    ["x; import os", "kind\nimport os", "__builtins__", "kind=1", "print", "a.b", "", "*", "kind "],
)
def test_no_name_but_those_of_the_notebook_is_assigned(swept, name):
    with pytest.raises(PlanError, match="is no parameter of the notebook"):
        parametrised(swept, {name: "a"})


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan")])
def test_no_number_becomes_a_call(swept, value):
    """Papermill writes them as `float('inf')`, and no JSON holds them."""
    with pytest.raises(PlanError, match="not finite"):
        parametrised(swept, {"share": value})


@pytest.mark.parametrize("value", [[["a"]], [{"a": "b"}], {"a": ["b"]}, {"a": {"b": "c"}}])
def test_no_value_is_nested(swept, value):
    with pytest.raises(PlanError, match="is not of type"):
        parametrised(swept, {"many" if isinstance(value, list) else "named": value})


def test_a_long_list_is_passed_on_as_it_is(swept):
    many = [*range(5000), *("\\'\"" * n for n in range(30))]
    assert assigned(parametrised(swept, {"many": many})) == {"many": many}


def test_a_kernel_sees_the_texts_and_runs_none_of_them(swept, tmp_path):
    named = {text: text for text in HOSTILE}
    values = {"kind": "\n".join(HOSTILE), "kinds": HOSTILE, "named": named}
    write_notebook(
        swept,
        "n",
        f"import json, pathlib\nplace = pathlib.Path({str(tmp_path)!r})",
        "(place / 'seen').write_text(json.dumps([kind, kinds, named]))",
        "(place / 'made').write_text(str(list(pathlib.Path().glob('**/mine'))))",
        parameters=CELL,
    )
    parametrised(swept, values)
    (edition,) = read_plan(swept)
    outcome = execute(edition, swept)
    assert outcome.status == "succeeded", outcome
    assert json.loads((tmp_path / "seen").read_text()) == list(values.values())
    assert (tmp_path / "made").read_text() == "[]"
    assert not Path("mine").exists()
