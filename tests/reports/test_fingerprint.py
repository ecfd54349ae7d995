"""What changed is told, and touches the editions it was read by and no others."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest

import helpers
from helpers.data.freshness import ensure_built, table_hashes
from helpers.data.project import Project
from helpers.reports.editions import override_as_of
from helpers.reports.fingerprint import fingerprint, reason_to_run
from helpers.reports.manifest import read_manifest
from helpers.reports.plan import read_plan
from helpers.reports.runner import run_reports
from small_projects import make_project, write_notebook

SOURCE = Path(helpers.__path__[0])
LOAD = "from helpers.data.load import load, load_boundaries\n"
COUNT = "len(load('{table}', start=start, as_of=as_of).frame)"
PLAN = """editions:
  returns:
    notebook: returns
    title: "Returns from {start}"
    cadence: "0 6 * * 1"
  returns-winter:
    notebook: returns
    parameters: {start: 2020-12-01, as_of: 2021-03-01}
    cadence: "0 6 * * 1"
  missions:
    notebook: missions
    cadence: "0 6 * * 1"
  alone:
    notebook: alone
    cadence: "0 6 * * 1"
"""
SOURCE_HEADER = "source_id,publisher,via,published,language,url\n"
ALL = {"returns", "returns-winter", "missions", "alone"}


@pytest.fixture(scope="module")
def ran(shipped, tmp_path_factory):
    """A project whose four editions ran once; tests only read it."""
    project = make_project(tmp_path_factory.mktemp("ran") / "ledger")
    for folder in ("data/raw", "data/processed", "docs"):
        shutil.copytree(shipped.root / folder, project.root / folder, dirs_exist_ok=True)
    series = "from helpers.analysis.series import sound"
    write_notebook(project, "returns", LOAD + series, COUNT.format(table="returns"))
    write_notebook(
        project, "missions", LOAD, COUNT.format(table="missions"), "len(load_boundaries())"
    )
    write_notebook(project, "alone", "1 + 1")
    project.plan.write_text(PLAN, encoding="utf-8")
    (project.root / "requirements.txt").write_text("pandas==3.1.1\n", encoding="utf-8")
    result = run_reports(project)
    assert [record.status for record in result.records] == ["succeeded"] * 4, result.complaints
    return project


@pytest.fixture
def copy(ran, tmp_path):
    """A copy of the project that a test may change."""
    return Project(Path(shutil.copytree(ran.root, tmp_path / "ledger")))


@pytest.fixture
def code(tmp_path, monkeypatch):
    """A copy of the package that a test may change, in place of the one now running."""
    shutil.copytree(SOURCE, tmp_path / "helpers", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(helpers, "__path__", [str(tmp_path / "helpers")])
    return tmp_path / "helpers"


def reasons(project: Project) -> dict[str, str]:
    """Return why each edition would run, those left out that would not."""
    records = read_manifest(project.reports)
    found = {
        edition.name: reason_to_run(edition, records.get(edition.name), project)
        for edition in read_plan(project)
    }
    return {name: reason for name, reason in found.items() if reason}


def edit_notebook(project: Project, name: str, change) -> None:
    path = project.notebooks / f"{name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    nbformat.write(notebook, path)


def edit_raw(project: Project, file: str, old: str, new: str) -> None:
    """Replace a text that must be there in a raw file, and build."""
    path = project.raw / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.chmod(0o644)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert ensure_built(project) is not None


def edit_manifest(project: Project, change) -> None:
    path = project.reports / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    change({entry["edition"]: entry for entry in content["editions"]})
    path.write_text(json.dumps(content), encoding="utf-8")


def test_nothing_changed_is_no_reason(copy, code):
    assert reasons(copy) == {}


def test_what_a_run_read_is_recorded(ran):
    records = read_manifest(ran.reports)
    tables = {name: set(records[name].fingerprint["tables"]) for name in records}
    assert tables == {
        "returns": {"returns.parquet", "places.parquet"},
        "returns-winter": {"returns.parquet", "places.parquet"},
        "missions": {"missions.parquet", "places.parquet", "boundaries.geojson"},
        "alone": set(),
    }
    for record in records.values():
        assert record.fingerprint["tables"].items() <= table_hashes(ran).items()


def test_a_fingerprint_can_be_kept_as_json(ran):
    for edition in read_plan(ran):
        found = fingerprint(edition, ran)
        assert json.loads(json.dumps(found)) == found
        assert found["parameters"] == edition.parameters
        assert found["tables"] == {}


def test_an_edition_that_never_ran_runs(copy):
    shutil.rmtree(copy.reports)
    assert reasons(copy) == dict.fromkeys(ALL, "never ran")


@pytest.mark.parametrize(
    ("file", "old", "new", "touched"),
    [
        (
            "returns.csv",
            "Background: inhabitants of Aghdam",
            "Background: people of Aghdam",
            dict.fromkeys(["returns", "returns-winter"], "returns.parquet changed"),
        ),
        (
            "missions.csv",
            "russian_emergencies,opening-2020-11-20,,russia",
            "russian_emergencies,opening-2020-11-20,,",
            {"missions": "missions.parquet changed"},
        ),
        (
            "boundaries.geojson",
            '"name":"Armenia"',
            '"name":"Republic of Armenia"',
            {"missions": "boundaries.geojson changed"},
        ),
        (
            "places.csv",
            "achanan,Achanan,Աճանան",
            "achanan,Atchanan,Աճանան",
            dict.fromkeys(ALL - {"alone"}, "places.parquet changed"),
        ),
        # Pages say how new the data are, unless a day before that is all they know.
        (
            "sources.csv",
            SOURCE_HEADER,
            SOURCE_HEADER + "paper-20991231-0000,Paper,,2099-12-31,en,https://example.org/9\n",
            dict.fromkeys(ALL - {"returns-winter"}, "newest publication changed"),
        ),
        (
            "sources.csv",
            SOURCE_HEADER,
            SOURCE_HEADER + "paper-20211231-0000,Paper,,2021-12-31,en,https://example.org/9\n",
            {},
        ),
    ],
    ids=["claim", "mission", "outline", "place", "newer-source", "older-source"],
)
def test_changed_data_touch_who_read_them(copy, file, old, new, touched):
    edit_raw(copy, file, old, new)
    assert reasons(copy) == touched


def test_tables_built_anew_without_a_change_touch_nobody(copy):
    shutil.rmtree(copy.processed)
    copy.processed.mkdir()
    ensure_built(copy)
    assert reasons(copy) == {}


def test_a_table_that_is_gone_is_told(copy):
    descriptor = copy.processed / "datapackage.json"
    package = json.loads(descriptor.read_text(encoding="utf-8"))
    package["resources"] = [
        item for item in package["resources"] if item["path"] != "returns.parquet"
    ]
    descriptor.write_text(json.dumps(package), encoding="utf-8")
    assert set(reasons(copy)) == {"returns", "returns-winter"}
    assert reasons(copy)["returns"] == "returns.parquet is gone"


@pytest.mark.parametrize(
    ("module", "touched"),
    [
        ("analysis/series.py", {"returns", "returns-winter"}),
        ("data/load.py", ALL - {"alone"}),
        ("reports/render.py", ALL),
        ("charts/trend.py", set()),
        ("reports/listing.py", set()),
    ],
)
def test_a_changed_helper_touches_who_imports_it(copy, code, module, touched):
    (code / module).write_bytes((code / module).read_bytes() + b"# another\n")
    assert reasons(copy) == dict.fromkeys(touched, f"code: {module} changed")


def test_a_helper_newly_imported_is_told(copy, code):
    path = code / "analysis" / "series.py"
    new = "from helpers.analysis import extra\n"
    (code / "analysis" / "extra.py").write_text("X = 1\n", encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8") + new, encoding="utf-8")
    expected = "code: analysis/extra.py is new, code: analysis/series.py changed"
    assert reasons(copy) == dict.fromkeys(["returns", "returns-winter"], expected)


@pytest.mark.parametrize("file", ["style.css", "index.html.j2"])
def test_a_changed_template_touches_all(copy, code, file):
    path = code / "reports" / "template" / file
    path.write_bytes(path.read_bytes() + b" ")
    assert reasons(copy) == dict.fromkeys(ALL, f"template: {file} changed")


def test_the_template_of_the_index_touches_none(copy, code):
    (code / "reports" / "template" / "site_index.html.j2").write_text("", encoding="utf-8")
    assert reasons(copy) == {}


def change_code(notebook):
    notebook.cells[-1].source += "  # another"


def change_words(notebook):
    notebook.cells[0].source += "\n\nMore."


def change_tags(notebook):
    notebook.cells[-1].metadata["tags"] = ["hide"]


def change_kind(notebook):
    notebook.cells[-1] = nbformat.v4.new_raw_cell(notebook.cells[-1].source)


def change_order(notebook):
    notebook.cells.append(notebook.cells.pop(0))


def attach(notebook):
    notebook.cells[0]["attachments"] = {"a.png": {"image/png": "iVBORw0KGgo="}}


@pytest.mark.parametrize(
    "change", [change_code, change_words, change_tags, change_kind, change_order, attach]
)
def test_a_changed_notebook_touches_its_editions(copy, change):
    edit_notebook(copy, "returns", change)
    assert reasons(copy) == dict.fromkeys(["returns", "returns-winter"], "notebook changed")


def test_outputs_ids_and_metadata_do_not_count(copy):
    def disturb(notebook):
        notebook.metadata["kernelspec"]["display_name"] = "Another"
        notebook.metadata["widgets"] = {}
        for number, cell in enumerate(notebook.cells):
            cell["id"] = f"id{number}"
            cell.metadata["collapsed"] = True
            if cell.cell_type == "code":
                cell.execution_count = 7
                cell.outputs = [nbformat.v4.new_output("stream", text="9\n")]

    for name in ("returns", "missions", "alone"):
        edit_notebook(copy, name, disturb)
        path = copy.notebooks / f"{name}.ipynb"
        content = json.loads(path.read_text(encoding="utf-8"))
        for cell in content["cells"]:
            cell["source"] = "".join(cell["source"])
        path.write_text(json.dumps(content), encoding="utf-8")
    assert reasons(copy) == {}


def test_a_changed_parameter_touches_its_edition(copy):
    plan = copy.plan.read_text(encoding="utf-8")
    copy.plan.write_text(plan.replace("2021-03-01", "2021-04-01"), encoding="utf-8")
    assert reasons(copy) == {"returns-winter": "parameter as_of changed"}
    copy.plan.write_text(plan.replace(", as_of: 2021-03-01", ""), encoding="utf-8")
    told = reasons(copy)
    assert set(told) == {"returns-winter"}
    assert told["returns-winter"].startswith("parameter as_of changed, ")
    copy.plan.write_text(plan.replace("00-12-01, ", "00-12-01,  "), encoding="utf-8")
    assert reasons(copy) == {}


def test_a_parameter_that_the_notebook_no_longer_has_is_told(copy):
    def shorten(notebook):
        notebook.cells[1].source = 'start: str = ""  # first day'

    edit_notebook(copy, "alone", shorten)
    assert reasons(copy) == {"alone": "parameter as_of is gone, notebook changed"}


def test_an_as_of_for_one_run_is_a_changed_parameter(copy):
    records = read_manifest(copy.reports)
    editions = override_as_of(read_plan(copy), "2021-05-01")
    for edition in editions:
        assert "parameter as_of changed" in reason_to_run(edition, records[edition.name], copy)


def test_a_title_that_the_page_shows_counts_a_cadence_does_not(copy):
    plan = copy.plan.read_text(encoding="utf-8")
    copy.plan.write_text(plan.replace("0 6", "5 7"), encoding="utf-8")
    assert reasons(copy) == {}
    copy.plan.write_text(plan.replace("Returns from", "Since"), encoding="utf-8")
    assert reasons(copy) == {"returns": "title changed"}


def test_a_relative_day_counts_by_what_it_means_and_how_it_is_written(copy):
    plan = copy.plan.read_text(encoding="utf-8")
    copy.plan.write_text(plan.replace("{start: 2020-12-01,", "{start: -7d,"), encoding="utf-8")
    monday, tuesday = datetime(2021, 2, 8, tzinfo=UTC), datetime(2021, 2, 9, tzinfo=UTC)
    then = read_plan(copy, now=monday)[1]
    record = read_manifest(copy.reports)["returns-winter"]
    tables = record.fingerprint["tables"]
    record = replace(record, fingerprint=fingerprint(then, copy, tables))
    assert reason_to_run(then, record, copy) == ""
    later = read_plan(copy, now=tuesday)[1]
    assert reason_to_run(later, record, copy) == "parameter start changed"
    # The page shows both, so the same day written in another way makes another page.
    plain = replace(then, written=then.given)
    assert reason_to_run(plain, record, copy) == "parameter start is written differently"


def test_a_changed_environment_touches_all(copy, tmp_path, monkeypatch):
    (tmp_path / "site" / "another-1.0.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path / "site")
    assert reasons(copy) == dict.fromkeys(ALL, "environment changed")
    (tmp_path / "site" / "another-1.0.dist-info").rmdir()
    assert reasons(copy) == {}
    (tmp_path / "site" / "another-1.1.dist-info").mkdir()
    assert reasons(copy) == dict.fromkeys(ALL, "environment changed")


def test_changed_pins_touch_all(copy):
    (copy.root / "requirements.txt").write_text("pandas==3.1.2\n", encoding="utf-8")
    assert reasons(copy) == dict.fromkeys(ALL, "requirements.txt changed")


def test_a_page_that_is_gone_or_spoilt_is_made_again(copy):
    (copy.reports / "missions.html").unlink()
    page = copy.reports / "alone.html"
    page.write_bytes(page.read_bytes()[:-1])
    assert reasons(copy) == {"missions": "page missing", "alone": "page is not as it was made"}


def test_pages_may_lie_in_another_folder(copy, tmp_path):
    folder = copy.reports.rename(tmp_path / "out")
    (edition, *_) = read_plan(copy)
    record = read_manifest(folder)[edition.name]
    assert reason_to_run(edition, record, copy, folder) == ""
    assert reason_to_run(edition, record, copy) == "page missing"


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("failed", "the last run failed"),
        ("timed_out", "the last run timed out"),
        ("kernel_died", "the last run lost its kernel"),
        ("interrupted", "the last run was interrupted"),
        ("skipped", "the last run ended as skipped"),
    ],
)
def test_a_run_that_did_not_succeed_is_tried_again(copy, status, told):
    edit_manifest(copy, lambda entries: entries["alone"].update(status=status))
    assert reasons(copy) == {"alone": told}


def test_of_many_reasons_the_first_are_named(copy, code):
    for module in ("errors", "load", "names", "project"):
        path = code / "data" / f"{module}.py"
        path.write_bytes(path.read_bytes() + b"# another\n")
    edit_notebook(copy, "missions", change_code)
    first = [f"code: data/{module}.py changed" for module in ("errors", "load", "names")]
    assert reasons(copy)["missions"] == ", ".join([*first, "2 more"])


@pytest.mark.parametrize("value", [{}, {"tables": 3, "code": [], "parameters": None}])
def test_a_record_that_tells_nothing_is_no_proof(copy, value):
    edit_manifest(copy, lambda entries: entries["alone"].update(fingerprint=value))
    assert reasons(copy)["alone"]


def test_a_run_that_noted_no_table_is_not_trusted_where_it_could_have_read_one(copy):
    def forget(entries):
        entries["missions"]["fingerprint"]["tables"] = {}

    edit_manifest(copy, forget)
    assert reasons(copy) == {"missions": "nothing tells which tables it read"}


def test_a_notebook_that_cannot_be_read_has_another_fingerprint(copy):
    (*_, edition) = read_plan(copy)
    record = read_manifest(copy.reports)["alone"]
    (copy.notebooks / "alone.ipynb").write_text("{", encoding="utf-8")
    assert reason_to_run(edition, record, copy) == "notebook changed"


def test_looking_for_reasons_imports_nothing_heavy(ran):
    script = (
        "import sys; from pathlib import Path; from helpers.data.project import Project\n"
        "from helpers.reports.plan import read_plan\n"
        "from helpers.reports.manifest import read_manifest\n"
        "from helpers.reports.fingerprint import reason_to_run\n"
        "project = Project(Path(sys.argv[1]))\n"
        "records = read_manifest(project.reports)\n"
        "print([reason_to_run(e, records[e.name], project) for e in read_plan(project)])\n"
        "heavy = {'pandas', 'numpy', 'pandera', 'pyarrow', 'matplotlib', 'jinja2', 'papermill',\n"
        "         'nbformat', 'nbclient', 'nbconvert', 'jupyter_client', 'zmq', 'distributed'}\n"
        "print(heavy & set(sys.modules))"
    )
    command = [sys.executable, "-c", script, str(ran.root)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [str([""] * 4), "set()"]


def test_the_command_runs_what_changed_and_nothing_else(copy, tmp_path):
    shutil.copytree(SOURCE, tmp_path / "src" / "helpers")
    series = tmp_path / "src" / "helpers" / "analysis" / "series.py"
    environment = os.environ | {
        "KARABAKH_ROOT": str(copy.root),
        "PYTHONPATH": str(tmp_path / "src"),
    }
    command = [sys.executable, "-c", "from helpers.cli import main; main()", "report"]

    def ran_by_the_command(*arguments: str) -> set[str]:
        known = {item.run for item in read_manifest(copy.reports).values()}
        subprocess.run([*command, *arguments], env=environment, check=True, capture_output=True)
        records = read_manifest(copy.reports)
        assert {record.status for record in records.values()} == {"succeeded"}
        return {name for name in records if records[name].run not in known}

    assert ran_by_the_command() == set()
    series.write_bytes(series.read_bytes() + b"# another\n")
    assert ran_by_the_command() == {"returns", "returns-winter"}
    assert ran_by_the_command() == set()
    path = copy.raw / "missions.csv"
    path.chmod(0o644)
    text = path.read_text(encoding="utf-8")
    old = "russian_emergencies,opening-2020-11-20,,russia"
    path.write_text(text.replace(old, old.removesuffix("russia")), encoding="utf-8")
    (copy.reports / "alone.html").unlink()
    assert ran_by_the_command() == {"missions", "alone"}
    assert ran_by_the_command("--force", "alone") == {"alone"}
    assert ran_by_the_command() == set()
