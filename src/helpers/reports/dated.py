"""Dated editions as they lie in the output folder: what they are called, and what is known of them.

``<edition>/2026-11-02.html`` is a page that is never written again, and the ``.json`` beside it
tells all that is known of it. An edition exists when both are there: the page is written first.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from helpers.data.errors import ReportError
from helpers.reports.editions import nearest
from helpers.reports.facts import sound_facts
from helpers.reports.inside import is_own_folder, read_own
from helpers.reports.keep import Name
from helpers.reports.manifest import Record, plain_record, read_record

FORMAT = 1
EDITION = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class Dated:
    """A dated edition.

    Attributes
    ----------
    name : Name
    record : Record
        As the manifest had it when the page was made; `page` is about the dated file.
    facts : dict
        Key figures and cited sources; see :mod:`helpers.reports.facts`.
    versions : dict of str to str
        Of what made it.
    thumbnail : str
        A small picture of its first chart, as an address; may be empty.
    """

    name: Name
    record: Record
    facts: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    thumbnail: str = ""

    @property
    def link(self) -> str:
        """Where the page is, relative to the output folder."""
        return f"{self.record.edition}/{self.name}.html"

    @property
    def tables(self) -> dict[str, str]:
        """The files it was made from: name in ``data/processed`` to hash."""
        tables = self.record.fingerprint.get("tables")
        return tables if isinstance(tables, dict) else {}

    @property
    def as_of(self) -> str:
        """Its vintage, YYYY-MM-DD; empty for everything."""
        assert self.record.page is not None
        return str(self.record.page.parameters.get("as_of") or "")

    def json(self) -> str:
        """Return it as `read_dated` reads it."""
        content = {
            "format": FORMAT,
            "edition": self.record.edition,
            "name": str(self.name),
            "record": plain_record(self.record),
            "versions": self.versions,
            "facts": self.facts,
            "thumbnail": self.thumbnail,
        }
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def edition_folders(folder: Path) -> list[Path]:
    """Return the folders of dated editions in an output folder, by name; links are none."""
    return sorted(path for path in folder.glob("[!.]*") if _is_edition(path))


def dated_names(folder: Path, edition: str) -> list[Name]:
    """Return the names of an edition's dated editions, the oldest first.

    Parameters
    ----------
    folder : Path
        The output folder.
    edition : str

    Returns
    -------
    list of Name
        Those of which both files are there; none where the folder is a link to elsewhere.
    """
    place = folder / edition
    if not is_own_folder(place):
        return []
    stems = {path.stem for path in place.glob("*.json")} & {
        path.stem for path in place.glob("*.html")
    }
    return sorted(name for name in map(Name.read, stems) if name)


def next_name(folder: Path, edition: str, day: date) -> Name:
    """Return a name that no dated edition has, and that comes after all others of its day."""
    stems = (path.stem for path in (folder / edition).glob(f"{day}*"))
    numbers = [name.number for name in map(Name.read, stems) if name and name.day == day]
    return Name(day, max(numbers, default=0) + 1)


def read_dated(folder: Path, edition: str, name: Name) -> Dated | None:
    """Read a dated edition.

    Parameters
    ----------
    folder : Path
        The output folder.
    edition : str
    name : Name

    Returns
    -------
    Dated or None
        None when its files are not there, or make no sense.
    """
    place = folder / edition
    try:
        content = json.loads(read_own(place / f"{name}.json"))
        record = read_record(content["record"], place)
        versions, thumbnail = content.get("versions"), content.get("thumbnail")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    # What a file says of itself must be where it lies: it may have been edited, or moved.
    if (
        not record
        or not record.page
        or (record.edition, record.page.file)
        != (
            edition,
            f"{name}.html",
        )
    ):
        return None
    return Dated(
        name,
        record,
        facts=sound_facts(content.get("facts")),
        versions=versions if isinstance(versions, dict) else {},
        thumbnail=thumbnail if _is_picture(thumbnail) else "",
    )


def last_dated(folder: Path, edition: str) -> Dated | None:
    """Return the newest dated edition that can be read."""
    names = reversed(dated_names(folder, edition))
    return next(filter(None, (read_dated(folder, edition, name) for name in names)), None)


def find_dated(folder: Path, edition: str, text: str) -> Dated:
    """Find a dated edition by what somebody calls it.

    Parameters
    ----------
    folder : Path
        The output folder.
    edition : str
    text : str
        Its name, such as 2026-11-02.

    Returns
    -------
    Dated

    Raises
    ------
    ReportError
        There is none; the message lists what there is.
    """
    names = known_names(folder, edition)
    name = Name.read(text)
    if name is None or name not in names:
        there = ", ".join(map(str, names))
        raise ReportError(f"{text!r} is no dated edition of {edition}; there are {there}")
    dated = read_dated(folder, edition, name)
    if dated is None:
        raise ReportError(f"{folder / edition / f'{name}.json'}: makes no sense; choose another")
    return dated


def known_names(folder: Path, edition: str) -> list[Name]:
    """Return the dated editions of an edition that must have some.

    Raises
    ------
    ReportError
        It has none; the message says which have.
    """
    known = [path.name for path in edition_folders(folder) if dated_names(folder, path.name)]
    if edition not in known:
        remedy = nearest(edition, known) if known else "make some with `karabakh report`"
        raise ReportError(f"{edition!r} has no dated editions in {folder}; {remedy}")
    return dated_names(folder, edition)


def _is_edition(path: Path) -> bool:
    return bool(EDITION.fullmatch(path.name)) and is_own_folder(path)


def _is_picture(thumbnail: Any) -> bool:
    """Whether an address holds the picture itself: the index loads nothing from anywhere."""
    return isinstance(thumbnail, str) and thumbnail.startswith("data:image/")
