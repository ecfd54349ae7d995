"""Finding the project, and writing files whole."""

import os
from pathlib import Path

import pytest

from helpers.data.errors import ProjectError
from helpers.data.project import ROOT_VARIABLE, Project, find_project, write_atomic


def test_project_is_found_from_a_folder_within(small, monkeypatch):
    deep = small.project.raw / "a" / "b"
    deep.mkdir(parents=True)
    assert find_project(deep) == small.project
    monkeypatch.chdir(deep)
    assert find_project() == small.project


@pytest.mark.parametrize("part", ["reports.yml", "data/raw"])
def test_a_folder_without_plan_or_tables_is_no_project(tmp_path, part):
    if part == "data/raw":
        (tmp_path / part).mkdir(parents=True)
    else:
        (tmp_path / part).touch()
    with pytest.raises(ProjectError) as caught:
        find_project(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path}: no project here or above")
    assert "set KARABAKH_ROOT" in str(caught.value)


def test_variable_overrides_the_current_folder(make_small, tmp_path, monkeypatch):
    one, two = make_small(tmp_path / "one").project, make_small(tmp_path / "two").project
    monkeypatch.chdir(one.root)
    monkeypatch.setenv(ROOT_VARIABLE, str(two.root))
    assert find_project() == two
    assert find_project(one.root) == two


def test_variable_may_name_a_folder_of_built_tables_alone(tmp_path, monkeypatch):
    Project(tmp_path).processed.mkdir(parents=True)
    monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path))
    assert find_project() == Project(tmp_path)


def test_variable_that_names_no_project(tmp_path, monkeypatch):
    monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path))
    with pytest.raises(ProjectError) as caught:
        find_project()
    assert str(caught.value) == (
        f"KARABAKH_ROOT={tmp_path}: no folder data/raw there; name a checkout of the project"
    )


def test_empty_variable_counts_as_none(small, monkeypatch):
    monkeypatch.setenv(ROOT_VARIABLE, "")
    assert find_project(small.project.root) == small.project


def test_folders_by_name(tmp_path):
    project = Project(tmp_path)
    assert project.raw == tmp_path / "data" / "raw"
    assert project.processed == tmp_path / "data" / "processed"
    assert project.notebooks == tmp_path / "notebooks"
    assert project.plan == tmp_path / "reports.yml"
    assert project.reports == tmp_path / "reports"
    assert project.docs == tmp_path / "docs"
    assert project.name_of(project.raw / "a.csv") == "data/raw/a.csv"
    assert project.name_of(Path("/elsewhere/a.csv")) == "/elsewhere/a.csv"


def test_write_makes_the_folder_and_keeps_line_ends(tmp_path):
    path = tmp_path / "a" / "b.txt"
    write_atomic(path, "é\r\nb\n")
    assert path.read_bytes() == b"\xc3\xa9\r\nb\n"
    write_atomic(path, b"\x00new")
    assert path.read_bytes() == b"\x00new"


def test_written_file_has_the_rights_of_any_other(tmp_path):
    (tmp_path / "plain").write_text("x")
    write_atomic(tmp_path / "atomic", "x")
    assert (tmp_path / "atomic").stat().st_mode == (tmp_path / "plain").stat().st_mode
    mask = os.umask(0o077)
    try:
        write_atomic(tmp_path / "private", "x")
        assert os.umask(0o077) == 0o077
    finally:
        os.umask(mask)
    assert (tmp_path / "private").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("where", ["os.fsync", "pathlib.Path.replace"])
def test_failed_write_leaves_the_old_file_and_no_other(tmp_path, monkeypatch, where):
    path = tmp_path / "table.csv"
    write_atomic(path, "old")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(where, fail)
    with pytest.raises(OSError, match="No space left"):
        write_atomic(path, "new and longer")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_after_a_power_cut_a_name_never_leads_to_half_a_file(tmp_path, monkeypatch):
    """The content is on the disk before the name is, and the name before anybody relies on it."""
    path, steps = tmp_path / "page.html", []
    fsync, replace = os.fsync, Path.replace

    def flushed(handle):
        name = Path(f"/proc/self/fd/{handle}").readlink()
        steps.append(("flushed", name, name.read_bytes() if name.is_file() else sorted(names())))
        fsync(handle)

    def renamed(old, new):
        steps.append(("renamed", old, new))
        return replace(old, new)

    def names():
        return [item.name for item in tmp_path.iterdir()]

    monkeypatch.setattr("os.fsync", flushed)
    monkeypatch.setattr("pathlib.Path.replace", renamed)
    write_atomic(path, "whole")
    half = steps[0][1]
    assert half.name.startswith(".page.html.")
    assert steps == [
        ("flushed", half, b"whole"),
        ("renamed", half, path),
        ("flushed", tmp_path, ["page.html"]),
    ]


def test_a_folder_that_cannot_be_flushed_is_no_error(tmp_path, monkeypatch):
    fsync = os.fsync

    def flush(handle):
        if Path(f"/proc/self/fd/{handle}").readlink() == tmp_path:
            raise OSError(22, "Invalid argument")
        fsync(handle)

    monkeypatch.setattr("os.fsync", flush)
    write_atomic(tmp_path / "page.html", "whole")
    assert (tmp_path / "page.html").read_text() == "whole"


def test_interrupted_write_leaves_no_litter(tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomic(tmp_path / "table.csv", "new")
    assert list(tmp_path.iterdir()) == []
