"""Where finished runs are published: pages, manifest and index of one folder."""

import csv
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from helpers.data.errors import ReportError
from helpers.data.project import Project, write_atomic
from helpers.reports import words
from helpers.reports.editions import Edition
from helpers.reports.execute import Outcome, Status
from helpers.reports.manifest import GoodPage, Record, read_manifest, write_manifest
from helpers.reports.news import news_of
from helpers.reports.render import Page, render
from helpers.reports.site import render_index
from helpers.reports.version import version

INDEX = "index.html"


class Desk:
    """Publishes into one output folder and keeps its manifest.

    Parameters
    ----------
    project : Project
        Built already.
    folder : Path
        Made when missing.
    plan : sequence of Edition
        All editions of the plan: what it no longer has is forgotten, its page stays.

    Raises
    ------
    ReportError
        The folder cannot be written; better known before an hour of work than after.
    """

    def __init__(self, project: Project, folder: Path, plan: Sequence[Edition]) -> None:
        self.project, self.folder, self.plan = project, folder, plan
        self.newest = newest_publication(project)
        self.records = read_manifest(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._write_manifest()
        except OSError as error:
            raise ReportError(
                f"{folder}: cannot be written ({error.strerror}); choose another with --out"
            ) from None

    def publish(self, edition: Edition, outcome: Outcome) -> Record:
        """Write the page of a run that succeeded, and the record of any."""
        made = datetime.now(UTC).replace(microsecond=0)
        earlier = self.records.get(edition.name)
        page = earlier.page if earlier else None
        status, error, message = outcome.status, outcome.error, outcome.message
        if outcome.status is Status.SUCCEEDED:
            try:
                page = self._write_page(edition, outcome, made)
            except Exception as exception:  # a page that cannot be made must not stop the others
                status, error = Status.FAILED, type(exception).__name__
                message = f"the page could not be made: {exception}"
        self.records[edition.name] = Record(
            edition=edition.name,
            title=edition.title,
            notebook=edition.notebook,
            question=edition.question,
            cadence=edition.cadence,
            status=str(status),
            ran=made.isoformat(),
            seconds=round(outcome.seconds, 3),
            cell=outcome.cell,
            error=error,
            message=message,
            page=page,
        )
        self._write_manifest()
        return self.records[edition.name]

    def _write_page(self, edition: Edition, outcome: Outcome, made: datetime) -> GoodPage:
        about = Page(
            edition=edition.name,
            title=edition.title,
            notebook=edition.notebook,
            made=made,
            parameters=edition.parameters,
            helps={name: item.help for name, item in edition.accepts.items()},
            newest=self.newest,
            version=version(),
        )
        assert outcome.notebook is not None
        html = render(outcome.notebook, about)
        content = html.encode("utf-8")
        file = f"{edition.name}.html"
        write_atomic(self.folder / file, content)
        return GoodPage(
            file=file,
            made=made.isoformat(),
            vintage=about.vintage,
            selection=words.selection_words(edition.parameters, edition.given),
            parameters=edition.parameters,
            news=news_of(html),
            bytes=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )

    def publish_index(self) -> None:
        """Write the index of everything in the folder that the plan still has."""
        made, vintage = datetime.now(UTC), words.vintage_words("", self.newest)
        index = render_index(self._known(), made=made, vintage=vintage)
        write_atomic(self.folder / INDEX, index)

    def _known(self) -> list[Record]:
        names = [edition.name for edition in self.plan]
        return [self.records[name] for name in names if name in self.records]

    def _write_manifest(self) -> None:
        about = {"version": version(), "newest_publication": self.newest}
        write_manifest(self.folder, self._known(), about)


def newest_publication(project: Project) -> str:
    """Return the newest publication date in the built data.

    Parameters
    ----------
    project : Project

    Returns
    -------
    str
        YYYY-MM-DD, empty when no source is dated.
    """
    with (project.processed / "sources.csv").open(encoding="utf-8", newline="") as file:
        return max((row["published"] for row in csv.DictReader(file)), default="")
