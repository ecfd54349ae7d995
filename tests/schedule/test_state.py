"""The state is read as a whole, changed as a whole, and never lies about being damaged."""

import os
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from helpers.data.project import Project
from helpers.schedule.delivery import Parcel
from helpers.schedule.incidents import Incident
from helpers.schedule.marks import Mark
from helpers.schedule.messages import Message
from helpers.schedule.state import (
    FILE,
    State,
    StateError,
    make_state_folder,
    put_aside,
    read_state,
    write_state,
)

SLOT = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
FULL = State(
    {"overview": Mark(SLOT, "failed", "cell 3: ValueError", "r1", ran=SLOT, tries=1, retry=SLOT)},
    {"overview": Incident("overview", "All", "failed", "cell 3", SLOT.isoformat(), "r1")},
    (
        Parcel(Message("one", "body"), SLOT.isoformat(), frozenset({"a1"})),
        Parcel(Message("two", "body", "failure"), SLOT.isoformat()),
    ),
)


def query(folder: Path, text: str) -> list[tuple]:
    connection = sqlite3.connect(folder / FILE, isolation_level=None)
    try:
        return connection.execute(text).fetchall()
    finally:
        connection.close()


def test_what_was_written_is_read(tmp_path: Path) -> None:
    assert read_state(tmp_path) == (State(), "")
    for state in (FULL, State(), FULL):
        write_state(tmp_path, state)
        assert read_state(tmp_path) == (state, "")


def test_the_file_is_in_wal_mode_and_private(project: Project) -> None:
    old = os.umask(0)
    try:
        folder = make_state_folder(project)
    finally:
        os.umask(old)
    write_state(folder, FULL)
    assert query(folder, "PRAGMA journal_mode") == [("wal",)]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert make_state_folder(project) == folder


def test_a_folder_that_cannot_be_made_is_told(project: Project) -> None:
    (project.root / ".schedule").symlink_to(project.root / "missing")
    with pytest.raises(StateError, match=r"\.schedule: cannot be made"):
        make_state_folder(project)


KILLED = """
import os, sys
from pathlib import Path
from helpers.schedule import state
class Dying(list):
    def __iter__(self):
        yield (1, "{}")
        os.kill(os.getpid(), 9)
state._rows = lambda new: {"marks": [], "incidents": [], "outbox": Dying()}
state.write_state(Path(sys.argv[1]), state.State())
"""


def test_a_kill_in_the_middle_changes_nothing(tmp_path: Path) -> None:
    write_state(tmp_path, FULL)
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)])
    assert done.returncode == -9
    assert read_state(tmp_path) == (FULL, "")


def test_an_error_in_the_middle_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_state(tmp_path, FULL)
    twice = {"marks": [("a", "{}"), ("a", "{}")], "incidents": [], "outbox": []}
    monkeypatch.setattr("helpers.schedule.state._rows", lambda _: twice)
    with pytest.raises(StateError, match="cannot be written"):
        write_state(tmp_path, State())
    assert read_state(tmp_path) == (FULL, "")


def damage_truncate(folder: Path) -> None:
    path = folder / FILE
    path.write_bytes(path.read_bytes()[:5000])


def damage_noise(folder: Path) -> None:
    path = folder / FILE
    content = bytearray(path.read_bytes())
    content[4096:8192] = os.urandom(4096)
    path.write_bytes(content)


def damage_text(folder: Path) -> None:
    (folder / FILE).write_text("no database at all, but long enough to look at" * 99)


def damage_row(folder: Path) -> None:
    query(folder, 'UPDATE marks SET about = \'{"slot": "never"}\'')


def damage_json(folder: Path) -> None:
    query(folder, "UPDATE outbox SET about = 'x'")


def damage_incident(folder: Path) -> None:
    query(folder, "UPDATE incidents SET about = json_set(about, '$.since', 'once')")


def damage_message(folder: Path) -> None:
    query(folder, "UPDATE outbox SET about = json_set(about, '$.message.title', 5)")


def damage_tables(folder: Path) -> None:
    query(folder, "DROP TABLE incidents")


def damage_version(folder: Path) -> None:
    query(folder, "PRAGMA user_version = 99")


def damage_foreign(folder: Path) -> None:
    (folder / FILE).unlink()
    query(folder, "CREATE TABLE somebodys (own)")


@pytest.mark.parametrize(
    "damage",
    [
        *(damage_truncate, damage_noise, damage_text, damage_row),
        *(damage_json, damage_tables, damage_version, damage_foreign),
        *(damage_incident, damage_message),
    ],
)
def test_damage_is_noticed_and_put_aside(tmp_path: Path, damage) -> None:
    write_state(tmp_path, FULL)
    damage(tmp_path)
    content = (tmp_path / FILE).read_bytes()
    state, what = read_state(tmp_path)
    assert state == State()
    assert what.startswith(f"{tmp_path / FILE} is damaged (")
    assert "\n" not in what
    moved = put_aside(tmp_path)
    assert moved.name.startswith(f"{FILE}.damaged-20")
    assert moved.read_bytes() == content
    assert read_state(tmp_path) == (State(), "")
    write_state(tmp_path, FULL)
    assert read_state(tmp_path) == (FULL, "")


def test_an_empty_file_is_a_new_state(tmp_path: Path) -> None:
    (tmp_path / FILE).touch()
    assert read_state(tmp_path) == (State(), "")
    write_state(tmp_path, FULL)
    assert read_state(tmp_path) == (FULL, "")


def test_a_lock_that_lasts_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpers.schedule.state.BUSY_SECONDS", 0.05)
    write_state(tmp_path, FULL)
    connection = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        assert read_state(tmp_path) == (FULL, "")  # readers never wait for a writer
        with pytest.raises(StateError, match="locked"):
            write_state(tmp_path, State())
    finally:
        connection.close()


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(StateError, match="cannot be written"):
        write_state(tmp_path, FULL)
