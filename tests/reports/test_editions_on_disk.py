"""Dated editions lie beside the latest, are never written again, and survive being broken off."""

import json
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup

from helpers.data.errors import ReportError
from helpers.reports.dated import (
    dated_names,
    edition_folders,
    find_dated,
    last_dated,
    read_dated,
)
from helpers.reports.keep import Name
from helpers.reports.manifest import read_manifest
from helpers.reports.outcome import Status
from helpers.reports.shelf import all_dated
from shelves import Shelf

DAY = "2026-11-02"


@pytest.fixture
def shelf(project) -> Shelf:
    return Shelf(project)


def test_an_edition_is_kept_under_its_day_beside_the_latest(shelf):
    record = shelf.publish("winter", DAY)
    assert {name for name in shelf.files() if name.startswith("winter")} == {
        "winter.html",
        f"winter/{DAY}.html",
        f"winter/{DAY}.json",
    }
    assert record.page is not None
    assert record.page.dated == DAY
    dated = last_dated(shelf.folder, "winter")
    assert dated is not None
    assert (dated.link, dated.record.run) == (f"winter/{DAY}.html", "run")
    content = json.loads(shelf.files()[f"winter/{DAY}.json"])
    assert (content["format"], content["edition"], content["name"]) == (1, "winter", DAY)
    assert set(content) >= {"record", "versions", "facts", "thumbnail"}
    assert content["versions"].keys() >= {"python", "karabakh-ledger", "pandas"}
    for name, page in (("winter.html", record.page), (f"winter/{DAY}.html", dated.record.page)):
        assert page is not None
        assert page.bytes == len(shelf.files()[name])


def test_links_lead_home_from_both_places(shelf):
    shelf.publish("winter", DAY)
    for name in ("winter.html", f"winter/{DAY}.html"):
        (link,) = BeautifulSoup(shelf.files()[name], "html.parser").find_all("a")
        assert (shelf.folder / name).parent.joinpath(link["href"]).is_file()


def test_what_is_dated_is_never_written_again(shelf):
    shelf.publish("winter", DAY, "first")
    shelf.publish("winter", DAY, "second")
    before = {path: content for path, content in shelf.files().items() if "/" in path}
    shelf.publish("winter", DAY, "third")
    shelf.publish("winter", "2026-11-03", "fourth")
    after = shelf.files()
    assert all(after[path] == before[path] for path in before)
    names = [str(name) for name in dated_names(shelf.folder, "winter")]
    assert names == [DAY, f"{DAY}-2", f"{DAY}-3", "2026-11-03"]
    assert b"fourth" in after["winter.html"]
    assert read_manifest(shelf.folder)["winter"].page.dated == "2026-11-03"


def test_numbers_of_a_day_are_counted_as_numbers(shelf):
    for _ in range(11):
        shelf.publish("winter", DAY)
    assert str(dated_names(shelf.folder, "winter")[-1]) == f"{DAY}-11"


@pytest.mark.parametrize("status", [Status.FAILED, Status.TIMED_OUT, Status.INTERRUPTED])
def test_a_run_that_fails_leaves_no_dated_edition(shelf, status):
    shelf.publish("winter", DAY)
    before = shelf.files()
    record = shelf.publish("winter", "2026-11-03", status=status)
    shelf.publish("exodus", "2026-11-03", status=status)
    assert record.page is not None
    assert record.page.dated == DAY
    after = shelf.files()
    assert {path for path in after if "/" in path} == {path for path in before if "/" in path}
    assert after["winter.html"] == before["winter.html"]
    failed = BeautifulSoup(after["failed.html"], "html.parser")
    assert [heading.text for heading in failed.main.find_all("h2")] == ["The winter", "The exodus"]


class Killed(BaseException):
    """In place of SIGKILL: no code of the run catches it."""


@pytest.mark.parametrize("writes", range(1, 6))
def test_killed_at_any_write_nothing_is_lost_and_the_next_run_completes(shelf, monkeypatch, writes):
    """Without tables a run writes the dated page, what is known of it, the latest, the record."""
    shelf.publish("winter", DAY, "first")
    before, record = shelf.files(), read_manifest(shelf.folder)["winter"]
    replace, left = Path.replace, [writes]

    def killed_in_time(self: Path, target: Path) -> Path:
        left[0] -= 1
        if not left[0]:
            raise Killed
        return replace(self, target)

    desk = shelf.desk()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed_in_time)
        if writes < 5:
            with pytest.raises(Killed):
                desk.publish(shelf.finished("winter", DAY, "second"), {"tables": {}})
        else:
            desk.publish(shelf.finished("winter", DAY, "second"), {"tables": {}})
    after = shelf.files()
    assert all(after[path] == before[path] for path in before if path.startswith("winter/"))
    assert (read_manifest(shelf.folder)["winter"] == record) == (writes < 5)
    # The page is the one that the record tells of, or the next run sees that it is not.
    assert (after["winter.html"] == before["winter.html"]) == (writes < 4)
    for dated in all_dated(shelf.folder):
        assert dated is not None

    shelf.publish("winter", DAY, "third")
    page = read_manifest(shelf.folder)["winter"].page
    assert b"third" in shelf.files()["winter.html"]
    assert page.bytes == len(shelf.files()["winter.html"])
    assert page.dated == str(dated_names(shelf.folder, "winter")[-1])
    archive = BeautifulSoup(shelf.files()["archive.html"], "html.parser")
    links = {link["href"] for link in archive.select("#by-report ~ ul a")}
    assert links == {
        f"winter/{name}.html" for name in map(str, dated_names(shelf.folder, "winter"))
    }


def test_half_written_files_are_cleared_away_everywhere(shelf):
    shelf.publish("winter", DAY)
    halves = [
        "winter/.2026-11-03.html.abcd_123",
        ".vintages/.0f.parquet.abcd_123",
        ".feed.xml.12345678",
    ]
    (shelf.folder / ".vintages").mkdir()
    for half in halves:
        (shelf.folder / half).write_text("x")
    (shelf.folder / "winter" / "notes.html").write_text("mine")
    shelf.desk().open()
    assert not [half for half in halves if (shelf.folder / half).exists()]
    assert (shelf.folder / "winter" / "notes.html").read_text() == "mine"
    assert [str(name) for name in dated_names(shelf.folder, "winter")] == [DAY]


@pytest.mark.parametrize(
    "change",
    [
        lambda content: "",
        lambda content: "[]",
        lambda content: content[: len(content) // 2],
        lambda content: content.replace('"winter"', '"exodus"'),
        lambda content: content.replace(f'"{DAY}.html"', '"../../secret.html"'),
        lambda content: content.replace(f'"{DAY}.html"', '"2026-11-09.html"'),
        lambda content: content.replace('"record": {', '"record": [{').replace(
            '"versions"', '"x"]}, "versions"'
        ),
    ],
)
def test_what_makes_no_sense_is_passed_over(shelf, change):
    shelf.publish("winter", "2026-11-01")
    shelf.publish("winter", DAY)
    path = shelf.folder / "winter" / f"{DAY}.json"
    (shelf.folder.parent / "secret.html").write_text("secret")
    path.write_text(change(path.read_text()))
    name = Name.read(DAY)
    assert read_dated(shelf.folder, "winter", name) is None
    assert str(last_dated(shelf.folder, "winter").name) == "2026-11-01"
    with pytest.raises(ReportError, match=r"2026-11-02\.json: makes no sense; choose another"):
        find_dated(shelf.folder, "winter", DAY)
    shelf.publish("winter", DAY)
    assert f"winter/{DAY}-2.html" in shelf.files()["archive.html"].decode()


def test_only_folders_of_editions_are_looked_into(shelf):
    shelf.publish("winter", DAY)
    for name in ("Winter", "a_b", "-x", ".hidden"):
        shutil.copytree(shelf.folder / "winter", shelf.folder / name)
    assert [path.name for path in edition_folders(shelf.folder)] == ["winter"]


def test_every_link_of_the_site_leads_somewhere(shelf):
    shelf.publish("winter", DAY)
    shelf.publish("winter", "2026-11-03")
    shelf.publish("exodus", "2026-11-03")
    shelf.publish("winter", "2026-11-04", status=Status.FAILED)
    for page in ("index.html", "archive.html", "failed.html"):
        soup = BeautifulSoup(shelf.files()[page], "html.parser")
        assert soup.find_all("a")
        for link in soup.find_all(["a", "link"]):
            address = urlsplit(link["href"])
            assert (address.scheme, address.netloc) == ("", ""), link
            target = shelf.folder / (address.path or page)
            assert target.is_file(), link
            if address.fragment:
                assert f'id="{address.fragment}"' in target.read_text("utf-8"), link
        for other in {"index.html", "archive.html", "failed.html", "feed.xml"} - {page}:
            assert soup.find(["a", "link"], href=other), (page, other)


def test_an_archive_without_editions_and_a_site_without_failures_say_so(shelf):
    shelf.publish("winter", DAY, status=Status.FAILED)
    assert "There is no dated edition yet." in shelf.files()["archive.html"].decode()
    shelf.publish("winter", DAY)
    assert "No edition failed in its last run." in shelf.files()["failed.html"].decode()


def test_an_edition_that_the_plan_forgot_stays_in_the_archive(shelf):
    shelf.publish("winter", DAY)
    del shelf.plan["winter"]
    shelf.publish("exodus", DAY)
    assert f"winter/{DAY}.html" in shelf.files()["archive.html"].decode()
    assert "winter" not in shelf.files()["index.html"].decode()
