"""Stay inside an output folder: what somebody else put there leads nowhere.

Pages, records and tables are written under a name of their own and then renamed, which replaces a
link and never follows it. What is left are folders, which would be entered, and files that are
read; both must be there themselves. Nothing here can help against somebody who changes the folder
at the very moment it is looked at: let nobody else write there.
"""

import errno
import os
import stat
from pathlib import Path

# Far beyond any page, table or record; a file without end must not fill the memory.
MOST_BYTES = 500_000_000


def is_own_folder(path: Path) -> bool:
    """Whether a folder is there, and no link to one."""
    return path.is_dir() and not path.is_symlink()


def is_own_file(path: Path) -> bool:
    """Whether a file is there, and neither a link nor a pipe or a device."""
    return path.is_file() and not path.is_symlink()


def make_own_folder(path: Path) -> None:
    """Make a folder in an output folder, unless it is there.

    Parameters
    ----------
    path : Path

    Raises
    ------
    OSError
        It cannot be made, or a link is in its place.
    """
    if path.is_symlink():
        raise OSError(errno.ELOOP, "its folder is a link to elsewhere", str(path))
    path.mkdir(parents=True, exist_ok=True)


def read_own(path: Path) -> bytes:
    """Read a file of an output folder.

    Parameters
    ----------
    path : Path

    Returns
    -------
    bytes

    Raises
    ------
    OSError
        It cannot be read, is a link, a pipe or a device, or has no end.
    """
    # Without O_NONBLOCK the opening of a pipe would wait for somebody who writes into it.
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise OSError(errno.EINVAL, "is no plain file", str(path))
        if about.st_size > MOST_BYTES:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
        return file.read(MOST_BYTES)
