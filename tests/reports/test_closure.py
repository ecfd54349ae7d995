"""A page depends on the code its notebook takes part in, and on what lays it out."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import helpers
from helpers.data.modules import short_digest
from helpers.data.project import Project
from helpers.reports.closure import code_hashes, needs, template_hashes
from helpers.reports.plan import read_plan

SOURCE = Path(helpers.__path__[0])
SHIPPED = Project(Path(__file__).parents[2])


def code_of(name: str) -> str:
    """Return the code of a shipped notebook."""
    cells = json.loads((SHIPPED.notebooks / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


@pytest.fixture
def copy(tmp_path):
    """A copy of the package that a test may change."""
    shutil.copytree(SOURCE, tmp_path / "helpers", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "helpers"


def touched_by(copy: Path, file: str) -> set[str]:
    """Return the shipped editions whose code is different once a file of the package changed."""
    editions = read_plan(SHIPPED)
    before = {item.name: code_hashes(code_of(item.notebook), copy) for item in editions}
    (copy / file).write_bytes((copy / file).read_bytes() + b"\n# another\n")
    after = {item.name: code_hashes(code_of(item.notebook), copy) for item in editions}
    for name in before:
        assert {path for path in before[name] if before[name][path] != after[name][path]} <= {file}
    return {name for name in before if before[name] != after[name]}


def everything() -> set[str]:
    return {edition.name for edition in read_plan(SHIPPED)}


def of(*notebooks: str) -> set[str]:
    return {edition.name for edition in read_plan(SHIPPED) if edition.notebook in notebooks}


def test_one_chart_leads_to_its_module_and_to_no_other():
    found = code_hashes("from helpers.charts import plot_claims")
    assert found["charts/trend.py"] == short_digest((SOURCE / "charts/trend.py").read_bytes())
    assert "charts/theme.py" in found
    assert not {"charts/timeline.py", "charts/places_map.py", "charts/__init__.py"} & set(found)


def test_a_page_depends_on_what_makes_it_even_where_its_notebook_imports_nothing():
    found = set(code_hashes(""))
    assert {"reports/perform.py", "reports/execute.py", "reports/render.py"} <= found
    assert not {"cli.py", "reports/runner.py", "reports/plan.py", "reports/site.py"} & found
    assert not [path for path in found if path.startswith(("charts/", "analysis/"))]


def test_magics_are_no_python():
    code = "%matplotlib inline\n  !ls\n%%time\nfrom helpers.data.load import load\n"
    assert "data/load.py" in code_hashes(code)
    assert "charts/trend.py" not in code_hashes(code)


def test_code_that_is_no_python_depends_on_everything():
    found = code_hashes("load?\n")
    assert {"charts/trend.py", "charts/timeline.py", "data/load.py", "cli.py"} <= set(found)


def test_whether_a_notebook_needs_a_module_leaves_out_what_makes_the_page():
    assert needs(code_of("02_returns"), "helpers.data.load")
    assert not needs("import json", "helpers.data.load")
    assert not needs(code_of("02_returns"), "helpers.reports.render")


# Whom a change of each file touches, told here by reading the notebooks' imports.
@pytest.mark.parametrize(
    ("file", "notebooks"),
    [
        # show_events, which the overview takes from there, is in the same file as the chart.
        ("charts/timeline.py", ("06_timeline", "01_overview")),
        ("charts/places_map.py", ("06_timeline", "02_returns")),
        ("charts/coverage.py", ("07_claims",)),
        ("charts/lifelines.py", ("01_overview", "04_deployments")),
        ("charts/strength.py", ("04_deployments",)),
        ("analysis/reconcile.py", ("02_returns", "07_claims")),
    ],
)
def test_a_changed_helper_touches_the_editions_that_import_it(copy, file, notebooks):
    assert touched_by(copy, file) == of(*notebooks)


@pytest.mark.parametrize(
    "file", ["data/load.py", "data/project.py", "charts/theme.py", "reports/render.py"]
)
def test_what_all_share_touches_all(copy, file):
    assert touched_by(copy, file) == everything()


@pytest.mark.parametrize(
    "file",
    ["cli.py", "charts/__init__.py", "analysis/__init__.py", "data/build.py", "reports/plan.py"],
)
def test_what_no_page_is_made_with_touches_none(copy, file):
    assert touched_by(copy, file) == set()


def test_a_helper_taken_from_another_module_is_noticed(copy):
    code = "from helpers.charts import plot_claims"
    before = code_hashes(code, copy)
    init = copy / "charts" / "__init__.py"
    text = init.read_text(encoding="utf-8")
    init.write_text(
        text.replace(
            "from helpers.charts.trend import plot_claims",
            "from helpers.charts.timeline import plot_timeline as plot_claims",
        ),
        encoding="utf-8",
    )
    after = code_hashes(code, copy)
    assert "charts/timeline.py" in set(after) - set(before)


def test_templates_are_those_of_pages(copy):
    found = template_hashes(copy)
    assert {"index.html.j2", "style.css", "conf.json"} <= set(found)
    # The index of all pages is written anew by each run.
    assert not [name for name in found if name.startswith("site")]
    (copy / "reports/template/style.css").write_text("p { color: red }", encoding="utf-8")
    changed = template_hashes(copy)
    assert {name for name in found if found[name] != changed[name]} == {"style.css"}


def test_all_shipped_editions_take_a_fraction_of_a_second():
    script = (
        "import sys, time\n"
        "from helpers.reports.closure import code_hashes\n"
        "codes = sys.stdin.read().split(chr(0))\n"
        "start = time.process_time()\n"
        "found = [code_hashes(code) for code in codes]\n"
        "print(len(found), time.process_time() - start)\n"
        "assert not {'pandas', 'numpy', 'matplotlib', 'nbformat'} & set(sys.modules)\n"
    )
    codes = "\0".join(code_of(edition.notebook) for edition in read_plan(SHIPPED))
    taken = []
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-c", script], input=codes, capture_output=True, text=True, check=True
        )
        number, seconds = done.stdout.split()
        assert int(number) == len(read_plan(SHIPPED))
        taken.append(float(seconds))
    # It takes 0.1 s; the rest is for slower machines, and for others that use the same cores.
    assert min(taken) < 0.5
