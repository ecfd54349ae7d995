"""What became of each edition, kept beside the pages."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from helpers.data.project import write_atomic

FILE = "manifest.json"
FORMAT = 1


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
    """

    file: str
    made: str
    vintage: str
    selection: str
    parameters: dict[str, Any] = field(default_factory=dict)
    news: str = ""
    bytes: int = 0
    sha256: str = ""


@dataclass(frozen=True)
class Record:
    """One edition in the manifest.

    Attributes
    ----------
    edition, title, notebook, question, cadence : str
        From the plan and the notebook.
    status : str
        What became of the last run.
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
        By edition. A missing or unreadable manifest is empty: pages can always be made again. A
        page that is no longer there is not remembered.
    """
    try:
        entries = json.loads((folder / FILE).read_text(encoding="utf-8"))["editions"]
        records = [_record(entry, folder) for entry in entries]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {record.edition: record for record in records}


def write_manifest(folder: Path, records: Iterable[Record], about: Mapping[str, str]) -> None:
    """Write the manifest, as a whole or not at all.

    Parameters
    ----------
    folder : Path
    records : iterable of Record
    about : mapping of str to str
        What goes before them: version, time, vintage of the data.
    """
    entries = [asdict(record) for record in records]
    content = {"format": FORMAT, **about, "editions": entries}
    write_atomic(folder / FILE, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def _record(entry: dict[str, Any], folder: Path) -> Record:
    page = GoodPage(**entry["page"]) if entry["page"] else None
    # The name comes from a file that anybody may have edited: it must not lead elsewhere.
    if page and (Path(page.file).name != page.file or not (folder / page.file).is_file()):
        page = None
    fields: dict[str, Any] = entry | {"page": page}
    return Record(**fields)
