"""Private temporary folders, and what becomes of those whose owner was killed."""

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

PREFIX = "karabakh-"
OWNER = ".owner"
# Unix socket names end at 107 bytes; "/kernel-65535" and the folder's random part need 30 of them.
LONGEST_TEMPORARY_FOLDER = 75


class PrivateFolder(tempfile.TemporaryDirectory[str]):
    """A temporary folder, readable by nobody else, whose path is short enough for sockets.

    While its owner lives, a lock in it says so to `sweep`.
    """

    def __init__(self) -> None:
        super().__init__(prefix=PREFIX, dir=_base(), ignore_cleanup_errors=True)
        self._owner = -1
        try:
            mark = os.path.join(self.name, OWNER)  # noqa: PTH118
            self._owner = os.open(mark, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._owner, fcntl.LOCK_EX)
        except BaseException:
            self.cleanup()
            raise

    def cleanup(self) -> None:
        """Remove the folder."""
        super().cleanup()
        if self._owner >= 0:
            os.close(self._owner)
            self._owner = -1


def private_folder() -> PrivateFolder:
    """Make a private temporary folder.

    Returns
    -------
    PrivateFolder
        A context manager, like `tempfile.TemporaryDirectory`.

    Raises
    ------
    OSError
        It could not be made: the disk is full, or nothing may be written there.
    """
    while True:
        folder = PrivateFolder()
        # A sweep may have taken it for an orphan in the instant before it was locked.
        if Path(folder.name, OWNER).exists():
            return folder
        folder.cleanup()


def sweep() -> None:
    """Remove the private folders of processes of this user that were killed."""
    for folder in _base().glob(f"{PREFIX}*"):
        # Without our mark it is somebody's own folder that happens to be called so.
        with suppress(OSError):
            handle = os.open(folder / OWNER, os.O_RDWR | os.O_NOFOLLOW)
            try:
                if os.fstat(handle).st_uid == os.getuid():
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(handle)


def _base() -> Path:
    usual = tempfile.gettempdir()
    return Path(usual if len(os.fsencode(usual)) <= LONGEST_TEMPORARY_FOLDER else "/tmp")  # noqa: S108 # nosec B108
