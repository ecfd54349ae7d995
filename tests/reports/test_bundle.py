"""What travels to a worker is all a report needs, and nothing else."""

import io
import os
import zipfile

import pytest

from helpers.data.errors import ReportError
from helpers.data.load import load, load_boundaries
from helpers.data.project import ROOT_VARIABLE, find_project
from helpers.reports import bundle
from helpers.reports.bundle import Stamp, pack_tables, pack_task, stamp, unpacked
from helpers.reports.editions import Edition
from helpers.reports.outcome import Limits

EDITION = Edition("e", "n", "t", "q", given={"start": "2021-01-01"})


@pytest.fixture
def task(project, notebook):
    notebook("n", "1")
    return pack_task("key", EDITION, project, limits=Limits(), stamp=stamp())


def test_equal_tables_make_equal_bytes(project):
    table, descriptor = project.processed / "a.csv", project.processed / "datapackage.json"
    table.write_text("a\n1\n")
    descriptor.write_text("{}")
    (project.processed / ".a.csv.x1").write_text("half")
    parts = pack_tables(project)
    os.utime(table, (1, 1))
    (project.processed / ".a.csv.x1").unlink()
    assert pack_tables(project) == parts
    table.write_text("a\n2\n")
    assert pack_tables(project) != parts


def test_large_tables_travel_in_parts(project, task, monkeypatch):
    monkeypatch.setattr(bundle, "PART", 1000)
    content = os.urandom(4321)
    (project.processed / "a.parquet").write_bytes(content)
    parts = pack_tables(project)
    assert len(parts) == 5
    with unpacked(task, parts) as there:
        assert (there.processed / "a.parquet").read_bytes() == content


def test_a_project_of_its_own_is_laid_out_and_cleared_away(shipped, project, task, monkeypatch):
    parts = pack_tables(shipped)
    with unpacked(task, parts) as there:
        assert there.root.stat().st_mode & 0o777 == 0o700
        assert not there.raw.exists()
        notebook = there.notebooks / "n.ipynb"
        assert notebook.read_bytes() == (project.notebooks / "n.ipynb").read_bytes()
        monkeypatch.setenv(ROOT_VARIABLE, str(there.root))
        assert find_project() == there
        assert load("returns").frame.equals(load("returns", project=shipped).frame)
        assert str(load_boundaries()) == str(load_boundaries(shipped))
    assert not there.root.exists()


def test_no_name_leads_out_of_the_folder(task):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../../../outside.csv", "x")
    with unpacked(task, [buffer.getvalue()]) as there:
        assert [path.name for path in there.processed.iterdir()] == ["outside.csv"]


def test_a_missing_notebook_is_told(project):
    with pytest.raises(ReportError) as caught:
        pack_task("key", EDITION, project, limits=Limits(), stamp=stamp())
    assert str(caught.value) == (
        "notebooks/n.ipynb: cannot be read (No such file or directory); restore it from git"
    )


def test_a_stamp_is_short_in_words():
    assert str(Stamp("a" * 64, "b" * 64)) == f"code {'a' * 12}, environment {'b' * 12}"
    assert stamp() == stamp()
