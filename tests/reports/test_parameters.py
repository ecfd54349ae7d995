"""A notebook's parameters are read from its cell without running it."""

import pytest

from helpers.reports.parameters import read_interface


def read(path):
    return read_interface(path, "n.ipynb")


def test_each_typed_literal_becomes_a_parameter_with_its_help(notebook):
    interface = read(
        notebook(
            "all",
            parameters="# what to show\n"
            'start: str = "2020-11-09"  # first day shown\n'
            "limit: int = -3\n"
            "share: float = 0.5  # between 0 and 1\n"
            "both: bool = True\n"
            'kinds: list[str] = ["a", "b"]  # empty means all\n'
            "any_of: list = []\n"
            "names: dict[str, int] = {}\n"
            "until: str | None = None\n",
        )
    )
    assert not interface.problems
    assert interface.question == "Who came back?"
    found = {name: (item.type_name, item.default) for name, item in interface.parameters.items()}
    assert found == {
        "start": ("str", "2020-11-09"),
        "limit": ("int", -3),
        "share": ("float", 0.5),
        "both": ("bool", True),
        "kinds": ("list[str]", ["a", "b"]),
        "any_of": ("list", []),
        "names": ("dict[int]", {}),
        "until": ("str | None", None),
    }
    helps = [item.help for item in interface.parameters.values()]
    assert helps == ["first day shown", "", "between 0 and 1", "", "empty means all", "", "", ""]


@pytest.mark.parametrize(
    ("annotation", "default", "good", "bad"),
    [
        ("int", "1", [0, -5], [True, 1.0, "1", None]),
        ("float", "1.0", [1, 2.5], [True, "1"]),
        ("bool", "True", [False], [0, "no"]),
        ("str", '"x"', ["", "a\nb"], [1, None, ["a"]]),
        ("list", "[]", [[], ["a", 1, None]], ["a", [["a"]], {}]),
        ("list[str]", "[]", [["a"]], [[1], ["a", None]]),
        ("dict[str, int]", "{}", [{"a": 1}], [{"a": "b"}, []]),
        ("int | None", "None", [None, 3], ["3"]),
    ],
)
def test_values_are_judged_by_the_type(notebook, annotation, default, good, bad):
    interface = read(notebook("one", parameters=f"x: {annotation} = {default}"))
    parameter = interface.parameters["x"]
    assert [parameter.fault(value) for value in good] == [""] * len(good)
    assert all(parameter.fault(value).startswith("is not of type") for value in bad)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('start: str = ""  # such as start=2020', "second '='"),
        ('query: str = "a=b"', "second '='"),
        ('start = ""', "is no typed literal"),
        ("import os", "is no typed literal"),
        ("a.b: int = 1", "is no typed literal"),
        ("start: str", "has no default"),
        ("start: str = str(3)", "is no literal"),
        ("limit: int = 'three'", "has a default that is not of type int"),
        ("end: str = '2021-02-30'", "has a default that is not a day"),
        ("x: set = {1}", "has a type other than"),
        ("x: int[str] = 1", "has a type other than"),
        ("x: list[set] = []", "has a type other than"),
        ("x: int = 1\nx: int = 2", "is there twice"),
        ("x: int = (", "is not Python"),
    ],
)
def test_a_line_that_hides_or_bends_a_parameter_is_a_fault(notebook, line, fault):
    (problem,) = read(notebook("one", parameters=line)).problems
    assert fault in str(problem)
    assert problem.file == "n.ipynb, cell 2"
    assert problem.line == len(line.splitlines())


def test_papermill_itself_agrees_on_what_is_hidden(notebook, caplog):
    """The rule about '=' is about papermill: it doesn't see such a parameter."""
    import papermill

    path = notebook("one", parameters='start: str = ""  # like start=2020\nend: str = ""  # last')
    assert list(papermill.inspect_notebook(str(path))) == ["end"]


def test_a_notebook_without_parameters_cell_is_a_fault(notebook):
    (problem,) = read(notebook("one", parameters=None)).problems
    assert "has no code cell tagged 'parameters'" in str(problem)


def test_a_notebook_without_heading_is_a_fault(notebook):
    (problem,) = read(notebook("one", heading="No heading")).problems
    assert "has no heading of level one" in str(problem)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"cells": [3]}', "\xff", '{"cells": [{}]}'])
def test_a_file_that_is_no_notebook_is_a_fault(tmp_path, content):
    path = tmp_path / "n.ipynb"
    path.write_bytes(content.encode("latin-1"))
    (problem,) = read(path).problems
    assert "is not a readable notebook" in str(problem)


def test_parameters_that_hold_days_are_told_by_name_default_or_help(notebook):
    cell = (
        'as_of: str = ""\nseen: str = "2021-05-01"\nuntil: str | None = None  # a day, YYYY-MM-DD\n'
        'kind: str = "2021"\nend: int = 3\nstart: list = []\nlimit: int = 3  # not YYYY-MM-DD\n'
    )
    parameters = read(notebook("days", parameters=cell)).parameters
    assert [name for name in parameters if parameters[name].holds_day] == ["as_of", "seen", "until"]
    for name in ("as_of", "seen", "until"):
        assert parameters[name].fault("2021-02-30") == "is not a day written YYYY-MM-DD"
        assert parameters[name].fault("") == ""
    assert parameters["until"].fault(None) == ""
