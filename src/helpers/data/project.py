"""Where the project is, and how a file is written."""

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from helpers.data.errors import ProjectError

ROOT_VARIABLE = "KARABAKH_ROOT"
# Names a file in which a process notes what it loads; `helpers.data.load` writes it.
READS_VARIABLE = "KARABAKH_READS"
# Holds the addresses that alerts go to, which are secrets; no notebook may see it.
ALERTS_VARIABLE = "KARABAKH_ALERTS"


@dataclass(frozen=True)
class Project:
    """One checkout: its folders by name.

    Attributes
    ----------
    root : Path
        The folder that holds ``reports.yml`` and ``data/raw``.
    """

    root: Path

    @property
    def raw(self) -> Path:
        """Folder of the curated CSVs."""
        return self.root / "data" / "raw"

    @property
    def processed(self) -> Path:
        """Folder of the built tables."""
        return self.root / "data" / "processed"

    @property
    def notebooks(self) -> Path:
        """Folder of the notebooks."""
        return self.root / "notebooks"

    @property
    def plan(self) -> Path:
        """The list of editions."""
        return self.root / "reports.yml"

    @property
    def reports(self) -> Path:
        """Folder the pages go to unless told otherwise."""
        return self.root / "reports"

    @property
    def docs(self) -> Path:
        """Folder of the documentation."""
        return self.root / "docs"

    def name_of(self, path: Path) -> str:
        """Return `path` as readers of a message know it: relative to the project."""
        inside = path.is_relative_to(self.root)
        return path.relative_to(self.root).as_posix() if inside else str(path)


def find_project(start: Path | None = None) -> Project:
    """Find the project that a command works on.

    ``KARABAKH_ROOT`` decides when it is set; otherwise the nearest folder from `start` upwards
    that holds both ``reports.yml`` and ``data/raw``.

    Parameters
    ----------
    start : Path, optional
        Where to begin; the current folder by default.

    Returns
    -------
    Project

    Raises
    ------
    ProjectError
        Nothing found, or ``KARABAKH_ROOT`` names a folder that is no project.
    """
    named = os.environ.get(ROOT_VARIABLE)
    if named:
        root = Path(named).expanduser().resolve()
        project = Project(root)
        # A report's own folder on a cluster holds the built tables alone.
        if not project.raw.is_dir() and not project.processed.is_dir():
            raise ProjectError(
                f"{ROOT_VARIABLE}={named}: no folder data/raw there; name a checkout of the project"
            )
        return project
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "reports.yml").is_file() and (folder / "data" / "raw").is_dir():
            return Project(folder)
    raise ProjectError(
        f"{here}: no project here or above (a folder with reports.yml and data/raw); "
        f"change folder or set {ROOT_VARIABLE}"
    )


def write_atomic(path: Path, content: bytes | str) -> None:
    """Write a file so that a reader sees the old content or the new, never a part.

    The content goes to a temporary file beside `path`, is flushed to disk, and takes its name; then
    the folder is flushed, so that after a power cut the file is there under that name.

    Parameters
    ----------
    path : Path
        File to write; its folder is made when missing.
    content : bytes or str
        Text is written as UTF-8 with its line ends untouched.

    Raises
    ------
    OSError
        The folder cannot be written, the disk is full, …; `path` is then as it was.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            os.fchmod(handle, 0o666 & ~_umask())
            file.flush()
            os.fsync(handle)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    # The file is whole under its name by now; a file system that cannot flush folders is no error.
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _umask() -> int:
    # The mask can only be read by setting it; mkstemp's 0600 would hide pages from a web server.
    # What another thread makes in the meantime is too private rather than too open.
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
