"""Imports go one way, charts and analysis stay off the disk, public code says what it takes.

Everything is read from the syntax tree, so nothing is imported and code inside functions counts.
Each rule is also shown a small module that breaks it.
"""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"
MODULE_LINES = 250
FUNCTION_LINES = 30
ARGUMENTS = 6
SHORT_LINES = 12

# What each room may import of the others; cli.py is a room of its own.
MAY_IMPORT = {
    "": set(),
    "data": {"data"},
    "analysis": {"data", "analysis"},
    "charts": {"data", "analysis", "charts"},
    "explore": {"data", "analysis", "charts", "explore"},
    "exports": {"data", "exports"},
    "warm": {"data", "warm"},
    "reports": {"data", "warm", "reports"},
    "schedule": {"data", "warm", "reports", "schedule"},
    "cli_options": set(),
    "cli_schedule": {"data", "reports", "schedule", "cli_options"},
    "cli": {"data", "exports", "warm", "reports", "schedule", "cli_options", "cli_schedule"},
}
DRAWING = {"matplotlib", "seaborn"}
NO_DRAWING = {"data", "analysis", "exports", "cli"}
NO_FILES = {"analysis", "charts"}
# The helpers that open files for others: a room without files may take their types, not call them.
FILE_HELPERS = re.compile(
    r"helpers\.data\.(load\.load|build|check|freshness|inputs|modules|read|package"
    r"|project\.(find_project|write_atomic))\b"
)
FILE_CALLS = re.compile(
    r"(^|\.)(open|read_text|read_bytes|write_text|write_bytes|unlink|mkdir|iterdir|glob|rglob)$"
    r"|(^|\.)read_(csv|parquet|json|excel|feather|pickle|table|sql|html|xml|orc|hdf)$"
    r"|(^|\.)to_(csv|parquet|json|excel|feather|pickle|orc|hdf)$"
    r"|^(np|numpy)\.(load|save|loadtxt|savetxt|fromfile|genfromtxt)$"
)
NOTEBOOKS_MAY = re.compile(r"helpers\.(data\.load|analysis|charts|explore)(\.|$)")


def modules(source: Path) -> dict[str, Path]:
    """Every module under a source folder, by its dotted name."""
    found = {}
    for path in sorted((source / "helpers").rglob("*.py")):
        parts = path.relative_to(source).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def room_of(name: str) -> str:
    return name.split(".")[1] if "." in name else ""


def imports(code: str, package: str = "") -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything imported; `from a import b` gives ``a.b``."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parents, base]).rstrip(".")
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def calls(code: str) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every call; a call on an expression gives ``.method``."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            parts, inner = [], node.func
            while isinstance(inner, ast.Attribute):
                parts.append(inner.attr)
                inner = inner.value
            parts.append(inner.id if isinstance(inner, ast.Name) else "")
            yield node.lineno, ".".join(reversed(parts))


def package_of(name: str, path: Path) -> str:
    return name if path.name == "__init__.py" else name.rpartition(".")[0]


def broken_layers(source: Path) -> list[str]:
    """Imports that go upwards, into a room unknown here, or to a drawing library."""
    problems = []
    for name, path in modules(source).items():
        room = room_of(name)
        if room not in MAY_IMPORT:
            problems.append(f"{name}: a room that no rule knows")
            continue
        for line, target in imports(path.read_text("utf-8"), package_of(name, path)):
            if target.split(".")[0] == "helpers" and room_of(target) not in MAY_IMPORT[room]:
                problems.append(f"{name}:{line} imports {target}")
            if target.split(".")[0] in DRAWING and room in NO_DRAWING:
                problems.append(f"{name}:{line} imports {target}, but {room} never draws")
    return problems


def file_access(source: Path) -> list[str]:
    """Places where a room that must not touch files does."""
    problems = []
    for name, path in modules(source).items():
        if room_of(name) not in NO_FILES:
            continue
        code = path.read_text("utf-8")
        problems += [f"{name}:{n} calls {c}" for n, c in calls(code) if FILE_CALLS.search(c)]
        problems += [
            f"{name}:{line} imports {target}"
            for line, target in imports(code, package_of(name, path))
            if FILE_HELPERS.match(target)
        ]
    return problems


def import_graph(source: Path) -> dict[str, set[str]]:
    """Which module imports which; ``a.b`` counts as module ``a`` where ``b`` is a name in it."""
    known = modules(source)
    graph: dict[str, set[str]] = {}
    for name, path in known.items():
        targets = {t for _, t in imports(path.read_text("utf-8"), package_of(name, path))}
        hits = {t if t in known else t.rpartition(".")[0] for t in targets}
        graph[name] = {hit for hit in hits if hit in known}
    return graph


def find_cycle(graph: Mapping[str, set[str]]) -> list[str]:
    """One cycle as the modules along it, or nothing."""
    done: set[str] = set()

    def follow(name: str, trail: list[str]) -> list[str]:
        if name in trail:
            return [*trail[trail.index(name) :], name]
        if name in done:
            return []
        for target in sorted(graph[name]):
            if cycle := follow(target, [*trail, name]):
                return cycle
        done.add(name)
        return []

    return next((cycle for name in sorted(graph) if (cycle := follow(name, []))), [])


def public_functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Functions and methods that callers elsewhere may use, with their dotted names."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node.name, node
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for item in node.body:
                hidden = isinstance(item, ast.FunctionDef) and item.name.startswith("_")
                if isinstance(item, ast.FunctionDef) and (not hidden or item.name == "__init__"):
                    yield f"{node.name}.{item.name}", item


def code_lines(function: ast.FunctionDef) -> int:
    """Lines of a function's body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def is_command(function: ast.FunctionDef) -> bool:
    """Whether a function is a command of the command line: its arguments are its options."""
    return any(".command(" in ast.unparse(item) for item in function.decorator_list)


def long_functions(source: Path) -> list[str]:
    """Functions over the budget of lines, or with more arguments than a reader can hold."""
    problems = []
    for module, path in modules(source).items():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.FunctionDef):
                continue
            where = f"{module}:{node.lineno} {node.name}"
            if code_lines(node) > FUNCTION_LINES:
                problems.append(f"{where}: {code_lines(node)} lines")
            taken = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            taken = [item for item in taken if item.arg not in ("self", "cls")]
            if len(taken) > ARGUMENTS and not is_command(node):
                problems.append(f"{where}: {len(taken)} arguments")
    return problems


def missing_descriptions(source: Path) -> list[str]:
    """Public functions without hints, or whose docstring leaves a parameter out."""
    problems = []
    for module, path in modules(source).items():
        for name, function in public_functions(ast.parse(path.read_text("utf-8"))):
            where = f"{module}:{function.lineno} {name}"
            taken = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
            taken = [item for item in taken if item.arg not in ("self", "cls")]
            problems += [f"{where}: no type for {i.arg}" for i in taken if i.annotation is None]
            if function.returns is None:
                problems.append(f"{where}: no return type")
            if name.endswith(".__init__"):
                continue
            text = ast.get_docstring(function) or ""
            if not text:
                problems.append(f"{where}: no docstring")
            # A method's class has told what it works on, a command's options carry their help
            # themselves, and a few lines of code need a sentence or an example.
            elif (
                "." not in name
                and not room_of(module).startswith("cli")
                and ("Parameters\n" in text or code_lines(function) > SHORT_LINES)
            ):
                problems += [
                    f"{where}: docstring leaves out {item.arg}"
                    for item in taken
                    if not re.search(rf"^\s*[\w, *]*\b{item.arg}\b[\w, *]*( :|$)", text, re.M)
                ]
    return problems


def notebook_imports(folder: Path) -> list[str]:
    """Imports in notebooks that reach into rooms which aren't theirs."""
    problems = []
    for path in sorted(folder.glob("*.ipynb")):
        for number, cell in enumerate(json.loads(path.read_text("utf-8"))["cells"]):
            if cell["cell_type"] != "code":
                continue
            # Magics are IPython's, not Python's.
            code = re.sub(r"(?m)^\s*[%!].*$", "", "".join(cell["source"]))
            problems += [
                f"{path.name} cell {number}: imports {target}"
                for _, target in imports(code)
                if target.split(".")[0] == "helpers" and not NOTEBOOKS_MAY.match(target)
            ]
    return problems


def test_imports_go_one_way() -> None:
    problems = broken_layers(SOURCE)
    assert not problems, "\n".join(problems)


def test_charts_and_analysis_touch_no_files() -> None:
    problems = file_access(SOURCE)
    assert not problems, "\n".join(problems)


def test_no_module_imports_itself_round_a_corner() -> None:
    cycle = find_cycle(import_graph(SOURCE))
    assert not cycle, " -> ".join(cycle)


def test_notebooks_use_their_doors_only() -> None:
    problems = notebook_imports(ROOT / "notebooks")
    assert not problems, "\n".join(problems)


def test_public_functions_have_hints_and_docstrings() -> None:
    problems = missing_descriptions(SOURCE)
    assert not problems, "\n".join(problems)


def test_modules_stay_short() -> None:
    lengths = {n: len(p.read_text("utf-8").splitlines()) for n, p in modules(SOURCE).items()}
    assert {n: lines for n, lines in lengths.items() if lines > MODULE_LINES} == {}


def test_functions_stay_short() -> None:
    problems = long_functions(SOURCE)
    assert not problems, "\n".join(problems)


def test_every_room_was_looked_at() -> None:
    assert {room_of(name) for name in modules(SOURCE)} == set(MAY_IMPORT)
    assert sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A source folder with one harmless module in each room."""
    for room in ("data", "analysis", "charts", "reports"):
        (tmp_path / "helpers" / room).mkdir(parents=True)
        (tmp_path / "helpers" / room / "__init__.py").write_text('"""A room."""\n')
        (tmp_path / "helpers" / room / "fine.py").write_text("from helpers.data import fine\n")
    (tmp_path / "helpers" / "data" / "fine.py").write_text("import json\n")
    (tmp_path / "helpers" / "__init__.py").write_text("")
    (tmp_path / "helpers" / "cli.py").write_text("from helpers.reports import fine\n")
    return tmp_path


def test_rules_accept_what_is_allowed(tree: Path) -> None:
    (tree / "helpers/charts/fine.py").write_text(
        "import io\nimport seaborn\nfrom helpers.data.load import Table\n"
        "from helpers.analysis.fine import total\nbuffer = io.BytesIO()\nfigure.savefig(buffer)\n"
    )
    assert broken_layers(tree) == file_access(tree) == find_cycle(import_graph(tree)) == []


@pytest.mark.parametrize(
    ("module", "code"),
    [
        ("data/x.py", "from helpers.analysis.series import series"),
        ("data/x.py", "def f():\n    import helpers.reports.plan"),
        ("data/x.py", "import matplotlib.pyplot as plt"),
        ("data/x.py", "from ..charts import theme"),
        ("analysis/x.py", "from helpers.charts import theme"),
        ("analysis/x.py", "from seaborn import lineplot"),
        ("charts/x.py", "from helpers import reports"),
        ("reports/x.py", "from helpers.charts.theme import use_theme"),
        ("reports/x.py", "from helpers.analysis import series"),
        ("reports/x.py", "from helpers.cli import main"),
        ("reports/x.py", "import helpers.exports.table"),
        ("warm/x.py", "from helpers.reports.kernel import Kernels"),
        ("warm/x.py", "from helpers.charts import theme"),
        ("exports/x.py", "from helpers.warm import client"),
        ("exports/x.py", "import seaborn"),
        ("explore/x.py", "from helpers.reports import plan"),
        ("reports/x.py", "from helpers.schedule import state"),
        ("schedule/x.py", "from helpers.exports import archive"),
        ("cli.py", "from helpers.analysis import series"),
        ("__init__.py", "from helpers.data import load"),
        ("attic/x.py", "import json"),
    ],
)
def test_rules_catch_an_import_upwards(tree: Path, module: str, code: str) -> None:
    (tree / "helpers" / module).parent.mkdir(exist_ok=True)
    (tree / "helpers" / module).write_text(code + "\n")
    assert len(broken_layers(tree)) == 1


@pytest.mark.parametrize(
    "code",
    [
        "text = open('a').read()",
        "text = Path('a').read_text()",
        "frame = pd.read_csv('a')",
        "frame.to_parquet('a')",
        "array = np.load('a')",
        "from helpers.data.load import load",
        "from helpers.data import read",
        "from helpers.data.freshness import table_hashes",
        "from helpers.data.project import find_project",
    ],
)
@pytest.mark.parametrize("room", ["analysis", "charts"])
def test_rules_catch_a_file_being_touched(tree: Path, room: str, code: str) -> None:
    (tree / "helpers" / room / "x.py").write_text(code + "\n")
    assert len(file_access(tree)) == 1


def test_rules_catch_a_cycle(tree: Path) -> None:
    (tree / "helpers/data/a.py").write_text("from helpers.data.b import f\n")
    (tree / "helpers/data/b.py").write_text("def f():\n    from helpers.data import a\n")
    cycle = find_cycle(import_graph(tree))
    assert cycle == ["helpers.data.a", "helpers.data.b", "helpers.data.a"]


@pytest.mark.parametrize(
    ("code", "complaint"),
    [
        ("def f() -> int:\n    return 1", "no docstring"),
        ('def f(a) -> int:\n    """Do.\n\n    a : int\n    """', "no type for a"),
        ('def f():\n    """Do."""', "no return type"),
        (
            '''def f(a: int, b: int) -> int:
    """Do.

    Parameters
    ----------
    a : int
    """
''',
            "leaves out b",
        ),
        ('def f(a: int) -> int:\n    """Do."""\n' + "    a += 1\n" * 13, "leaves out a"),
        ("class C:\n    def m(self) -> int:\n        return 1", "no docstring"),
        ('class C:\n    """C."""\n    def __init__(self, a) -> None: ...', "no type for a"),
    ],
)
def test_rules_catch_a_missing_description(tree: Path, code: str, complaint: str) -> None:
    (tree / "helpers/data/x.py").write_text(code + "\n")
    problems = missing_descriptions(tree)
    assert len(problems) == 1
    assert complaint in problems[0]


def test_rules_catch_a_function_over_budget(tree: Path) -> None:
    body = "    a = 1\n" * 31
    (tree / "helpers/data/x.py").write_text(
        f"def long():\n{body}\ndef wide(a, b, c, d, *, e, f, g): ...\n"
        "class C:\n    def fine(self, a, b, c, d, e, f): ...\n"
        "@app.command()\ndef options(a, b, c, *, d, e, f, g): ...\n"
        "@cache()\ndef cached(a, b, c, *, d, e, f, g): ...\n"
    )
    assert long_functions(tree) == [
        "helpers.data.x:1 long: 31 lines",
        "helpers.data.x:34 wide: 7 arguments",
        "helpers.data.x:40 cached: 7 arguments",
    ]


@pytest.mark.parametrize(
    ("code", "target"),
    [
        ("from helpers.data.read import read", "helpers.data.read.read"),
        ("import helpers.reports.plan", "helpers.reports.plan"),
        ("from helpers import cli", "helpers.cli"),
    ],
)
def test_rules_catch_a_notebook_at_the_wrong_door(tmp_path: Path, code: str, target: str) -> None:
    fine = "%matplotlib inline\nimport pandas\nfrom helpers.data.load import load\n"
    cells = [{"cell_type": "code", "source": [fine, code]}]
    (tmp_path / "01_x.ipynb").write_text(json.dumps({"cells": cells}))
    assert notebook_imports(tmp_path) == [f"01_x.ipynb cell 0: imports {target}"]
