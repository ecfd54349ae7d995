"""What code depends on is read from its imports, through packages that only re-export."""

import subprocess
import sys

import pytest

from helpers.data.modules import Modules, short_digest

FILES = {
    "__init__.py": '"""Rooms."""\n',
    "cli.py": "from helpers.charts import *\n",
    "room/__init__.py": "",
    "data/load.py": "import json\n\nimport pandas\n",
    "data/words.py": "WORDS = 3\n",
    "charts/__init__.py": (
        '"""Charts."""\n\nfrom helpers.charts.lines import plot_lines, plot_lines as draw\n'
        'from .bars import plot_bars\nfrom . import theme\n\n__all__ = ["plot_lines"]\n'
    ),
    "charts/lines.py": "from helpers.charts.theme import Theme\n",
    "charts/bars.py": "def f():\n    from helpers.data.words import WORDS\n",
    "charts/theme.py": "import seaborn\n",
    "charts/hidden.py": (
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from ..data.load import x\n"
        "else:\n    import helpers.data.words\n"
    ),
    "busy/__init__.py": "import helpers.data.words\n\nSEED = 3\n",
    "busy/inner.py": "",
    "room/inner.py": "",
    "loop/__init__.py": "from helpers.loop import itself\n",
    "loop/one.py": "from helpers.loop.two import a\n",
    "loop/two.py": "from helpers.loop.one import b\n",
}
CHARTS = {"helpers.charts", "helpers.charts.lines", "helpers.charts.bars", "helpers.charts.theme"}
LINES = {"helpers.charts.lines", "helpers.charts.theme"}
BARS = {"helpers.charts.bars", "helpers.data.words"}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("package") / "helpers"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("code", "needed"),
    [
        ("x = 1", set()),
        ("import pandas, helpersome", set()),
        ("from helpers.charts import plot_lines", LINES),
        ("from helpers.charts import draw as d", LINES),
        ("from helpers.charts import plot_bars", BARS),
        ("from helpers.charts import theme", {"helpers.charts.theme"}),
        ("from helpers.charts import hidden", {"helpers.charts.hidden", "helpers.data.words"}),
        ("import helpers.charts.lines as l", LINES),
        ("from helpers.charts.lines import anything", LINES),
        ("from helpers.data.load import load\nfrom helpers.charts import plot_lines",
         LINES | {"helpers.data.load"}),
        ("if deep:\n    def f():\n        from helpers.charts import plot_bars", BARS),
        ("await sleep(1)\nfrom helpers.charts import plot_bars", BARS),
        ("from helpers.data import words as w", {"helpers.data.words"}),
        ("from helpers.room import inner", {"helpers.room.inner"}),
        # Whoever takes a package as a whole may use anything in it.
        ("import helpers.charts", CHARTS | {"helpers.data.words"}),
        ("from helpers.charts import *", CHARTS | {"helpers.data.words"}),
        ("from helpers import charts", CHARTS | {"helpers.data.words"}),
        ("from helpers.charts import unheard_of", CHARTS | {"helpers.data.words"}),
        # A package that does more than re-export is code like any other.
        ("from helpers.busy import SEED", {"helpers.busy", "helpers.data.words"}),
        ("import helpers.busy.inner", {"helpers.busy", "helpers.busy.inner", "helpers.data.words"}),
        ("from helpers.busy import inner",
         {"helpers.busy", "helpers.busy.inner", "helpers.data.words"}),
        ("from helpers.loop import itself", {"helpers.loop"}),
        ("import helpers.loop.one", {"helpers.loop.one", "helpers.loop.two"}),
        ("import helpers.gone", set()),
        ("from helpers.gone import x", set()),
    ],
)  # fmt: skip
def test_imports_lead_to_the_modules_behind_them(root, code, needed):
    assert Modules(root).needed_by(code) == needed


def test_code_that_cannot_be_parsed_depends_on_everything(root):
    everything = Modules(root).needed_by("def f(:")
    assert len(everything) == len(FILES)
    assert {"helpers", "helpers.cli", "helpers.charts", "helpers.busy.inner"} <= everything


def test_a_module_depends_on_itself_and_on_what_it_imports(root):
    assert Modules(root).closure("helpers.charts.bars") == BARS
    assert Modules(root).closure("helpers.cli", "helpers.charts.lines") == {
        "helpers.cli",
        "helpers.data.words",
        *CHARTS,
    }


def test_hashes_are_by_path_and_tell_of_any_byte(root):
    first = Modules(root).hashes(["helpers.charts", "helpers.charts.theme", "helpers.gone"])
    assert list(first) == ["charts/__init__.py", "charts/theme.py"]
    assert first["charts/theme.py"] == short_digest(b"import seaborn\n")
    (root / "charts/theme.py").write_text("import seaborn \n")
    second = Modules(root).hashes(["helpers.charts", "helpers.charts.theme"])
    assert {name for name in first if first[name] != second[name]} == {"charts/theme.py"}
    (root / "charts/theme.py").write_text("import seaborn\n")


@pytest.mark.parametrize("broken", [b"def f(:\n", b"\xff\xfe", b"x = '\0'"])
def test_a_module_that_is_broken_is_still_told_by_its_hash(root, broken):
    (root / "data/words.py").write_bytes(broken)
    modules = Modules(root)
    assert modules.closure("helpers.charts.bars") == BARS
    assert modules.hashes(BARS)["data/words.py"] == short_digest(broken)
    (root / "data/words.py").write_bytes(b"WORDS = 3\n")


def test_a_change_of_imports_is_seen_at_once(root):
    (root / "data/words.py").write_text("import helpers.data.load\n")
    assert Modules(root).closure("helpers.data.words") == {
        "helpers.data.words",
        "helpers.data.load",
    }
    (root / "data/words.py").write_text("WORDS = 3\n")
    assert Modules(root).closure("helpers.data.words") == {"helpers.data.words"}


@pytest.mark.parametrize("module", ["helpers.data.build", "helpers.data.load", "helpers.cli"])
def test_what_python_imports_was_foretold(module):
    script = f"import sys, {module}; print(*(m for m in sys.modules if m.startswith('helpers.')))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    imported = {name for name in done.stdout.decode().split() if name.count(".") == 2}
    assert len(imported) >= 2
    assert imported <= Modules().closure(module)
