"""Gathers what editions said last time, before they run again."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.data.freshness import table_hashes
from helpers.data.project import Project
from helpers.reports.before import Before
from helpers.reports.dated import Dated, last_dated
from helpers.reports.editions import Edition
from helpers.reports.vintages import FILES, Tables

if TYPE_CHECKING:
    from helpers.reports.changes_box import ChangedClaim


class Gatherer:
    """Gathers what several editions said; tables are compared once per pair of vintages.

    Parameters
    ----------
    tables : Tables
    """

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._claims: dict[tuple[str, ...], tuple[tuple[str, ChangedClaim], ...]] = {}

    def before(self, old: Dated, tables: Mapping[str, str], as_of: str) -> Before:
        """Set a dated edition against tables that are kept.

        Parameters
        ----------
        old : Dated
        tables : mapping of str to str
            Those of the newer edition: file name to hash.
        as_of : str
            Its vintage, YYYY-MM-DD; empty for everything.

        Returns
        -------
        Before
        """
        claims = [
            claim
            for file in FILES
            if file in old.tables and file in tables
            for claim in self._changed(file, (old.tables[file], old.as_of), (tables[file], as_of))
        ]
        return Before(old.name.day, old.facts, tuple(claims))

    def _changed(
        self, file: str, old: tuple[str, str], new: tuple[str, str]
    ) -> tuple[tuple[str, "ChangedClaim"], ...]:
        if old == new:
            return ()
        key = (*old, *new)
        if key not in self._claims:
            from helpers.reports.claim_changes import changes_of_table  # late: it needs pandas

            try:
                vintages = [(self.tables.read(file, content), day) for content, day in (old, new)]
                self._claims[key] = changes_of_table(*vintages)
            except Exception:  # of any kind: whoever kept that table may have kept anything
                self._claims[key] = ()
        return self._claims[key]


def gather(folder: Path, editions: Iterable[Edition], project: Project) -> dict[str, Before]:
    """Gather what editions that are about to run said last time.

    Parameters
    ----------
    folder : Path
        The output folder.
    editions : iterable of Edition
    project : Project
        Built already.

    Returns
    -------
    dict of str to Before
        By edition; one that runs for the first time has none.
    """
    gatherer, tables, found = Gatherer(Tables(folder, project)), table_hashes(project), {}
    for edition in editions:
        if last := last_dated(folder, edition.name):
            as_of = str(edition.parameters.get("as_of") or "")
            found[edition.name] = gatherer.before(last, tables, as_of)
    return found
