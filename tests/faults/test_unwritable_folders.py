"""An output folder that cannot be written is told in one line; others' work goes on."""

import shutil

import pytest
from ledgers import NAMES

GO_AWAY = """
import shutil
if Path("../reports").is_dir():
    shutil.move("../reports", "../away")
    Path("../reports").write_text("mine")
"""


def test_a_file_in_place_of_the_folder_is_told_before_anything_runs(ledger):
    shutil.rmtree(ledger.out)
    ledger.out.write_text("mine")
    runs = ledger.hang("first")
    status, out, err = ledger.run()
    assert (status, out) == (1, "")
    assert len(err.splitlines()) == 1
    assert err.startswith(f"{ledger.out}: cannot be written (")
    assert err.endswith("; choose another with --out\n")
    assert not runs()
    assert ledger.out.read_text() == "mine"
    ledger.out.unlink()
    ledger.assert_the_next_run_completes()


@pytest.mark.parametrize("folder", ["/proc/reports", "/proc/self/reports", "/dev/null/reports"])
def test_a_place_where_nobody_can_write_is_told_in_one_line(ledger, folder):
    status, out, err = ledger.run("--out", folder)
    assert (status, out) == (1, "")
    assert len(err.splitlines()) == 1
    assert "cannot be written (" in err
    ledger.assert_nothing_is_left()


def test_a_folder_that_goes_away_during_a_run(ledger):
    """Whichever edition comes first puts a file in its place."""
    away = ledger.project.root / "away"
    for name in NAMES:
        ledger.fault(name, GO_AWAY)
    before = ledger.pages()
    status, out, err = ledger.run("--force", "--jobs", "1")
    assert status == 1
    assert [line.partition(":")[0] for line in err.splitlines()[:3]] == list(NAMES)
    assert len(err.splitlines()) == 5
    assert "Traceback" not in out + err
    assert ledger.out.read_text() == "mine"
    ledger.out.unlink()
    shutil.move(away, ledger.out)
    assert ledger.pages() == before
    assert (ledger.processes(), list(ledger.temporary.iterdir())) == ([], [])
    ledger.assert_the_next_run_completes()


def test_a_folder_in_place_of_a_page_costs_that_edition_alone(ledger):
    (ledger.out / "second.html").unlink()
    (ledger.out / "second.html" / "x").mkdir(parents=True)
    status, out, err = ledger.run("--force")
    assert status == 1
    assert "2 succeeded, 1 failed" in out
    assert err.startswith("second: failed: IsADirectoryError: the page could not be written")
    assert len(err.splitlines()) == 1
    shutil.rmtree(ledger.out / "second.html")
    ledger.assert_the_next_run_completes()


def test_a_folder_in_place_of_the_index_is_told(ledger):
    (ledger.out / "index.html").unlink()
    (ledger.out / "index.html").mkdir()
    status, out, err = ledger.run("--force", "first")
    assert status == 1
    assert "1 succeeded" in out
    assert err.startswith(f"{ledger.out}/index.html: could not be written (")
    assert len(err.splitlines()) == 1
    (ledger.out / "index.html").rmdir()
    ledger.assert_the_next_run_completes()
