"""Puts dated editions on the shelf, and takes away those that the plan keeps no longer."""

import hashlib
import platform
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.data.project import Project, write_atomic
from helpers.reports.dated import (
    Dated,
    dated_names,
    edition_folders,
    last_dated,
    next_name,
    read_dated,
)
from helpers.reports.inside import is_own_folder, make_own_folder
from helpers.reports.keep import Keep, Name
from helpers.reports.manifest import GoodPage, Record
from helpers.reports.policy import ROOT, RUN
from helpers.reports.version import version
from helpers.reports.vintages import drop_unused, keep_tables

if TYPE_CHECKING:
    from helpers.reports.perform import Finished

MAKERS = ("pandas", "matplotlib", "seaborn", "papermill", "nbclient", "nbconvert", "ipykernel")


def placed(html: str, way: str, run: str) -> bytes:
    """Return a page as it is at a place.

    Parameters
    ----------
    html : str
        With links from `ROOT` on, and `RUN` where it names its run.
    way : str
        The output folder, relative to the place: empty, or ``../``.
    run : str
        Id of the run that made it.

    Returns
    -------
    bytes
    """
    named = html.replace(f"<code>{RUN}</code>", f"<code>{run}</code>")
    return named.replace(f'href="{ROOT}', f'href="{way}').encode("utf-8")


def put(folder: Path, project: Project, finished: "Finished", record: Record) -> Name:
    """Write a dated edition, which is never written again.

    The tables come first, the page next, what is known of it last: only then it counts.

    Parameters
    ----------
    folder : Path
        The output folder; nobody else writes there.
    project : Project
    finished : Finished
        With a page.
    record : Record
        For the manifest, with the page.

    Returns
    -------
    Name

    Raises
    ------
    OSError
        It could not be written; nothing of it is left.
    """
    assert record.page is not None
    make_own_folder(folder / record.edition)
    name = next_name(folder, record.edition, finished.made.date())
    content = placed(finished.html, "../", record.run)
    keep_tables(folder, project, finished.outcome.reads)
    page = _about(record.page, f"{name}.html", content)
    dated = Dated(name, replace(record, page=page), finished.facts, _versions(), finished.thumbnail)
    try:
        write_atomic(folder / dated.link, content)
        write_atomic(folder / record.edition / f"{name}.json", dated.json())
    except OSError:
        take(folder, record.edition, [name])
        raise
    return name


def adopt(folder: Path, edition: str, record: Record | None) -> Record | None:
    """Take over a dated edition that a killed run wrote and had no time to record.

    Parameters
    ----------
    folder : Path
        The output folder; nobody else writes there.
    edition : str
    record : Record or None
        What the manifest has of it.

    Returns
    -------
    Record or None
        As that run would have recorded it, its page in place; None when there is no such edition.

    Raises
    ------
    OSError
        The page could not be written.
    """
    dated = last_dated(folder, edition)
    if not dated or not dated.record.page:
        return None
    if record and (dated.record.run == record.run or dated.record.ran < record.ran):
        return None
    content = lifted((folder / dated.link).read_bytes())
    page = replace(_about(dated.record.page, f"{edition}.html", content), dated=str(dated.name))
    write_atomic(folder / page.file, content)
    return replace(dated.record, page=page)


def lifted(content: bytes) -> bytes:
    """Return a dated page as it is in the output folder; `placed` made its links."""
    return content.replace(b'href="../', b'href="')


def clear(folder: Path, edition: str) -> None:
    """Remove dated pages of which nothing is known: the run was killed before it counted."""
    place = folder / edition
    for path in place.glob("*.html"):
        if Name.read(path.stem) and not path.with_suffix(".json").exists():
            with suppress(OSError):
                path.unlink()


def take(folder: Path, edition: str, names: Iterable[Name]) -> None:
    """Take dated editions away: first what is known of each, so that it no longer counts.

    Parameters
    ----------
    folder : Path
        The output folder.
    edition : str
    names : iterable of Name
    """
    if not is_own_folder(folder / edition):
        return
    for name in names:
        for ending in ("json", "html"):
            with suppress(OSError):
                (folder / edition / f"{name}.{ending}").unlink()
    with suppress(OSError):  # it holds others
        (folder / edition).rmdir()


def prune(folder: Path, edition: str, keep: Keep | None) -> None:
    """Take away the dated editions that the plan keeps no longer.

    Parameters
    ----------
    folder : Path
        The output folder.
    edition : str
        It has just succeeded: its newest dated edition is its last good one, and is kept.
    keep : Keep or None
        None keeps all.
    """
    if keep:
        take(folder, edition, keep.superfluous(dated_names(folder, edition)))


def all_dated(folder: Path) -> Iterator[Dated | None]:
    """Read every dated edition; None for one that makes no sense."""
    for place in edition_folders(folder):
        for name in dated_names(folder, place.name):
            yield read_dated(folder, place.name, name)


def tidy(folder: Path, dated: Iterable[Dated | None]) -> None:
    """Remove the tables that no dated edition was made from.

    Parameters
    ----------
    folder : Path
        The output folder.
    dated : iterable of Dated or None
        All that are kept. While one cannot be read, nobody knows what it needs: nothing goes.
    """
    kept = list(dated)
    known = [item for item in kept if item]
    if len(known) == len(kept):
        drop_unused(folder, {content for item in known for content in item.tables.values()})


def _about(page: GoodPage, file: str, content: bytes) -> GoodPage:
    digest = hashlib.sha256(content).hexdigest()
    return replace(page, file=file, bytes=len(content), sha256=digest)


@cache
def _versions() -> dict[str, str]:
    # Of what is loaded here and in the warm parent, whatever is installed meanwhile.
    found = {"karabakh-ledger": version(), "python": platform.python_version()}
    for name in MAKERS:
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found
