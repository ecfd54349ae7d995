"""Dated editions made without running anything, as the runner would make them."""

from datetime import UTC, datetime
from pathlib import Path

from helpers.data.project import Project
from helpers.reports.desk import Desk
from helpers.reports.editions import Edition
from helpers.reports.keep import Keep
from helpers.reports.manifest import Record
from helpers.reports.outcome import Outcome, Status
from helpers.reports.perform import Finished

HTML = '<p class="kl-news">{news}</p><a href="kl-root/index.html">All</a>'


class Shelf:
    """An output folder to which finished runs are published, day by day."""

    def __init__(self, project: Project) -> None:
        self.project, self.folder = project, project.reports
        text = "source_id,published\na,2021-01-01\n"
        (project.processed / "sources.csv").write_text(text, encoding="utf-8")
        self.folder.mkdir(exist_ok=True)
        self.plan: dict[str, Edition] = {}

    def edition(self, name: str, keep: Keep | None = None) -> Edition:
        self.plan[name] = Edition(name, "n", f"The {name}", "Who came back?", keep=keep)
        return self.plan[name]

    def desk(self) -> Desk:
        return Desk(self.project, self.folder, list(self.plan.values()), "run")

    def publish(
        self, name: str, day: str, news: str = "96.", status: Status = Status.SUCCEEDED
    ) -> Record:
        """Publish a run of a day as one run of the command does."""
        finished = self.finished(name, day, news, status)
        desk = self.desk()
        desk.open()
        record = desk.publish(finished, {"tables": {}})
        desk.close()
        assert desk.faults == []
        return record

    def finished(
        self, name: str, day: str, news: str = "96.", status: Status = Status.SUCCEEDED
    ) -> Finished:
        edition = self.plan.get(name) or self.edition(name)
        made = datetime.fromisoformat(f"{day}T06:00:00").replace(tzinfo=UTC)
        if status is not Status.SUCCEEDED:
            return Finished(edition, Outcome(status, 1.0, error="ValueError"), made=made)
        html = HTML.format(news=news)
        return Finished(edition, Outcome(status, 1.0), html, made, news, "everything")

    def files(self) -> dict[str, bytes]:
        """Every file below the folder but for those written anew by every run."""
        paths = [path for path in self.folder.rglob("*") if path.is_file()]
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in paths}

    def dated(self, name: str) -> list[str]:
        return sorted(path.stem for path in Path(self.folder, name).glob("*.html"))
