"""Telling of trouble that cannot be remembered, such as a full disk, but not each time."""

import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from helpers.schedule.delivery import Parcel, deliver
from helpers.schedule.messages import Message
from helpers.schedule.state import State, StateError, write_state

# Empty, so that it can be made, or get a new date, where not one byte can be written any more.
MARK = "unsaved"
DAY_SECONDS = 86_400.0
REMEDY = (
    "What to do: see to the disk or the permissions of the folder .schedule. Until then nothing of "
    "what the schedule does is remembered: editions are tried at every call, and this is told once "
    "a day."
)


def save(folder: Path, state: State, addresses: str, *, project: str) -> None:
    """Write the state; where that fails, send its outbox at once, unless that was done today.

    Parameters
    ----------
    folder : Path
        Of the state; nobody else writes there.
    state : State
    addresses : str
        Where alerts go.
    project : str
        Begins the title of a message.

    Raises
    ------
    StateError
        It could not be written.
    """
    try:
        write_state(folder, state)
    except StateError as error:
        _tell(folder, error, state.outbox, addresses, project=project)
        raise
    with suppress(OSError):
        (folder / MARK).unlink()


def _tell(
    folder: Path, error: StateError, parcels: Sequence[Parcel], addresses: str, *, project: str
) -> None:
    mark = folder / MARK
    with suppress(OSError):  # where not even this can be noted, silence is better than a flood
        if mark.exists() and time.time() - mark.stat().st_mtime < DAY_SECONDS:
            return
        mark.touch()
        title = f"{project}: the schedule remembers nothing"
        own = Message(title, f"Why: {error}\n{REMEDY}", "failure")
        deliver([Parcel(own, datetime.now(UTC).isoformat()), *parcels], addresses)
