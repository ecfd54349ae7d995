"""One run at a time in a folder; the second is told who holds it, and for how long."""

import fcntl
import json
import os
import shlex
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from helpers.data.errors import ReportError, shorten

FILE = ".lock"
LONGEST = 4096
MOMENT = "%Y-%m-%d %H:%M:%S %Z"


class BusyError(ReportError):
    """Somebody else holds the folder."""


@contextmanager
def hold(
    folder: Path,
    file: str = FILE,
    *,
    busy: str = "another run is writing here",
    option: str = "--out",
) -> Iterator[None]:
    """Keep other runs out of a folder while the block runs.

    The system itself frees the lock when its holder dies, however it dies. Reading the folder is
    never blocked.

    Parameters
    ----------
    folder : Path
        Made when missing.
    file : str
        Name of the file that is locked; each has a holder of its own.
    busy : str
        What its holder does, in a few words.
    option : str
        With what another folder can be chosen; empty where it cannot.

    Raises
    ------
    BusyError
        Somebody else holds it; the message says who, since when, and what to do.
    ReportError
        The folder cannot be written.
    """
    path = folder / file
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = _take(path)
    except BlockingIOError as error:
        instead = f", or choose another folder with {option}" if option else ""
        told = f"{folder}: {busy}: {error.strerror}; wait until it ends{instead}"
        raise BusyError(told) from None
    except OSError as error:
        remedy = f"choose another with {option}" if option else "see to its permissions"
        raise ReportError(f"{folder}: cannot be written ({error.strerror}); {remedy}") from None
    try:
        yield
    finally:
        # Removed while still held: whoever waits for this file sees that it is no longer there.
        with suppress(OSError):
            path.unlink()
        os.close(handle)


def _take(path: Path) -> int:
    """Lock the file and write down who holds it; `BlockingIOError` says who else does."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_still(path, handle):
                _sign(handle)
                return handle
        except BlockingIOError as error:
            holder = _holder(os.pread(handle, LONGEST, 0))
            os.close(handle)
            raise BlockingIOError(error.errno, holder) from None
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _is_still(path: Path, handle: int) -> bool:
    """Tell whether the locked file is still in the folder: its last holder may have removed it."""
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _sign(handle: int) -> None:
    about = {
        "process": os.getpid(),
        "host": socket.gethostname(),
        "since": datetime.now(UTC).strftime(MOMENT),
        "command": shlex.join([os.path.basename(sys.argv[0]), *sys.argv[1:]]),  # noqa: PTH119
    }
    # The lock holds without its words: a full disk is told where it matters, at the pages.
    with suppress(OSError):
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps(about).encode()[:LONGEST], 0)


def _holder(content: bytes) -> str:
    """Say who holds the lock; the file may be empty, cut off or written by anybody."""
    try:
        about = json.loads(content)
        process, host, since, command = (
            shorten(str(about[key])) for key in ("process", "host", "since", "command")
        )
    except (ValueError, KeyError, TypeError):
        return "its name is not known"
    words = f"process {process} on {host} since {since}{_age(since)} ({command})"
    return words if words.isprintable() else repr(words)


def _age(since: str) -> str:
    """Say how long ago a moment was; nothing where it is none."""
    try:
        began = datetime.strptime(since, MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return ""
    # Another machine's clock may be ahead of ours.
    minutes = max(0, int((datetime.now(UTC) - began).total_seconds())) // 60
    hours, rest = divmod(minutes, 60)
    return f", for {hours} h {rest} min" if hours else f", for {minutes} min"
