"""What the schedule remembers: one SQLite file, read as a whole and changed in one transaction.

Killed before the transaction, a run has changed nothing here: its editions are still due, and the
pages it made are found unchanged by the next one.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from helpers.data.errors import KarabakhError
from helpers.data.project import Project
from helpers.schedule.delivery import Parcel
from helpers.schedule.incidents import Incident
from helpers.schedule.marks import Mark

FOLDER = ".schedule"
FILE = "state.sqlite"
# Tells our files from anybody's ("KLed"), and this layout from later ones.
APPLICATION, FORMAT = 0x4B4C6564, 1
BUSY_SECONDS = 10.0
# Errors that say nothing of what the file holds.
PASSING = {
    *(sqlite3.SQLITE_AUTH, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL),
    *(sqlite3.SQLITE_IOERR, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PERM),
    sqlite3.SQLITE_READONLY,
}
# Beside the main file; a damaged one takes them along.
COMPANIONS = ("", "-wal", "-shm")
REPLACE = {
    "marks": ("DELETE FROM marks", "INSERT INTO marks VALUES (?, ?)"),
    "incidents": ("DELETE FROM incidents", "INSERT INTO incidents VALUES (?, ?)"),
    "outbox": ("DELETE FROM outbox", "INSERT INTO outbox VALUES (?, ?)"),
}
TABLES = """
CREATE TABLE marks (edition TEXT PRIMARY KEY, about TEXT NOT NULL) STRICT;
CREATE TABLE incidents (key TEXT PRIMARY KEY, about TEXT NOT NULL) STRICT;
CREATE TABLE outbox (number INTEGER PRIMARY KEY, about TEXT NOT NULL) STRICT;
"""


class StateError(KarabakhError):
    """The state cannot be read or written."""


class _DamagedError(Exception):
    """What the file holds makes no sense."""


@dataclass(frozen=True)
class State:
    """All that is remembered.

    Attributes
    ----------
    marks : mapping of str to Mark
        By edition.
    incidents : mapping of str to Incident
        What is wrong and was told, by what it concerns.
    outbox : tuple of Parcel
        Messages on their way.
    """

    marks: Mapping[str, Mark] = field(default_factory=dict)
    incidents: Mapping[str, Incident] = field(default_factory=dict)
    outbox: tuple[Parcel, ...] = ()


def state_folder(project: Project) -> Path:
    """Return the folder of state and logs: not the pages', which may be full or read-only."""
    return project.root / FOLDER


def make_state_folder(project: Project) -> Path:
    """Make that folder, for this user alone.

    Raises
    ------
    StateError
        It cannot be made.
    """
    folder = state_folder(project)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise StateError(
            f"{folder}: cannot be made ({error.strerror}); see to the permissions"
        ) from None
    return folder


def read_state(folder: Path) -> tuple[State, str]:
    """Read the state.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    State
        Empty when there is none, or it is damaged.
    str
        What is wrong with it, one line; empty when nothing is.

    Raises
    ------
    StateError
        The file cannot be read for a reason that may pass.
    """
    path = folder / FILE
    if not path.is_file():
        return State(), ""
    try:
        with _opened(path) as connection:
            return _read(connection), ""
    except _DamagedError as error:
        return State(), f"{path} is damaged ({error})"
    except sqlite3.Error as error:
        if (error.sqlite_errorcode & 0xFF) in PASSING:
            raise StateError(f"{path}: cannot be read ({error}); see to its permissions") from None
        return State(), f"{path} is damaged ({error})"


def write_state(folder: Path, state: State) -> None:
    """Replace all that is remembered, in one transaction.

    Parameters
    ----------
    folder : Path
        Nobody else writes there.
    state : State

    Raises
    ------
    StateError
        It could not be written; what was remembered before still is.
    """
    path = folder / FILE
    try:
        with _opened(path) as connection:
            _lay_out(connection)
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                for table, rows in _rows(state).items():
                    empty, insert = REPLACE[table]
                    connection.execute(empty)
                    connection.executemany(insert, rows)
    except (sqlite3.Error, OSError) as error:
        remedy = "free some space, or see to the permissions"
        raise StateError(f"{path}: cannot be written ({error}); {remedy}") from None


def put_aside(folder: Path) -> Path:
    """Move a damaged state out of the way, for somebody to look at.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    Path
        Where its main file is now.

    Raises
    ------
    StateError
        It could not be moved.
    """
    moved = folder / f"{FILE}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    try:
        for ending in reversed(COMPANIONS):
            path = folder / f"{FILE}{ending}"
            if path.exists():
                path.rename(f"{moved}{ending}")
    except OSError as error:
        raise StateError(
            f"{folder / FILE}: is damaged and cannot be moved ({error.strerror}); remove it"
        ) from None
    return moved


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


def _lay_out(connection: sqlite3.Connection) -> None:
    """Make an empty file ours. A write-ahead log lets readers read while a run writes."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    if not _value(connection, "PRAGMA user_version"):
        connection.executescript(
            f"BEGIN IMMEDIATE; {TABLES} PRAGMA application_id = {APPLICATION}; "
            f"PRAGMA user_version = {FORMAT}; COMMIT;"
        )


def _value(connection: sqlite3.Connection, query: str) -> Any:
    return connection.execute(query).fetchone()[0]


def _read(connection: sqlite3.Connection) -> State:
    about = [_value(connection, f"PRAGMA {name}") for name in ("application_id", "user_version")]
    if about == [0, 0] and not _value(connection, "SELECT count(*) FROM sqlite_master"):
        return State()  # made, and not written yet
    if about != [APPLICATION, FORMAT]:
        raise _DamagedError("it is no state of this version")
    if (found := _value(connection, "PRAGMA quick_check(1)")) != "ok":
        raise _DamagedError(" ".join(found.split()))
    try:
        marks, incidents, outbox = (
            {key: json.loads(about) for key, about in connection.execute(query)}
            for query in (
                "SELECT edition, about FROM marks",
                "SELECT key, about FROM incidents",
                "SELECT number, about FROM outbox ORDER BY number",
            )
        )
        return State(
            {edition: Mark.from_plain(about) for edition, about in marks.items()},
            {key: Incident.from_plain(about) for key, about in incidents.items()},
            tuple(map(Parcel.from_plain, outbox.values())),
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _DamagedError(f"what it holds makes no sense: {error}") from None


def _rows(state: State) -> dict[str, list[tuple[Any, str]]]:
    return {
        "marks": [(edition, json.dumps(mark.plain())) for edition, mark in state.marks.items()],
        "incidents": [(key, json.dumps(asdict(item))) for key, item in state.incidents.items()],
        "outbox": [(number, json.dumps(item.plain())) for number, item in enumerate(state.outbox)],
    }
