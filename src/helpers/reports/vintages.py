"""Copies of the built tables that dated editions were made from, kept once per content."""

import io
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.data.inputs import digest
from helpers.data.project import Project, write_atomic
from helpers.data.vocabulary import FIGURE_TABLES
from helpers.reports.inside import is_own_file, is_own_folder, make_own_folder, read_own

if TYPE_CHECKING:
    import pandas as pd

FOLDER = ".vintages"
FILES = {f"{table}.parquet": table for table in FIGURE_TABLES}
_HASH = re.compile(r"sha256:([0-9a-f]{64})")


def keep_tables(folder: Path, project: Project, tables: Mapping[str, str]) -> None:
    """Copy the claim tables that an edition was made from, unless they are there already.

    Parameters
    ----------
    folder : Path
        The output folder.
    project : Project
    tables : mapping of str to str
        What the edition read: file name in ``data/processed`` to hash. A file that has changed
        since is passed over.

    Raises
    ------
    OSError
        A copy cannot be written.
    """
    for file in FILES.keys() & tables.keys():
        path = _place(folder, tables[file])
        if path and not (is_own_folder(path.parent) and is_own_file(path)):
            with suppress(FileNotFoundError):
                content = (project.processed / file).read_bytes()
                if digest(content) == tables[file]:
                    make_own_folder(path.parent)
                    write_atomic(path, content)


class Tables:
    """Reads tables as they were: those that are kept, and those that are built now.

    Parameters
    ----------
    folder : Path
        The output folder.
    project : Project
    """

    def __init__(self, folder: Path, project: Project) -> None:
        self.folder, self.project = folder, project

    def read(self, file: str, content_hash: str) -> "pd.DataFrame | None":
        """Read a table.

        Parameters
        ----------
        file : str
            What it is called in ``data/processed``.
        content_hash : str
            As a fingerprint has it.

        Returns
        -------
        DataFrame or None
            None when it is no longer kept as it was.
        """
        import pandas as pd  # late: most runs compare nothing

        content = self._content(file, content_hash)
        return None if content is None else pd.read_parquet(io.BytesIO(content))

    def lacks(self, file: str, *hashes: str) -> bool:
        """Whether a claim table is no longer kept in one of several vintages."""
        return file in FILES and any(self._content(file, known) is None for known in hashes)

    def _content(self, file: str, content_hash: str) -> bytes | None:
        kept = _place(self.folder, content_hash)
        if kept and is_own_folder(kept.parent):
            with suppress(OSError):
                if digest(content := read_own(kept)) == content_hash:
                    return content
        with suppress(OSError):
            if digest(content := (self.project.processed / file).read_bytes()) == content_hash:
                return content
        return None


def drop_unused(folder: Path, used: Iterable[str]) -> None:
    """Remove the copies that no kept edition was made from.

    Parameters
    ----------
    folder : Path
        The output folder.
    used : iterable of str
        Hashes that are still of use.
    """
    kept = {path.name for path in (_place(folder, content_hash) for content_hash in used) if path}
    if not is_own_folder(folder / FOLDER):
        return
    for path in (folder / FOLDER).glob("*.parquet"):
        if path.name not in kept:
            with suppress(OSError):
                path.unlink()


def _place(folder: Path, content_hash: str) -> Path | None:
    """Return where a copy lies; what is no hash has no place."""
    found = _HASH.fullmatch(content_hash) if isinstance(content_hash, str) else None
    return folder / FOLDER / f"{found[1]}.parquet" if found else None
