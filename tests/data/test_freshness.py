"""A build is done again when it would change something, and only then."""

import json
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import helpers
from helpers.data.build import build
from helpers.data.errors import DataError
from helpers.data.freshness import ensure_built, is_built, table_hashes
from helpers.data.inputs import LIBRARIES, built_with
from helpers.data.load import load, record_reads
from helpers.data.project import Project

SOURCE = Path(helpers.__path__[0])


@pytest.fixture(scope="module")
def ready(make_small, tmp_path_factory):
    """A small project, built; tests only read it."""
    project = make_small(tmp_path_factory.mktemp("ready") / "small").project
    build(project)
    return project


@pytest.fixture
def copy(ready, tmp_path):
    """A copy of the built project that a test may spoil."""
    shutil.copytree(ready.root, tmp_path / "copy")
    return Project(tmp_path / "copy")


@pytest.fixture
def code(tmp_path, monkeypatch):
    """A copy of the package that a test may change, in place of the one now running."""
    shutil.copytree(SOURCE, tmp_path / "helpers", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(helpers, "__path__", [str(tmp_path / "helpers")])
    return tmp_path / "helpers"


def append(path: Path, content: bytes = b"\n") -> None:
    path.write_bytes(path.read_bytes() + content)


def test_what_was_built_is_fresh_until_the_project_is_empty(small):
    assert not is_built(small.project)
    assert table_hashes(small.project) == {}
    result = ensure_built(small.project)
    assert result is not None
    assert "docs/codebook.md" in result.written
    assert is_built(small.project)
    assert ensure_built(small.project) is None


def test_hashes_are_those_that_a_load_records(ready):
    with record_reads() as reads:
        load("returns", project=ready)
    assert set(reads) == {"returns.parquet", "places.parquet"}
    assert reads.items() <= table_hashes(ready).items()


@pytest.mark.parametrize(
    "file",
    [
        "data/raw/returns.csv",
        "data/raw/known_issues.csv",
        "data/processed/returns.parquet",
        "data/processed/sources.csv",
        "docs/codebook.md",
    ],
)
@pytest.mark.parametrize("spoil", [append, Path.unlink], ids=["changed", "missing"])
def test_a_file_changed_or_missing_is_noticed(copy, file, spoil):
    assert is_built(copy)
    spoil(copy.root / file)
    assert not is_built(copy)


@pytest.mark.parametrize("file", ["processed/events.csv", "processed/missions.parquet"])
def test_building_again_mends_a_built_file(copy, file):
    before = (copy.root / "data" / file).read_bytes()
    append(copy.root / "data" / file)
    result = ensure_built(copy)
    assert result is not None
    assert result.written == (f"data/{file}",)
    assert (copy.root / "data" / file).read_bytes() == before
    assert is_built(copy)


def test_a_new_raw_file_is_noticed(copy):
    (copy.raw / "boundaries.geojson").write_text('{"features": []}', encoding="utf-8")
    assert not is_built(copy)
    ensure_built(copy)
    assert "boundaries.geojson" in table_hashes(copy)
    assert is_built(copy)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"resources": 3}',
        '{"resources": [{"path": "returns.csv"}]}',
        '{"resources": [], "codebook": 3}',
    ],
)
def test_a_broken_descriptor_means_not_built(copy, text):
    (copy.processed / "datapackage.json").write_text(text, encoding="utf-8")
    assert not is_built(copy)
    assert table_hashes(copy) == {}
    assert ensure_built(copy) is not None
    assert is_built(copy)


@pytest.mark.parametrize(
    "module", ["build", "derived", "schemas", "counts", "identities", "package", "project"]
)
def test_changed_data_code_is_noticed(ready, code, module):
    assert is_built(ready)
    append(code / "data" / f"{module}.py", b"# another\n")
    assert not is_built(ready)


@pytest.mark.parametrize("module", ["data/load.py", "charts/trend.py", "reports/plan.py", "cli.py"])
def test_code_that_builds_nothing_does_not_count(ready, code, module):
    append(code / module, b"# another\n")
    assert is_built(ready)


def test_building_with_changed_code_is_recorded(copy, code):
    before = json.loads((copy.processed / "datapackage.json").read_text(encoding="utf-8"))
    append(code / "data" / "derived.py", b"# another\n")
    result = ensure_built(copy)
    assert result is not None
    assert result.written == ("data/processed/datapackage.json",)
    after = json.loads((copy.processed / "datapackage.json").read_text(encoding="utf-8"))
    assert {key for key in after if after[key] != before[key]} == {"built_with"}
    assert is_built(copy)


@pytest.mark.parametrize("library", LIBRARIES)
def test_another_version_of_a_library_is_noticed(ready, monkeypatch, library):
    assert built_with()[library] == metadata.version(library)
    versions = {name: metadata.version(name) for name in LIBRARIES} | {library: "99.0"}
    monkeypatch.setattr(metadata, "version", versions.__getitem__)
    assert not is_built(ready)


def test_faulty_rows_are_told_and_nothing_counts_as_built(small):
    ensure_built(small.project)
    small.put("returns", 0, "count", "-1")
    for _ in range(2):
        with pytest.raises(DataError):
            ensure_built(small.project)
    small.put("returns", 0, "count", "96")
    assert ensure_built(small.project) is None  # the tables of the last good build are still right


def test_a_row_changed_while_the_build_runs_is_built_by_the_next(small, monkeypatch):
    from helpers.data import build as build_module

    whole = build_module.build_contents

    def meddle(project):
        contents = whole(project)
        small.put("returns", 0, "note", "New")
        return contents

    monkeypatch.setattr(build_module, "build_contents", meddle)
    ensure_built(small.project)
    monkeypatch.undo()
    assert not is_built(small.project)
    ensure_built(small.project)
    assert load("returns", project=small.project).frame["note"][0] == "New"


def test_finding_out_imports_nothing_heavy(ready):
    script = (
        "import sys; from pathlib import Path; from helpers.data.project import Project\n"
        "from helpers.data.freshness import ensure_built\n"
        "assert ensure_built(Project(Path(sys.argv[1]))) is None\n"
        "print({'pandas', 'pandera', 'pyarrow', 'numpy', 'matplotlib'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", script, str(ready.root)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
