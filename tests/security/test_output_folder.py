"""An output folder that somebody prepared: nothing is read, written or removed outside of it."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.data.inputs import digest
from helpers.data.project import ROOT_VARIABLE, write_atomic
from helpers.reports.dated import dated_names, edition_folders, last_dated, read_dated
from helpers.reports.inside import MOST_BYTES, read_own
from helpers.reports.keep import Keep, Name
from helpers.reports.listing import listing
from helpers.reports.lock import hold
from helpers.reports.manifest import read_manifest
from helpers.reports.outcome import Status
from helpers.reports.runner import run_reports
from helpers.reports.shelf import all_dated
from shelves import Shelf

DAY, NEXT = "2026-11-02", "2026-11-03"


@pytest.fixture
def shelf(project) -> Shelf:
    return Shelf(project)


@pytest.fixture
def elsewhere(tmp_path) -> Path:
    """A folder of somebody else, with everything that a run might take for its own."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    for name in (
        f"{DAY}.html",
        f"{DAY}.json",
        "2020-01-01.html",
        "2020-01-01.json",
        f"{'0' * 64}.parquet",
        ".index.html.abcd1234",
        f".{'0' * 64}.parquet.abcd1234",
        "private.html",
    ):
        (folder / name).write_text("theirs")
    return folder


@pytest.fixture
def untouched(elsewhere):
    """Check at the end that nothing there came, went or changed."""
    before = {path.name: (path.read_text(), path.stat().st_ino) for path in elsewhere.iterdir()}
    yield
    after = {path.name: (path.read_text(), path.stat().st_ino) for path in elsewhere.iterdir()}
    assert after == before


def publish(shelf: Shelf, name: str, day: str = DAY) -> tuple[Status, str, list[str]]:
    """Publish a run; return its status, its message and what could not be written."""
    finished = shelf.finished(name, day)
    tables = {"returns.parquet": digest(b"rows")}
    finished.outcome.reads.update(tables)
    desk = shelf.desk()
    desk.open()
    record = desk.publish(finished, {"tables": tables})
    desk.close()
    return Status(record.status), record.message, desk.faults


@pytest.mark.usefixtures("untouched")
def test_a_folder_of_an_edition_that_leads_elsewhere_is_refused(shelf, elsewhere):
    shelf.edition("winter", Keep(1))
    shelf.edition("summer")
    link = shelf.folder / "winter"
    link.symlink_to(elsewhere)
    status, message, faults = publish(shelf, "winter")
    assert (status, faults) == (Status.FAILED, [])
    assert message == (
        "the page could not be written: its folder is a link to elsewhere; "
        f"remove {link}, or choose another folder with --out"
    )
    assert publish(shelf, "summer")[0] is Status.SUCCEEDED  # the rest of the run goes on
    assert not (shelf.folder / "winter.html").exists()
    assert link.is_symlink()
    # Nor is anything read there.
    assert dated_names(shelf.folder, "winter") == []
    assert [path.name for path in edition_folders(shelf.folder)] == ["summer"]
    assert "private" not in (shelf.folder / "archive.html").read_text()
    link.unlink()
    assert publish(shelf, "winter")[0] is Status.SUCCEEDED


@pytest.mark.usefixtures("untouched")
def test_a_link_of_any_name_is_no_edition(shelf, elsewhere):
    (shelf.folder / "planted").symlink_to(elsewhere)
    (shelf.folder / "again").symlink_to(shelf.folder)
    assert publish(shelf, "winter")[0] is Status.SUCCEEDED
    assert [path.name for path in edition_folders(shelf.folder)] == ["winter"]


@pytest.mark.usefixtures("untouched")
def test_tables_are_neither_put_elsewhere_nor_taken_from_there(shelf, elsewhere):
    (shelf.project.processed / "returns.parquet").write_bytes(b"rows")
    link = shelf.folder / ".vintages"
    link.symlink_to(elsewhere)
    status, message, _ = publish(shelf, "winter")
    assert status is Status.FAILED
    assert f"remove {link}, or choose another folder" in message
    link.unlink()
    assert publish(shelf, "winter")[0] is Status.SUCCEEDED
    assert [path.read_bytes() for path in link.iterdir()] == [b"rows"]


@pytest.mark.usefixtures("untouched")
def test_a_table_that_is_a_link_is_replaced(shelf, elsewhere):
    (shelf.project.processed / "returns.parquet").write_bytes(b"rows")
    kept = shelf.folder / ".vintages" / f"{digest(b'rows').removeprefix('sha256:')}.parquet"
    kept.parent.mkdir()
    kept.symlink_to(elsewhere / "private.html")
    assert publish(shelf, "winter")[0] is Status.SUCCEEDED
    assert not kept.is_symlink()
    assert kept.read_bytes() == b"rows"


FILES = ["index.html", "archive.html", "failed.html", "feed.xml", "manifest.json", "winter.html"]


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("kind", ["symbolic", "dangling", "hard"])
def test_a_file_that_is_a_link_is_replaced(shelf, elsewhere, kind):
    for name in FILES:
        path = shelf.folder / name
        if kind == "hard":
            path.hardlink_to(elsewhere / "private.html")
        else:
            path.symlink_to(elsewhere / ("private.html" if kind == "symbolic" else "none"))
    assert publish(shelf, "winter") == (Status.SUCCEEDED, "", [])
    for name in FILES:
        about = (shelf.folder / name).lstat()
        assert stat.S_ISREG(about.st_mode)
        assert about.st_nlink == 1
        assert "theirs" not in (shelf.folder / name).read_text()


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("ending", ["html", "json"])
def test_dated_files_that_are_links_are_neither_read_nor_followed(shelf, elsewhere, ending):
    shelf.publish("winter", DAY)
    planted = shelf.folder / "winter" / f"{DAY}.{ending}"
    (elsewhere / planted.name).write_bytes(planted.read_bytes())  # sound, but not here
    content = (elsewhere / planted.name).read_text()
    planted.unlink()
    planted.symlink_to(elsewhere / planted.name)
    assert read_dated(shelf.folder, "winter", Name.read(DAY)) is None
    assert list(all_dated(shelf.folder)) == [None]
    # The next edition of that day takes a name that is free.
    assert publish(shelf, "winter")[0] is Status.SUCCEEDED
    assert shelf.dated("winter") == [DAY, f"{DAY}-2"]
    # Pruning takes the link, not what it leads to.
    shelf.edition("winter", Keep(1))
    assert publish(shelf, "winter", NEXT)[0] is Status.SUCCEEDED
    assert shelf.dated("winter") == [NEXT]
    assert (elsewhere / planted.name).read_text() == content
    (elsewhere / planted.name).write_text("theirs")


@pytest.mark.usefixtures("untouched")
def test_clearing_away_half_files_removes_a_link_and_not_its_target(shelf, elsewhere):
    half = shelf.folder / ".index.html.abcd1234"
    half.symlink_to(elsewhere / "private.html")
    shelf.desk().open()
    assert not half.is_symlink()


@pytest.mark.parametrize("kind", ["pipe", "folder", "endless"])
def test_what_is_no_file_hinders_nobody_for_long(shelf, kind):
    """Opening a pipe that nobody writes into would wait for ever."""
    shelf.publish("winter", DAY)
    for name in ("manifest.json", "winter.html", f"winter/{DAY}.json"):
        path = shelf.folder / name
        path.unlink()
        if kind == "pipe":
            os.mkfifo(path)
        elif kind == "folder":
            path.mkdir()
        else:
            path.symlink_to("/dev/zero")
    assert read_manifest(shelf.folder) == {}
    assert last_dated(shelf.folder, "winter") is None
    if kind != "folder":
        assert publish(shelf, "winter", NEXT) == (Status.SUCCEEDED, "", [])
        assert shelf.dated("winter")[-1] == NEXT


def test_a_folder_in_the_place_of_a_page_is_told_with_its_remedy(shelf):
    place = shelf.folder / "winter.html"
    place.mkdir()
    status, message, _ = publish(shelf, "winter")
    assert status is Status.FAILED
    assert message == (
        "the page could not be written: Is a directory; "
        f"remove {place}, or choose another folder with --out"
    )
    assert not (shelf.folder / "winter").exists()


def test_a_file_without_end_is_not_read_to_its_end(tmp_path):
    path = tmp_path / "manifest.json"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(OSError, match="File too large"):
        read_own(path)


def test_a_lock_that_is_a_link_is_not_followed(shelf, elsewhere):
    from helpers.data.errors import ReportError

    (shelf.folder / ".lock").symlink_to(elsewhere / "private.html")
    with pytest.raises(ReportError, match="cannot be written"), hold(shelf.folder):
        pass
    assert (elsewhere / "private.html").read_text() == "theirs"


def planted(shelf: Shelf, **changes) -> dict:
    """Publish an edition, then change its entry in the manifest, or of its page."""
    shelf.publish("winter", DAY)
    path = shelf.folder / "manifest.json"
    content = json.loads(path.read_text())
    (entry,) = content["editions"]
    page = changes.pop("page", {})
    entry |= changes
    entry["page"] |= page
    path.write_text(json.dumps(content))
    return entry


@pytest.mark.parametrize(
    "file",
    [
        "../secret.html",
        "/etc/passwd",
        "winter/../../secret.html",
        "javascript:alert(1)",
        "javascript:alert(1).html",
        "https:example.org.html",
        "..",
        "",
        "win ter.html",
        'x".html',
        "winter.html\n",
        "WINTER.html",
        "manifest.json",
    ],
)
def test_no_page_of_a_manifest_lies_elsewhere(shelf, file):
    (shelf.project.root / "secret.html").write_text("secret")
    if file and "/" not in file and file != "..":
        shelf.folder.joinpath(file).write_text("planted")
    planted(shelf, page={"file": file})
    assert read_manifest(shelf.folder)["winter"].page is None


def test_an_entry_of_a_hostile_name_is_forgotten(shelf):
    planted(shelf, edition="../../up")
    shelf.desk().open()
    assert "up" not in (shelf.folder / "manifest.json").read_text()


@pytest.mark.parametrize(
    "thumbnail",
    ["https://example.org/a.png", "javascript:alert(1)", "//example.org", "a.png", 314159],
)
def test_a_picture_of_a_dated_edition_is_in_the_record_or_nowhere(shelf, thumbnail):
    shelf.publish("winter", DAY)
    path = shelf.folder / "winter" / f"{DAY}.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"thumbnail": thumbnail}))
    shelf.publish("summer", DAY)
    assert str(thumbnail) not in (shelf.folder / "index.html").read_text()
    assert last_dated(shelf.folder, "winter").thumbnail == ""


def test_words_of_a_manifest_do_not_steer_the_terminal(shelf, notebook, plan):
    notebook("n")
    plan('winter: {notebook: n, cadence: "0 6 * * 1"}')
    planted(shelf, status="failed", error="\x1b]0;mine\x07", message="\x1b[2J\u202e\u2028x")
    told = listing(shelf.project)
    assert "mine" in told
    assert all(letter.isprintable() for letter in told.replace("\n", ""))


@pytest.mark.usefixtures("built")
def test_a_planted_table_does_not_end_the_run(project, notebook, plan):
    notebook("n", "print(as_of)")
    plan('winter: {notebook: n, cadence: "0 6 * * 1"}')
    assert run_reports(project).exit_status == 0
    (path,) = (project.reports / "winter").glob("*.json")
    content = json.loads(path.read_text())
    for junk in (b"PAR1 no table", b""):
        hashed = digest(junk)
        content["record"]["fingerprint"]["tables"] = {"returns.parquet": hashed}
        path.write_text(json.dumps(content))
        (project.processed / "returns.parquet").write_bytes(b"other")
        kept = project.reports / ".vintages" / f"{hashed.removeprefix('sha256:')}.parquet"
        kept.parent.mkdir(exist_ok=True)
        kept.write_bytes(junk)
        from helpers.reports.gather import Gatherer
        from helpers.reports.vintages import Tables

        old = last_dated(project.reports, "winter")
        tables = {"returns.parquet": digest(b"other")}
        before = Gatherer(Tables(project.reports, project)).before(old, tables, "")
        assert before.claims == ()


def modes(folder: Path) -> dict[str, int]:
    """Permissions of everything below a folder."""
    return {
        path.relative_to(folder).as_posix(): stat.S_IMODE(path.lstat().st_mode)
        for path in (folder, *folder.rglob("*"))
    }


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_what_a_run_leaves_has_the_modes_that_its_user_wants(project, notebook, plan, umask):
    notebook("n", OWN)
    plan('winter: {notebook: n, cadence: "0 6 * * 1"}')
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        env=os.environ | {ROOT_VARIABLE: str(project.root)},
        umask=umask,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    found = modes(project.reports)
    assert {"winter.html", "manifest.json", "index.html", "feed.xml"} <= set(found)
    assert len([name for name in found if name.startswith("winter/")]) == 2
    folders = {name for name in found if (project.reports / name).is_dir()}
    assert {found[name] for name in folders} == {0o777 & ~umask}
    assert {found[name] for name in set(found) - folders} == {0o666 & ~umask}
    # The kernel's own folder is nobody else's, whatever the mask.
    assert "its own: 0o700" in (project.reports / "winter.html").read_text()


OWN = """
import os
from pathlib import Path
parents = Path(os.environ["KARABAKH_READS"]).parents
own = next(path for path in parents if path.name.startswith("karabakh-"))
print("its own:", oct(own.stat().st_mode & 0o777))
"""
RUN = """
from helpers.data.project import find_project
from helpers.reports import runner

def ensure_built(project):
    (project.processed / "sources.csv").write_text("source_id,published\\na,2021-01-01\\n")

runner.is_built, runner.ensure_built = (lambda project: False), ensure_built
raise SystemExit(runner.run_reports(find_project()).exit_status)
"""


def test_a_file_is_private_until_it_is_whole(tmp_path, monkeypatch):
    seen: list[int] = []

    def fsync(handle: int) -> None:
        (half,) = tmp_path.glob(".page.html.*")
        seen.append(stat.S_IMODE(half.stat().st_mode))
        raise OSError(28, "No space left on device")

    write_atomic(tmp_path / "page.html", "good")
    monkeypatch.setattr(os, "fchmod", lambda handle, mode: None)
    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="No space"):
        write_atomic(tmp_path / "page.html", "new")
    assert seen == [0o600]
    assert (tmp_path / "page.html").read_text() == "good"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_hard_link_in_the_place_of_the_lock_is_not_written_through(shelf, elsewhere):
    (shelf.folder / ".lock").hardlink_to(elsewhere / "private.html")
    with hold(shelf.folder):
        assert (elsewhere / "private.html").read_text() == "theirs"
    assert (elsewhere / "private.html").read_text() == "theirs"
