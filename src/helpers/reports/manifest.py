"""What became of each edition, kept beside the pages."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any, get_origin

from helpers.data.project import write_atomic
from helpers.reports.inside import is_own_file, read_own
from helpers.reports.outcome import Status

FILE = "manifest.json"
FORMAT = 2
# A name that is no more than that: neither a way to another folder nor an address such as `a:b`.
_PAGE = re.compile(r"[a-z0-9-]+\.html")


@dataclass(frozen=True)
class GoodPage:
    """The last page that was made without a failure.

    Attributes
    ----------
    file : str
        Name in the output folder.
    made : str
        When, ISO 8601 in UTC.
    vintage : str
        Which claims it knows, in words.
    selection : str
        Its parameters, in words.
    parameters : dict
        Its parameters as they were.
    news : str
        Its one line of news.
    bytes : int
        Size of the file.
    sha256 : str
        Digest of the file.
    dated : str
        Name of the dated edition it is a copy of; empty for that one itself.
    """

    file: str
    made: str
    vintage: str
    selection: str
    parameters: dict[str, Any] = field(default_factory=dict)
    news: str = ""
    bytes: int = 0
    sha256: str = ""
    dated: str = ""


@dataclass(frozen=True)
class Record:
    """One edition in the manifest.

    Attributes
    ----------
    edition, title, notebook, question, cadence : str
        From the plan and the notebook.
    status : str
        What became of the last run; a run that found nothing changed leaves it as it is.
    ran : str
        When it ended, ISO 8601 in UTC.
    seconds : float
        How long it took.
    cell : int or None
        The cell at fault, counted from 1.
    error, message : str
        Name and first line of the error.
    page : GoodPage or None
        The last good page, of this run or of an earlier one.
    traceback : str
        The end of the error's traceback.
    attempts : int
        How often it was begun: a kernel that dies is given another try.
    kernel : str
        How the kernel started: ``warm``, or ``cold`` with the reason.
    fingerprint : dict
        What the page was made from, as hashes; empty unless the last run succeeded.
    run : str
        Which run it was.
    verified : str
        When a later run last found that nothing had changed, ISO 8601 in UTC; empty for never.
    """

    edition: str
    title: str
    notebook: str
    question: str
    cadence: str
    status: str
    ran: str
    seconds: float = 0.0
    cell: int | None = None
    error: str = ""
    message: str = ""
    page: GoodPage | None = None
    traceback: str = ""
    attempts: int = 1
    kernel: str = ""
    fingerprint: dict[str, Any] = field(default_factory=dict)
    run: str = ""
    verified: str = ""

    @property
    def good(self) -> bool:
        """Whether the last run succeeded."""
        return self.status == Status.SUCCEEDED

    @property
    def reason(self) -> str:
        """Why the last run failed, in one line; empty when it did not."""
        place = f"cell {self.cell}" if self.cell else ""
        return ": ".join(part for part in (place, self.error, self.message) if part)


def read_manifest(folder: Path) -> dict[str, Record]:
    """Read the manifest of an output folder.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    dict of str to Record
        By edition. A missing or unreadable manifest is empty, an entry that makes no sense is left
        out: pages can always be made again. What older or newer versions wrote is read as far as
        it is known here. A page that is no longer there is not remembered.
    """
    try:
        entries = list(json.loads(read_own(folder / FILE))["editions"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
    records = [read_record(entry, folder) for entry in entries]
    return {record.edition: record for record in records if record}


def write_manifest(folder: Path, records: Iterable[Record], about: Mapping[str, str]) -> None:
    """Write the manifest, as a whole or not at all.

    Parameters
    ----------
    folder : Path
    records : iterable of Record
    about : mapping of str to str
        What goes before them: version, time, vintage of the data.
    """
    entries = [plain_record(record) for record in records]
    content = {"format": FORMAT, **about, "editions": entries}
    write_atomic(folder / FILE, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def plain_record(record: Record) -> dict[str, Any]:
    """Return a record as plain data; other than `dataclasses.asdict`, it copies nothing."""
    return vars(record) | {"page": vars(record.page) if record.page else None}


def read_record(entry: Any, folder: Path) -> Record | None:
    """Read one record.

    Parameters
    ----------
    entry : Any
        As `plain_record` gave it, and JSON brought it back.
    folder : Path
        Where its page is.

    Returns
    -------
    Record or None
        None when a part of it makes no sense; without its page when that is not there.
    """
    try:
        page = GoodPage(**_known(GoodPage, entry["page"])) if entry["page"] else None
        record = Record(**_known(Record, entry | {"page": page}))
        Status(record.status)
        for moment in (
            record.ran,
            record.verified or record.ran,
            page.made if page else record.ran,
        ):
            datetime.fromisoformat(moment)
    except (KeyError, TypeError, ValueError):
        return None
    # The name comes from a file that anybody may have edited: it must not lead elsewhere.
    if page and not (_PAGE.fullmatch(page.file) and is_own_file(folder / page.file)):
        return replace(record, page=None)
    return record


def _known(kind: type, entry: dict[str, Any]) -> dict[str, Any]:
    """Return the values that a record of this kind has, each of the right type."""
    values = {}
    for item in fields(kind):
        if item.name in entry:
            wanted: Any = get_origin(item.type) if get_origin(item.type) is dict else item.type
            if not isinstance(entry[item.name], (int, float) if wanted is float else wanted):
                raise TypeError(f"{item.name} is no {wanted}")
            values[item.name] = entry[item.name]
    return values
