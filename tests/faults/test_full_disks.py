"""A disk that is full costs what does not fit, tells so in one line each, and breaks nothing."""

import pytest
from disks import BEST, small_disk
from ledgers import NAMES

SPACE = "No space left on device"
REMEDY = "free some space and run it again"


@pytest.fixture
def disk(ledger):
    """The output folder on a disk of its own."""
    with small_disk(BEST, ledger, ledger.out) as disk:
        yield disk


@pytest.fixture
def temporary_disk(ledger):
    """The folder for temporary files; a real one has room again as soon as one kernel ended."""
    with small_disk("device", ledger, ledger.temporary) as disk:
        yield disk


def test_a_disk_that_is_full_is_told_before_anything_runs(ledger, disk):
    before, manifest = ledger.pages(), ledger.records()
    runs = ledger.hang("first")
    disk.fill()
    status, out, err = ledger.run("--force")
    assert (status, out) == (1, "")
    assert err == f"{ledger.project.reports}: cannot be written ({SPACE}); {REMEDY}\n"
    assert not runs()
    assert (ledger.pages(), ledger.records()) == (before, manifest)
    disk.free()
    ledger.assert_nothing_is_left()
    ledger.assert_the_next_run_completes()


def test_a_disk_that_fills_up_during_a_run(ledger, disk):
    before, manifest = ledger.pages(), ledger.records()
    for name in NAMES:
        ledger.fault(name, disk.code_that_fills())
    status, out, err = ledger.run("--force", "--jobs", "1")
    assert status == 1
    out_folder = ledger.project.reports
    failed = f"failed: OSError: the page could not be written: {SPACE}; {REMEDY}"
    assert err.splitlines() == [
        *(f"{name}: {failed}" for name in NAMES),
        f"{out_folder}/manifest.json: could not be written ({SPACE}); {REMEDY}",
        f"{out_folder}/index.html: could not be written ({SPACE}); {REMEDY}",
    ]
    assert "3 failed" in out
    assert (ledger.pages(), ledger.records()) == (before, manifest)
    disk.free()
    ledger.assert_nothing_is_left()
    ledger.assert_the_next_run_completes()


def test_what_fits_is_published_and_what_does_not_keeps_its_last_page(ledger, disk):
    before = ledger.pages()
    for name in NAMES:
        ledger.fault(name, f"display(HTML('<p>{name} is new.</p>'))")
    ledger.fault("second", "display(HTML('<p>' + 'long ' * 400_000 + '</p>'))")
    disk.fill(but_for=900_000, name="second.html")
    status, out, err = ledger.run("--force")
    assert status == 1
    assert len(err.splitlines()) == 1
    assert err.startswith("second: failed: OSError: the page could not be written: No space left")
    assert "2 succeeded, 1 failed" in out
    assert ledger.statuses() == ["succeeded", "failed", "succeeded"]
    after = ledger.pages()
    assert after["second.html"] == before["second.html"]
    assert b"first is new." in after["first.html"]
    assert b"third is new." in after["third.html"]
    assert b"the page could not be written: No space left" in after["index.html"]
    disk.free()
    ledger.assert_nothing_is_left()
    ledger.assert_the_next_run_completes()


def test_no_space_for_temporary_files(ledger, temporary_disk):
    before = ledger.pages()
    for name in NAMES:
        ledger.fault(name, temporary_disk.code_that_fills())
    status, _, err = ledger.run("--force", "--jobs", "1")
    assert status == 1
    # Two kernels start at once; the third starts when one of them has filled the disk.
    *_, last = err.splitlines()
    assert last.startswith("third: failed: OSError: ")
    assert SPACE in last
    assert "succeeded" in ledger.statuses()[:2]
    assert ledger.statuses()[2] == "failed"
    assert ledger.pages()["third.html"] == before["third.html"]
    temporary_disk.free()
    ledger.assert_nothing_is_left()
    ledger.assert_the_next_run_completes()
