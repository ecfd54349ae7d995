"""One run at a time in a folder; whoever comes second is told who came first."""

import json
import os
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from helpers.data.errors import ReportError
from helpers.reports.lock import FILE, BusyError, hold

HOLD = """
import sys, time
from pathlib import Path
from helpers.reports.lock import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the folder."""
    command = [sys.executable, "-c", HOLD, str(tmp_path / "out")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_the_second_is_told_who_holds_the_folder_since_when_and_what_to_do(holder, tmp_path):
    with pytest.raises(BusyError) as caught, hold(tmp_path / "out"):
        pytest.fail("both hold it")
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert f"process {holder.pid} on {os.uname().nodename} since 20" in message
    assert re.search(r"UTC, for \d+ min \(-c ", message)
    assert message.startswith(f"{tmp_path / 'out'}: another run is writing here")
    assert message.endswith("wait until it ends, or choose another folder with --out")


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=-90), ", for 0 min (k)"),
        (timedelta(minutes=12, seconds=30), ", for 12 min (k)"),
        (timedelta(days=1, hours=2, minutes=3), ", for 26 h 3 min (k)"),
        (None, " since noon (k)"),
    ],
)
def test_it_is_told_for_how_long(holder, tmp_path, passed, words):
    since = f"{datetime.now(UTC) - passed:%Y-%m-%d %H:%M:%S} UTC" if passed else "noon"
    about = {"process": 1, "host": "h", "since": since, "command": "k"}
    (tmp_path / "out" / FILE).write_text(json.dumps(about))
    with pytest.raises(BusyError, match=re.escape(words)):
        hold(tmp_path / "out").__enter__()


def test_another_lock_of_the_folder_has_words_of_its_own(holder, tmp_path):
    words = {"busy": "a batch is running", "option": ""}
    with (
        hold(tmp_path / "out", ".due", **words),
        pytest.raises(BusyError, match=r"out: a batch is running: .*; wait until it ends$"),
    ):
        hold(tmp_path / "out", ".due", **words).__enter__()
    (tmp_path / "file").touch()
    with pytest.raises(ReportError, match=r"cannot be written \(.+\); see to its permissions$"):
        hold(tmp_path / "file" / "out", **words).__enter__()


def test_other_folders_and_readers_are_not_kept_waiting(holder, tmp_path):
    with hold(tmp_path / "other"):
        assert json.loads((tmp_path / "out" / FILE).read_text())["process"] == holder.pid


def test_an_orderly_end_leaves_no_file(holder, tmp_path):
    holder.communicate("")
    assert list((tmp_path / "out").iterdir()) == []
    with hold(tmp_path / "out"):
        pass
    assert list((tmp_path / "out").iterdir()) == []


def test_the_system_frees_the_lock_of_a_holder_that_was_killed(holder, tmp_path):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert (tmp_path / "out" / FILE).exists()
    with hold(tmp_path / "out"):
        about = json.loads((tmp_path / "out" / FILE).read_text())
        assert about["process"] == os.getpid()


def test_the_lock_is_freed_when_the_block_fails(tmp_path):
    with pytest.raises(ZeroDivisionError), hold(tmp_path):
        1 / 0  # noqa: B018
    with hold(tmp_path):
        pass


def test_a_lock_taken_from_a_file_that_was_just_removed_does_not_count(tmp_path, monkeypatch):
    """The last holder removes the file between our opening and locking it."""
    import fcntl

    lock, opened = fcntl.flock, []

    def late(handle, operation):
        opened.append(handle)
        if len(opened) == 1:
            (tmp_path / FILE).unlink()
        return lock(handle, operation)

    monkeypatch.setattr(fcntl, "flock", late)
    with hold(tmp_path):
        assert len(opened) == 2
        assert (tmp_path / FILE).exists()


@pytest.mark.parametrize("content", ["", "[]", "{", '{"process": 1}', "\x1b[31mred"])
def test_a_holder_that_left_no_readable_name_is_still_a_holder(holder, tmp_path, content):
    (tmp_path / "out" / FILE).write_text(content)
    with pytest.raises(ReportError, match="another run is writing here: its name is not known"):
        hold(tmp_path / "out").__enter__()


def test_a_name_cannot_paint_the_terminal(holder, tmp_path):
    about = dict.fromkeys(("process", "host", "since", "command"), "\x1b[31mred")
    (tmp_path / "out" / FILE).write_text(json.dumps(about))
    with pytest.raises(ReportError) as caught:
        hold(tmp_path / "out").__enter__()
    assert "\x1b" not in str(caught.value)


def test_a_link_in_place_of_the_lock_is_not_followed(tmp_path):
    target = tmp_path / "precious"
    target.write_text("mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / FILE).symlink_to(target)
    with pytest.raises(ReportError, match="cannot be written"):
        hold(tmp_path / "out").__enter__()
    assert target.read_text() == "mine"


def test_a_folder_that_cannot_be_made_is_told_in_one_line(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ReportError, match=r"out: cannot be written \(.+\); choose .* --out"):
        hold(tmp_path / "file" / "out").__enter__()
