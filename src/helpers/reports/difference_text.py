"""What `karabakh diff` shows: what differs between two dated editions."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from helpers.data.errors import ReportError
from helpers.data.project import Project
from helpers.reports.changes_box import ChangedFigure, Changes
from helpers.reports.dated import Dated, find_dated, known_names
from helpers.reports.differences import changes_since
from helpers.reports.gather import Gatherer
from helpers.reports.terminal import INDENT, columns, fill
from helpers.reports.vintages import Tables
from helpers.reports.words import day_words


def difference_text(
    project: Project,
    edition: str,
    dates: Sequence[str] = (),
    *,
    folder: Path | None = None,
    width: int | None = None,
) -> str:
    """Describe what differs between two dated editions, for a terminal.

    Parameters
    ----------
    project : Project
    edition : str
    dates : sequence of str
        Names of the older and the newer one, such as 2026-11-02; one is set against the newest,
        none means the last two.
    folder : Path, optional
        Where the pages are; the project's ``reports`` by default.
    width : int, optional
        Columns to fill; those of the terminal by default, at most 100.

    Returns
    -------
    str
        Plain text; no difference is told as such.

    Raises
    ------
    ReportError
        There is no such edition, or no such date; the message lists what there is.
    """
    folder = folder or project.reports
    old, new = _two(folder, edition, dates)
    width = columns(width)
    tables = Tables(folder, project)
    changes = changes_since(Gatherer(tables).before(old, new.tables, new.as_of), new.facts)
    lines = [f"{edition}: {old.name} and {new.name}", *_figures(changes)]
    shared = sorted(old.tables.keys() & new.tables.keys())
    if gone := [file for file in shared if tables.lacks(file, old.tables[file], new.tables[file])]:
        lines.append(f"Not kept as they were, so without their claims: {', '.join(gone)}.")
    lines += _claims(changes)
    return "\n".join(_wrap(line, width) for line in lines)


def _two(folder: Path, edition: str, dates: Sequence[str]) -> tuple[Dated, Dated]:
    names = [str(name) for name in known_names(folder, edition)]
    if len(dates) > 2:
        raise ReportError(f"{len(dates)} dates are too many; give two, one or none")
    if not dates and len(names) < 2:
        raise ReportError(
            f"{edition} has one dated edition, {names[0]}; a second is made when something changed"
        )
    chosen = [*dates, names[-1]] if len(dates) == 1 else dates or names[-2:]
    old, new = (find_dated(folder, edition, name) for name in chosen)
    return old, new


def _figures(changes: Changes) -> Iterator[str]:
    if not changes.figures and not changes.figureless:
        yield "No difference in any key figure."
    for figure in changes.figures:
        change = f" ({figure.change})" if figure.change else ""
        yield f"{figure.label}: {_side(figure, 'before')} -> {_side(figure, 'after')}{change}"


def _side(figure: ChangedFigure, side: str) -> str:
    number, day = getattr(figure, side), getattr(figure, f"{side}_day")
    return f"{number or 'none'}{f' on {day_words(day)}' if day else ''}"


def _claims(changes: Changes) -> Iterator[str]:
    number = len(changes.claims) + changes.more
    if not number:
        yield "No difference in the claims of the sources they cite."
        return
    yield f"{number} claim{'s' * (number != 1)} of the sources they cite made the difference:"
    for claim in changes.claims:
        link = f" {claim.link}" if claim.link else ""
        yield f"{INDENT}{claim.verb}: {claim.text} – {claim.source}{link}"
    if changes.more:
        yield f"{INDENT}and {changes.more} more"


def _wrap(line: str, width: int) -> str:
    return fill(line, width, later=INDENT * (1 + line.startswith(INDENT)))
