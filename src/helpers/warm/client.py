"""Starting, finding and ending warm parents."""

import fcntl
import hashlib
import json
import os
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from helpers.data.errors import ReportError
from helpers.warm.sockets import connect_to, converse, listen, spawn
from helpers.warm.stamp import environment_stamp, source_stamp
from helpers.warm.startup import taken_once

LINGER = 600.0
# A shared parent that answers the door may be leaving, or dying, just now.
ATTEMPTS = 3
# Names of Unix sockets end at 107 bytes; ours and those of kernels need up to 30 of them.
LONGEST_FOLDER = 75


class WarmParent:
    """A parent of one run's own; it loads while the caller goes on, and ends with its owner.

    Use as a context manager, or call `close`.

    Parameters
    ----------
    folder : Path
        Existing private folder with a short name, see `helpers.reports.kernel.private_folder`.
    """

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "warm"
        listener = listen(self.socket)
        # The parent stays while this is open; it is the first to be accepted.
        self._hold = connect_to(self.socket)
        try:
            with listener:
                self._process = spawn(listener, self.socket, taken_once(os.environ, Path.cwd()))
        except BaseException:
            self._hold.close()
            raise

    def __enter__(self) -> "WarmParent":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the parent and any kernel of it, and wait for that; again does nothing."""
        self._hold.close()
        self._process.terminate()
        self._process.wait()
        self.socket.unlink(missing_ok=True)  # it may have ended while loading


def shared_folder() -> Path:
    """Return the folder of the shared parents' sockets, made private to this user.

    Raises
    ------
    ReportError
        Somebody else owns a folder of that name, or others may write there.
    """
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    bases = [Path(runtime)] if runtime and Path(runtime).is_dir() else []
    bases += [Path(tempfile.gettempdir()), Path("/tmp")]  # noqa: S108 # nosec B108
    folders = [base / f"karabakh-{os.getuid()}" for base in bases]
    folder = next(item for item in folders if len(os.fsencode(item)) <= LONGEST_FOLDER)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if not folder.is_dir() or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise ReportError(f"{folder}: not a private folder of this user; remove it")
    return folder


def shared_socket(once: Mapping[str, str]) -> Path:
    """Name the socket of the shared parent that fits.

    Other packages, other code and other variables that matter at start make another name, so a
    kernel never comes from a parent that loaded something else; old parents linger out.

    Parameters
    ----------
    once : mapping of str to str
        From `helpers.warm.startup.taken_once`.
    """
    parts = [sys.prefix, environment_stamp(), source_stamp(), dict(once)]
    key = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    return shared_folder() / f"{key[:12]}.warm"


def connect_shared(
    environment: Mapping[str, str], folder: Path, linger: float | None = None
) -> socket.socket:
    """Connect to the shared parent, starting it where none runs; it may still be loading.

    Parameters
    ----------
    environment : mapping of str to str
        Of the kernels to come.
    folder : Path
        They start in.
    linger : float, optional
        Seconds a new parent stays without clients.

    Returns
    -------
    socket
        Connected.

    Raises
    ------
    OSError
        The socket cannot be made, or Python not be started.
    ReportError
        See `shared_folder`.
    """
    once = taken_once(environment, folder)
    with _locked():
        path = shared_socket(once)
        with suppress(FileNotFoundError, ConnectionRefusedError):
            return connect_to(path)
        path.unlink(missing_ok=True)  # of a parent that was killed
        with listen(path) as listener:
            connection = connect_to(path)
            stay = LINGER if linger is None else linger
            spawn(listener, path, once, "--shared", "--linger", str(stay)).wait()
    return connection


def start_shared(linger: float = LINGER) -> str:
    """Start the shared parent for kernels with this process's environment, and wait till it loaded.

    Parameters
    ----------
    linger : float
        Seconds it stays when no kernel needs it. Holds for one that runs already, too.

    Returns
    -------
    str
        Why it cannot fork kernels; empty if it can.

    Raises
    ------
    OSError, ReportError
        See `connect_shared`.
    """
    for _ in range(ATTEMPTS):
        with connect_shared(os.environ, Path.cwd(), linger) as connection:
            if answer := converse(connection, {"hello": True, "linger": linger}):
                return answer["refusal"]
    return "it ended while loading"


def stop_shared() -> int:
    """End all shared parents of this user; those with kernels end after the last of them.

    Returns
    -------
    int
        How many there were.
    """
    stopped = 0
    with _locked() as folder:
        for path in folder.glob("*.warm"):
            try:
                with connect_to(path) as connection:
                    converse(connection, {"stop": True, "hello": True})
                stopped += 1
            except ConnectionRefusedError:
                path.unlink(missing_ok=True)
        with suppress(OSError):  # something else is in it
            folder.rmdir()
    return stopped


@contextmanager
def _locked() -> Iterator[Path]:
    """Let one process at a time start or stop shared parents, or remove their folder."""
    while True:
        folder = shared_folder()
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            # A parent removes the folder when it leaves last.
            if folder.is_dir() and os.path.samestat(os.fstat(handle), folder.stat()):
                yield folder
                return
        finally:
            os.close(handle)
