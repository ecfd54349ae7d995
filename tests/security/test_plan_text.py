"""A plan is data from somebody else: whatever stands in it is read soon, or told in one line."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.reports.located import MAX_BYTES, MAX_DEPTH, MAX_NODES, read_located
from helpers.reports.plan import PlanError, read_plan

# Of the processor, on a slow machine; a plan without limits took a minute for some of these.
SECONDS = 10.0


def read(folder: Path, text: str | bytes):
    path = folder / "reports.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return read_located(path, "reports.yml")


def problem(folder: Path, text: str) -> str:
    (found,) = read(folder, text).problems
    assert str(found).isprintable()
    return str(found)


def laughs(join: str) -> str:
    """A small text that a reader of aliases would blow up to gigabytes."""
    lines = ["a0: &a0 ha"]
    for n in range(1, 12):
        lines.append(f"a{n}: &a{n} {join.format(', '.join([f'*a{n - 1}'] * 10))}")
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (laughs("[{}]"), "2: is not plain YAML (an alias is not allowed here)"),
        ("a: &a {b: 1}\nc:\n  <<: *a\n", "3: is not plain YAML (an alias is not allowed here)"),
        ("a: &a [*a]\n", "1: is not plain YAML (an alias is not allowed here)"),
        ("a:\n  <<: {b: 1}\n", "2: is not plain YAML (a key is no plain word)"),
        ("? [a, b]\n: 1\n", "1: is not plain YAML (a key is no plain word)"),
        ("? !!python/name:os.system x\n: 1\n", "1: is not plain YAML (a key is no plain word)"),
        ("a: !!python/object/apply:os.system [id]\n", "could not determine a constructor"),
        ("a: !!python/object/new:os.system [id]\n", "could not determine a constructor"),
        ("a: !!python/module:os ''\n", "could not determine a constructor"),
        ("a: !mine 1\n", "could not determine a constructor"),
        ("a: !!binary aGk=\n", "could not determine a constructor"),
        ("a: !!set {b}\n", "could not determine a constructor"),
        ("a: !!omap [b: 1]\n", "could not determine a constructor"),
        ("a: !!timestamp 2021-01-01\n", "could not determine a constructor"),
        ("b: 1\na: !!int ''\n", "2: is not plain YAML ('' is no int)"),
        ("a: !!int x\n", "1: is not plain YAML ('x' is no int)"),
        ("a: !!float ''\n", "1: is not plain YAML ('' is no float)"),
        ("a: !!bool x\n", "1: is not plain YAML ('x' is no bool)"),
        ("a: .inf\n", "a number that is not finite"),
        ("a: [1, -.INF]\n", "a number that is not finite"),
        ("a: .nan\n", "a number that is not finite"),
        ("a: 1.0e+999\n", "a number that is not finite"),
        (f"a: {'9' * 5000}\n", "1: is not plain YAML (a number of more than 30 characters)"),
        (f"a: 0x{'f' * 5000}\n", "a number of more than 30 characters"),
        (f"a: 1{':59' * 5000}\n", "a number of more than 30 characters"),
        (f"a: 1{':59' * 5000}.5\n", "a number of more than 30 characters"),
        (f"{'9' * 5000}: a\n", "is not plain YAML"),
        ('a: "\\e]0;x\\a"\n', r"1: is not plain YAML (the control character '\x1b')"),
        ('"\\0": 1\n', r"the control character '\x00'"),
        ('a: "\\ud800"\n', r"the control character '\ud800'"),
        ('a: "\\x85"\n', r"the control character '\x85'"),
        ('a: "\\uffff"\n', r"the control character '\uffff'"),
        ("a: \x1b[31m\n", "is not plain YAML"),
        ("a: \x00\n", "is not plain YAML"),
    ],
)
def test_what_no_plan_needs_is_refused_in_one_line(tmp_path, text, fault):
    assert fault in problem(tmp_path, text)


@pytest.mark.parametrize(
    ("opening", "closing"), [("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", ""), ("[[{? ", "")]
)
@pytest.mark.parametrize("levels", [MAX_DEPTH, MAX_BYTES // 10])
def test_depth_is_bounded_and_told_with_its_line(tmp_path, opening, closing, levels):
    text = f"x: 1\ndeep:\n  {opening * levels}1{closing * levels}\n"
    found = problem(tmp_path, text)
    assert found.startswith("reports.yml:3: ")
    assert f"more than {MAX_DEPTH} levels within each other" in found


def test_depth_that_is_allowed_is_read(tmp_path):
    deep = MAX_DEPTH - 2
    assert read(tmp_path, f"a: {'[' * deep}1{']' * deep}\n").problems == []
    # Breadth is no depth.
    assert read(tmp_path, "a:\n" + "- [{b: [1]}]\n" * 1000).problems == []


def long_texts() -> Iterator[tuple[str, str]]:
    """Texts as long as is allowed, of each kind that may take a reader long."""
    parts = {
        "numbers": "1,",
        "questions": "?,",
        "anchors": "&a 1,",
        "words": "a ",
    }
    for name, part in parts.items():
        yield name, f"a: [{part * ((MAX_BYTES - 20) // len(part))}]\n"
    lines = {
        "comments": "#\n",
        "same keys": "a: 1\n",
    }
    for name, line in lines.items():
        yield name, line * (MAX_BYTES // len(line))
    yield "one key", "a" * (MAX_BYTES - 4) + ": 1"
    yield "one folded text", "a: >\n" + " b\n\n" * (MAX_BYTES // 4 - 5)
    yield "escapes", 'a: "' + r"\x41" * (MAX_BYTES // 4 - 5) + '"'
    yield "open brackets", "[" * MAX_BYTES
    yield "base 60", "a: 1" + ":1" * (MAX_BYTES // 2 - 5)
    yield "one digit", "a: " + "1" * (MAX_BYTES - 5)


@pytest.mark.parametrize(("name", "text"), list(long_texts()), ids=lambda value: value[:16])
def test_the_longest_plan_is_read_soon(tmp_path, name, text):
    before = time.process_time()
    read(tmp_path, text)
    assert time.process_time() - before < SECONDS


def test_size_and_number_are_bounded(tmp_path):
    assert f"is longer than {MAX_BYTES:,} bytes" in problem(tmp_path, "#" * (MAX_BYTES + 1))
    found = problem(tmp_path, "a:\n" + "- 1\n" * MAX_NODES)
    assert found.startswith(f"reports.yml:{MAX_NODES - 1}: ")
    assert f"more than {MAX_NODES:,} values" in found


def test_a_plan_without_end_is_not_read_to_its_end(project):
    project.plan.unlink()
    project.plan.symlink_to("/dev/zero")
    with pytest.raises(PlanError, match="is longer than"):
        read_plan(project)


def test_a_plan_of_hundreds_of_editions_is_well_within_the_limits(tmp_path):
    entry = """
  edition-{n}:
    notebook: 02_returns
    title: "A title of the usual length for edition {n}"
    parameters: {{start: 2021-01-01, end: 2021-12-31, scope: all_returns, kinds: [a, b, c]}}
    cadence: "0 6 * * 1"
"""
    located = read(tmp_path, "editions:" + "".join(entry.format(n=n) for n in range(700)))
    assert located.problems == []
    assert len(located.data["editions"]) == 700


@given(st.binary(max_size=300) | st.text("{}[]&*!|>-?:,#%@`\"' \n\tab019.~=<\\", max_size=300))
def test_whatever_the_text_it_is_read_or_told(tmp_path_factory, text):
    located = read(tmp_path_factory.getbasetemp(), text)
    assert all(str(found).isprintable() for found in located.problems)


@pytest.fixture
def returns(notebook):
    notebook("returns", parameters='kind: str = "a"\nkinds: list[str] = []\nlimit: int = 1\n')


@pytest.mark.usefixtures("returns")
@pytest.mark.parametrize(
    "name",
    [
        *("../../etc/x", "/etc/x", "..", ".", ".vintages", ".lock", "a/../b", "a\\b", "a\\\\b"),
        *("a b", "a;b", "$(id)", "`id`", "a|b", "*", "~", "con.", "a\\nb", "a\\tb", "-rf", "--out"),
        *("index", "archive", "failed", "manifest", "INDEX", "ａ", "a\\u202eb", "١", "%2e%2e"),
    ],
)
def test_no_name_of_an_edition_is_more_than_a_name(project, plan, name):
    plan(f'"{name}": {{notebook: returns, cadence: "0 6 * * 1"}}')
    with pytest.raises(PlanError) as caught:
        read_plan(project)
    assert "is no name for an edition" in str(caught.value) or "control" in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.usefixtures("returns")
@pytest.mark.parametrize("value", ["../up", "/etc/x", "a/b", "..\\up", "é/ü", "a.html", "$(id)"])
def test_no_value_of_a_sweep_leads_a_name_elsewhere(project, plan, value):
    plan(f"a: {{notebook: returns, matrix: {{kind: ['{value}', b]}}, cadence: '0 6 * * 1'}}")
    names = {edition.name for edition in read_plan(project)}
    assert len(names) == 2
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz-") for name in names)


@pytest.mark.usefixtures("returns")
@pytest.mark.parametrize(
    "name",
    ["../returns", "/etc/passwd", "returns\\0", "a" * 101, "a" * 100_000, "ｒeturns", "a\\n"],
)
def test_no_notebook_is_sought_anywhere_else(project, plan, name):
    plan(f'first: {{notebook: "{name}", cadence: "0 6 * * 1"}}')
    with pytest.raises(PlanError) as caught:
        read_plan(project)
    assert str(caught.value).isprintable()


@pytest.mark.usefixtures("returns")
def test_a_title_stays_short_however_long_its_values_are(project, plan):
    kinds = ", ".join(["words"] * 15_000)
    plan(f"""
    a:
      notebook: returns
      title: "{"{kinds}" * 25}"
      parameters: {{kinds: [{kinds}]}}
      cadence: "0 6 * * 1"
    """)
    (edition,) = read_plan(project)
    assert len(edition.title) <= 25 * 80
    plan(f'a: {{notebook: returns, title: {"x" * 501}, cadence: "0 6 * * 1"}}')
    with pytest.raises(PlanError, match="is longer than 500 characters; say it in a few words"):
        read_plan(project)
