"""What one edition needs on a machine that has the code but not the project."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from helpers.data.errors import ReportError
from helpers.data.project import Project
from helpers.reports.before import Before
from helpers.reports.editions import Edition
from helpers.reports.outcome import Limits
from helpers.reports.scratch import private_folder
from helpers.warm.stamp import environment_stamp, source_stamp

# Dask warns of anything above 10 MB that travels inside a task.
PART = 8_000_000


@dataclass(frozen=True)
class Stamp:
    """Which code and which environment a process runs.

    Attributes
    ----------
    code : str
        Hash over the package's files.
    environment : str
        Hash over the version of Python and the names and versions of what is installed.
    """

    code: str
    environment: str

    def __str__(self) -> str:
        """Name both, short enough to be compared by eye."""
        return f"code {self.code[:12]}, environment {self.environment[:12]}"


@dataclass(frozen=True)
class Task:
    """One edition on its way to a worker: plain data, no code.

    Attributes
    ----------
    key : str
        The task's name on the cluster.
    edition : Edition
        With its parameters resolved: a relative day means the same on every machine.
    notebook : bytes
        The notebook's file.
    limits : Limits
    stamp : Stamp
        What the sender runs; only the same may run this.
    before : Before or None
        What the edition said last time.
    """

    key: str
    edition: Edition
    notebook: bytes
    limits: Limits
    stamp: Stamp
    before: Before | None = None


def stamp() -> Stamp:
    """Return the stamp of the files that this process would import now."""
    return Stamp(source_stamp(), environment_stamp())


def pack_task(
    key: str,
    edition: Edition,
    project: Project,
    *,
    limits: Limits,
    stamp: Stamp,
    before: Before | None = None,
) -> Task:
    """Gather what is an edition's own.

    Parameters
    ----------
    key : str
        The task's name on the cluster.
    edition : Edition
    project : Project
    limits : Limits
    stamp : Stamp
        What this process runs.
    before : Before, optional
        What the edition said last time.

    Returns
    -------
    Task

    Raises
    ------
    ReportError
        The notebook cannot be read.
    """
    path = project.notebooks / f"{edition.notebook}.ipynb"
    try:
        return Task(key, edition, path.read_bytes(), limits, stamp, before)
    except OSError as error:
        reason = f"cannot be read ({error.strerror})"
        raise ReportError(f"{project.name_of(path)}: {reason}; restore it from git") from None


def pack_tables(project: Project) -> tuple[bytes, ...]:
    """Pack the built tables, their descriptor and the boundaries.

    Parameters
    ----------
    project : Project
        Built already.

    Returns
    -------
    tuple of bytes
        A ZIP archive in parts of at most 8 MB; the same files always give the same bytes.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(project.processed.iterdir()):
            # What begins with a dot is somebody's write that isn't finished.
            if path.is_file() and not path.name.startswith("."):
                # Without a date: the files' own would make equal tables unequal archives.
                about = zipfile.ZipInfo(path.name)
                archive.writestr(about, path.read_bytes(), zipfile.ZIP_DEFLATED)
    content = buffer.getvalue()
    return tuple(content[start : start + PART] for start in range(0, len(content), PART))


@contextmanager
def unpacked(task: Task, parts: Sequence[bytes]) -> Iterator[Project]:
    """Lay out a project for one task.

    Parameters
    ----------
    task : Task
    parts : sequence of bytes
        From `pack_tables`.

    Yields
    ------
    Project
        The notebook and the built tables in a private folder, which is gone when the block ends.
        Raw files and plan are left at home.
    """
    with private_folder() as name:
        project = Project(Path(name))
        project.processed.mkdir(parents=True)
        project.notebooks.mkdir()
        (project.notebooks / f"{task.edition.notebook}.ipynb").write_bytes(task.notebook)
        with zipfile.ZipFile(io.BytesIO(b"".join(parts))) as archive:
            for item in archive.namelist():
                # By its last part alone: no name leads out of the folder.
                (project.processed / Path(item).name).write_bytes(archive.read(item))
        yield project
