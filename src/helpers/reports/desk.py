"""Where finished runs are published: pages, manifest and index of one folder."""

import errno
import hashlib
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.data.errors import ReportError
from helpers.data.project import Project, write_atomic
from helpers.reports import manifest, shelf, vintages, words
from helpers.reports.dated import edition_folders
from helpers.reports.editions import Edition
from helpers.reports.inside import is_own_file, is_own_folder
from helpers.reports.manifest import GoodPage, Record, read_manifest, write_manifest
from helpers.reports.outcome import Status
from helpers.reports.version import version
from helpers.reports.vintage import newest_publication

if TYPE_CHECKING:
    from helpers.reports.perform import Finished

# What `write_atomic` calls a file until it is whole.
HALF = re.compile(r"\..+\.(html|json|parquet|xml)\.[a-z0-9_]{8}")


class Desk:
    """Publishes into one output folder and keeps its manifest.

    Parameters
    ----------
    project : Project
        Built already.
    folder : Path
        Exists, and nobody else writes there (see `helpers.reports.lock.hold`).
    plan : sequence of Edition
        All editions of the plan: what it no longer has is forgotten, its page stays.
    run : str
        Id of this run.

    Attributes
    ----------
    records : dict of str to Record
        By edition, as they were and as they become.
    faults : list of str
        What could not be written in the end, one line each.
    """

    def __init__(self, project: Project, folder: Path, plan: Sequence[Edition], run: str) -> None:
        self.project, self.folder, self.plan, self.run = project, folder, plan, run
        self.newest = newest_publication(project)
        self.records = read_manifest(folder)
        self.faults: list[str] = []
        self._news = False
        self._unwritten: OSError | None = None

    def open(self) -> None:
        """Clear away what a killed run left, and try to write: better known before than after.

        Raises
        ------
        ReportError
            The folder cannot be written.
        """
        shelves = edition_folders(self.folder)
        kept = [*shelves, self.folder / vintages.FOLDER]
        for place in (self.folder, *filter(is_own_folder, kept)):
            for path in place.iterdir():
                if HALF.fullmatch(path.name):
                    with suppress(OSError):
                        path.unlink()
        for place in shelves:
            shelf.clear(self.folder, place.name)
        self._save()
        if self._unwritten:
            reason = self._unwritten.strerror
            raise ReportError(
                f"{self.folder}: cannot be written ({reason}); {_remedy(self._unwritten)}"
            )

    def adopt(self, edition: Edition) -> bool:
        """Take over what a killed run made of an edition; whether there is such."""
        try:
            record = shelf.adopt(self.folder, edition.name, self.records.get(edition.name))
        except OSError:  # it runs again, and tells what hinders it
            return False
        if record:
            self.records[edition.name] = record
            self._news = True
        return record is not None

    def skip(self, edition: Edition) -> Record:
        """Note that nothing has changed since the last run of an edition."""
        self.records[edition.name] = replace(
            self.records[edition.name],
            title=edition.title,
            question=edition.question,
            cadence=edition.cadence,
            verified=datetime.now(UTC).replace(microsecond=0).isoformat(),
        )
        return self.records[edition.name]

    def publish(self, finished: "Finished", fingerprint: Mapping[str, Any]) -> Record:
        """Write the pages of a run that succeeded, and the record of any.

        The dated page comes first, then the latest, then the record: should the run end in
        between, the record doesn't fit the page, and the next run makes it again.
        """
        record = self._record(finished)
        if record.good:
            try:
                new = replace(record, fingerprint=dict(fingerprint))
                record = self._write_pages(finished, new)
            except OSError as error:
                message = f"the page could not be written: {error.strerror}; {_remedy(error)}"
                kind = type(error).__name__
                record = replace(record, status=str(Status.FAILED), error=kind, message=message)
        self.records[record.edition] = record
        self._save()
        self._news = True
        if record.good:
            shelf.prune(self.folder, record.edition, finished.edition.keep)
        return record

    def close(self) -> None:
        """Write what is around the pages, and the manifest where it isn't; note what cannot be."""
        if self._unwritten:
            self._save()
        if self._unwritten:
            self._note(manifest.FILE, self._unwritten)
        self._write_site()

    def known(self) -> list[Record]:
        """Return the records of the editions that the plan has, in its order."""
        names = [edition.name for edition in self.plan]
        return [self.records[name] for name in names if name in self.records]

    def _record(self, finished: "Finished") -> Record:
        """Tell what became of a run, with the page there was before."""
        edition, outcome = finished.edition, finished.outcome
        earlier = self.records.get(edition.name)
        return Record(
            edition=edition.name,
            title=edition.title,
            notebook=edition.notebook,
            question=edition.question,
            cadence=edition.cadence,
            status=str(outcome.status),
            ran=finished.made.isoformat(),
            seconds=round(outcome.seconds, 3),
            cell=outcome.cell,
            error=outcome.error,
            message=outcome.message,
            page=earlier.page if earlier else None,
            traceback=outcome.traceback,
            attempts=outcome.attempts,
            kernel=outcome.kernel,
            run=self.run,
        )

    def _write_pages(self, finished: "Finished", record: Record) -> Record:
        edition, content = finished.edition, shelf.placed(finished.html, "", self.run)
        page = GoodPage(
            file=f"{edition.name}.html",
            made=finished.made.isoformat(),
            vintage=finished.vintage,
            selection=words.selection_words(edition.parameters, edition.given),
            parameters=edition.parameters,
            news=finished.news,
            bytes=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )
        name = shelf.put(self.folder, self.project, finished, replace(record, page=page))
        try:
            write_atomic(self.folder / page.file, content)
        except OSError:
            shelf.take(self.folder, edition.name, [name])
            raise
        return replace(record, page=replace(page, dated=str(name)))

    def _write_site(self) -> None:
        from helpers.reports.site import AROUND, site_files  # late: the templates' engine

        dated = None
        if self._news or not all(is_own_file(self.folder / file) for file in AROUND):
            dated = list(shelf.all_dated(self.folder))
            shelf.tidy(self.folder, dated)
        files = site_files(
            self.folder,
            self.known(),
            made=datetime.now(UTC),
            vintage=words.vintage_words("", self.newest),
            dated=None if dated is None else [item for item in dated if item],
        )
        told: set[int | None] = set()
        for file, content in files:
            try:
                write_atomic(self.folder / file, content)
            except OSError as error:  # once for each cause: the others most likely share it
                if error.errno not in told:
                    self._note(file, error)
                told.add(error.errno)

    def _save(self) -> None:
        """Write the manifest; what hinders that is kept for later, when it may have passed."""
        about = {"version": version(), "newest_publication": self.newest}
        try:
            write_manifest(self.folder, self.known(), about)
            self._unwritten = None
        except OSError as error:
            self._unwritten = error

    def _note(self, file: str, error: OSError) -> None:
        reason = f"could not be written ({error.strerror})"
        self.faults.append(f"{self.folder / file}: {reason}; {_remedy(error)}")


def _remedy(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "free some space and run it again"
    if error.errno in (errno.ELOOP, errno.EEXIST, errno.EISDIR, errno.ENOTDIR, errno.ENOTEMPTY):
        return f"remove {error.filename2 or error.filename}, or choose another folder with --out"
    return "see to its permissions, or choose another folder with --out"
