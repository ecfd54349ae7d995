"""A run killed between a dated edition and the manifest made that edition, and it is made once."""

import pytest

from helpers.reports.manifest import read_manifest
from shelves import Shelf


@pytest.fixture
def shelf(project):
    return Shelf(project)


def kill_before_the_record(shelf: Shelf, *, page_too: bool) -> bytes:
    """Publish a second edition, then put back what a killed run would not have got to."""
    shelf.publish("a", "2026-11-01", "96.")
    before = {name: (shelf.folder / name).read_bytes() for name in ("manifest.json", "a.html")}
    shelf.plan["a"] = shelf.edition("a")
    shelf.publish("a", "2026-11-02", "97.")
    after = (shelf.folder / "a.html").read_bytes()
    (shelf.folder / "manifest.json").write_bytes(
        before["manifest.json"].replace(b'"run": "run"', b'"run": "earlier"')
    )
    if page_too:
        (shelf.folder / "a.html").write_bytes(before["a.html"])
    return after


@pytest.mark.parametrize("page_too", [True, False])
def test_what_a_killed_run_made_is_taken_over(shelf, page_too):
    after = kill_before_the_record(shelf, page_too=page_too)
    desk = shelf.desk()
    assert desk.adopt(shelf.plan["a"])
    desk.open()
    assert (shelf.folder / "a.html").read_bytes() == after
    page = read_manifest(shelf.folder)["a"].page
    assert (page.file, page.dated, page.bytes) == ("a.html", "2026-11-02", len(after))
    assert page.news == "97."
    assert shelf.dated("a") == ["2026-11-01", "2026-11-02"]
    assert not shelf.desk().adopt(shelf.plan["a"])


def test_a_first_edition_is_taken_over_too(shelf):
    shelf.publish("a", "2026-11-01")
    page = (shelf.folder / "a.html").read_bytes()
    for name in ("manifest.json", "a.html"):
        (shelf.folder / name).unlink()
    assert shelf.desk().adopt(shelf.plan["a"])
    assert (shelf.folder / "a.html").read_bytes() == page


def test_a_failure_since_then_is_not_forgotten(shelf):
    shelf.publish("a", "2026-11-01")
    shelf.publish("a", "2026-11-02", status="failed")
    assert not shelf.desk().adopt(shelf.plan["a"])


def test_a_dated_page_of_which_nothing_is_known_goes(shelf):
    shelf.publish("a", "2026-11-01")
    for name in ("2026-11-02.html", "2026-11-02-2.html", "notes.html"):
        (shelf.folder / "a" / name).write_text("<p>killed before it counted</p>")
    shelf.desk().open()
    assert shelf.dated("a") == ["2026-11-01", "notes"]
