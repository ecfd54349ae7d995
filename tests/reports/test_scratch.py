"""Private folders go with their owner; what a killed owner left is swept up by the next run."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from helpers.reports import scratch
from helpers.reports.scratch import OWNER, private_folder, sweep

KEEP = """
import sys
from helpers.reports.scratch import private_folder
folder = private_folder()
print(folder.name, flush=True)
sys.stdin.read()
folder.cleanup()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    """A folder for temporary files with nobody else's in it, its path short enough."""
    with tempfile.TemporaryDirectory(prefix="kl") as name:
        monkeypatch.setattr(tempfile, "tempdir", name)
        yield Path(name)


@pytest.fixture
def owner(temporary):
    """Another process and its folder."""
    with subprocess.Popen(
        [sys.executable, "-c", KEEP],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(temporary)},
    ) as process:
        yield process, Path(process.stdout.readline().strip())
        process.kill()


def test_a_folder_is_private_and_goes_with_its_block(temporary):
    with private_folder() as name:
        assert Path(name).parent == temporary
        assert stat.S_IMODE(Path(name).stat().st_mode) == 0o700
        sweep()
        assert Path(name, OWNER).exists()
    assert list(temporary.iterdir()) == []


def test_a_folder_of_somebody_alive_stays_and_of_somebody_killed_goes(owner):
    process, folder = owner
    sweep()
    assert folder.is_dir()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert folder.is_dir()
    sweep()
    assert not folder.exists()


def test_folders_that_are_not_ours_stay(temporary):
    (temporary / "karabakh-photos").mkdir()
    (temporary / "karabakh-notes").write_text("mine")
    other = temporary / "karabakh-abcdefgh"
    other.mkdir()
    (other / OWNER).symlink_to(temporary / "karabakh-notes")
    sweep()
    assert len(list(temporary.iterdir())) == 3


def test_a_folder_swept_before_it_was_locked_is_made_anew(temporary, monkeypatch):
    lock, made = scratch.fcntl.flock, []

    def late(handle, operation):
        if not made:
            made.extend(temporary.iterdir())
            (made[0] / OWNER).unlink()
        return lock(handle, operation)

    monkeypatch.setattr(scratch.fcntl, "flock", late)
    with private_folder() as name:
        assert Path(name) != made[0]
        assert Path(name, OWNER).exists()
        assert list(temporary.iterdir()) == [Path(name)]


def test_a_folder_that_cannot_be_marked_is_not_left_behind(temporary, monkeypatch):
    monkeypatch.setattr(scratch, "OWNER", "missing/owner")
    with pytest.raises(FileNotFoundError):
        private_folder()
    assert list(temporary.iterdir()) == []


def test_a_long_path_gives_way_to_a_short_one(temporary, monkeypatch):
    long = temporary / ("x" * 80)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with private_folder() as name:
        assert Path(name).parent == Path("/tmp")
