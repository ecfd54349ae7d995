"""Short marks of what a kernel is made of: installed packages and our own code."""

import hashlib
import sys
from pathlib import Path

PACKAGE = Path(__file__).parents[1]


def environment_stamp() -> str:
    """Mark what is installed.

    Returns
    -------
    str
        A hash over the version of Python and the name and version of every distribution on
        `sys.path`, as their folders' names tell.
    """
    installed = {
        found.name
        for folder in {entry for entry in sys.path if Path(entry).is_dir()}
        for found in Path(folder).glob("*.dist-info")
    }
    return _hash([sys.version, *sorted(installed)])


def source_stamp() -> str:
    """Mark the code of `helpers` as it lies on disk.

    Returns
    -------
    str
        A hash over the name and the content of every file of the package.
    """
    files = sorted(
        path
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.relative_to(PACKAGE).parts
    )
    hashes = [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]
    names = [path.relative_to(PACKAGE).as_posix() for path in files]
    return _hash([f"{name} {digest}" for name, digest in zip(names, hashes, strict=True)])


def _hash(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
