"""What a page was made from, as hashes, and whether any of it is different now.

Imports nothing heavy: a run that finds nothing changed is over before pandas would be loaded.
"""

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from helpers.data.freshness import table_hashes
from helpers.data.modules import short_digest
from helpers.data.project import Project
from helpers.reports.closure import code_hashes, needs, template_hashes
from helpers.reports.editions import Edition
from helpers.reports.inside import read_own
from helpers.reports.manifest import Record
from helpers.reports.outcome import Status
from helpers.reports.vintage import newest_publication
from helpers.warm.stamp import environment_stamp

PINS = "requirements.txt"
LOAD = "helpers.data.load"
NAMED = 3
_BAD: dict[str, str] = {
    Status.FAILED: "the last run failed",
    Status.TIMED_OUT: "the last run timed out",
    Status.KERNEL_DIED: "the last run lost its kernel",
    Status.INTERRUPTED: "the last run was interrupted",
}
# Parts of a fingerprint that hold several hashes, each with what its members are called.
_MANY = {"parameters": "parameter ", "tables": "", "code": "code: ", "template": "template: "}
_ONE = {
    "title": "title",
    "notebook": "notebook",
    "newest": "newest publication",
    "environment": "environment",
    "pins": PINS,
}


def fingerprint(
    edition: Edition, project: Project, reads: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return what a page of an edition is made from, as it is now.

    Take it before the run: what changes while the notebook runs is then noticed by the next.

    Parameters
    ----------
    edition : Edition
    project : Project
        Built already.
    reads : mapping of str to str, optional
        What the run loaded: file name in ``data/processed`` to hash. Known only afterwards, so
        that a run ends with ``before | {"tables": reads}``.

    Returns
    -------
    dict
        Ready for JSON. `title`, `written` and `parameters` as they are; of the `notebook` the
        cells' types, tags, sources and attachments; `tables`; `code` and `template` by file;
        `newest`, the newest publication that the page tells of; `environment` and `pins`.
    """
    cells = _cells(project.notebooks / f"{edition.notebook}.ipynb")
    pins = project.root / PINS
    return {
        "title": edition.title,
        "written": edition.written,
        "parameters": edition.parameters,
        "notebook": short_digest(json.dumps(cells, sort_keys=True).encode()),
        "tables": dict(reads or {}),
        "code": code_hashes(_code(cells)),
        "template": template_hashes(),
        "newest": "" if edition.parameters.get("as_of") else _newest(project),
        "environment": _environment(),
        "pins": short_digest(pins.read_bytes()) if pins.is_file() else "",
    }


def reason_to_run(
    edition: Edition, record: Record | None, project: Project, folder: Path | None = None
) -> str:
    """Say why an edition has to run.

    Parameters
    ----------
    edition : Edition
    record : Record or None
        What the manifest knows of it.
    project : Project
        Built already.
    folder : Path, optional
        Where its page is; the project's ``reports`` by default.

    Returns
    -------
    str
        Empty when its page is there as it was made and nothing it was made from has changed;
        else the first reasons in plain words, such as ``code: charts/trend.py changed``.
    """
    if record is None:
        return "never ran"
    if not record.good:
        return _BAD.get(record.status, f"the last run ended as {record.status}")
    if fault := _page_fault(record, folder or project.reports):
        return fault
    then = record.fingerprint
    if not then:
        return "nothing tells what its page was made from"
    files, tables = _mapping(then, "tables"), table_hashes(project)
    now = fingerprint(edition, project, {name: tables[name] for name in files if name in tables})
    found = list(_differences(then, now))
    if not found and not files and _loads(edition, project):
        return "nothing tells which tables it read"
    more = [f"{len(found) - NAMED} more"] if len(found) > NAMED else []
    return ", ".join([*found[:NAMED], *more])


def _differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for part, called in _MANY.items():
        old, new = _mapping(then, part), now[part]
        names = [name for name in {**new, **old} if old.get(name) != new.get(name)]
        yield from (f"{called}{name} {_change(name, old, new)}" for name in names)
        if part == "parameters":
            old, new = _mapping(then, "written"), now["written"]
            rest = [name for name in {**new, **old} if name not in names]
            moved = [name for name in rest if old.get(name) != new.get(name)]
            yield from (f"parameter {name} is written differently" for name in moved)
    yield from (f"{called} changed" for part, called in _ONE.items() if then.get(part) != now[part])


def _change(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    if name not in old:
        return "is new"
    return "changed" if name in new else "is gone"


def _page_fault(record: Record, folder: Path) -> str:
    try:
        assert record.page is not None
        content = read_own(folder / record.page.file)
    except (OSError, AssertionError):
        return "page missing"
    same = hashlib.sha256(content).hexdigest() == record.page.sha256
    return "" if same else "page is not as it was made"


def _mapping(then: Mapping[str, Any], part: str) -> Mapping[str, Any]:
    """Return a part of a recorded fingerprint; the manifest may have been edited by hand."""
    value = then.get(part)
    return value if isinstance(value, dict) else {}


def _cells(path: Path) -> list[list[Any]]:
    """Read what counts of a notebook; one that cannot be read has nothing."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [
            [
                cell["cell_type"],
                sorted(cell.get("metadata", {}).get("tags", [])),
                "".join(cell["source"]),
                cell.get("attachments", {}),
            ]
            for cell in cells
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []


def _code(cells: list[list[Any]]) -> str:
    return "\n".join(source for kind, _, source, _ in cells if kind == "code")


def _loads(edition: Edition, project: Project) -> bool:
    """Whether a notebook could have read tables."""
    return needs(_code(_cells(project.notebooks / f"{edition.notebook}.ipynb")), LOAD)


def _newest(project: Project) -> str:
    path = project.processed / "sources.csv"
    return _newest_in(project, short_digest(path.read_bytes())) if path.is_file() else ""


@lru_cache(maxsize=4)
def _newest_in(project: Project, _content: str) -> str:
    return newest_publication(project)


def _environment() -> str:
    # Installing or removing anything touches its folder, so the folders' times tell whether the
    # stamp, which lists them, can still be the same.
    folders = [Path(entry) for entry in dict.fromkeys(sys.path) if Path(entry).is_dir()]
    return _stamp(tuple((str(path), path.stat().st_mtime_ns) for path in folders))


@lru_cache(maxsize=4)
def _stamp(_folders: tuple[tuple[str, int], ...]) -> str:
    return environment_stamp()
