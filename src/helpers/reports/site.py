"""The pages around the editions: the index, the archive by date, failed runs, and the feed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from helpers.reports import words
from helpers.reports.dated import Dated, last_dated
from helpers.reports.feed import FEED, render_feed
from helpers.reports.manifest import Record
from helpers.reports.policy import POLICY, TEMPLATES

INDEX, ARCHIVE, FAILED = "index.html", "archive.html", "failed.html"
AROUND = (ARCHIVE, FAILED, FEED)
# What became of a run, as a sentence goes on from "The last run".
FATES = {
    "failed": "failed",
    "timed_out": "took too long",
    "kernel_died": "lost its kernel",
    "interrupted": "was broken off",
}


@cache
def _environment() -> Environment:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    environment.filters["moment"] = lambda text: words.moment_words(datetime.fromisoformat(text))
    environment.filters["fate"] = lambda status: FATES.get(status, "did not succeed")
    environment.filters["first_sentence"] = words.first_sentence
    environment.filters["day"] = words.day_words
    return environment


def _render(name: str, **values: Any) -> str:
    return _environment().get_template(name).render(policy=POLICY, **values)


def site_files(
    folder: Path,
    records: Sequence[Record],
    *,
    made: datetime,
    vintage: str,
    dated: Sequence[Dated] | None = None,
) -> Iterator[tuple[str, str]]:
    """Make the pages around the editions, and the feed.

    Parameters
    ----------
    folder : Path
        The output folder.
    records : sequence of Record
        In the plan's order.
    made : datetime
        Now, UTC.
    vintage : str
        Which claims the newest pages know, in words.
    dated : sequence of Dated, optional
        All dated editions that are kept; without them only the index is made, as is enough for a
        run that found nothing to do.

    Yields
    ------
    (str, str)
        Name of the file, and what belongs in it.
    """
    yield (
        INDEX,
        render_index(records, made=made, vintage=vintage, thumbnails=_thumbnails(folder, records)),
    )
    if dated is not None:
        yield FAILED, render_failed(records, made=made)
        yield ARCHIVE, render_archive(dated)
        yield FEED, render_feed(dated)


def render_index(
    records: Sequence[Record],
    *,
    made: datetime,
    vintage: str,
    thumbnails: Mapping[str, str] | None = None,
) -> str:
    """Render the index of an output folder.

    Parameters
    ----------
    records : sequence of Record
        In the plan's order; editions of one notebook form a section.
    made : datetime
        Now, UTC.
    vintage : str
        Which claims the newest pages know, in words.
    thumbnails : mapping of str to str, optional
        By edition, a small picture as a data address.

    Returns
    -------
    str
        One HTML file under the same policy as the pages: no script, relative links only.
    """
    ordered = sorted(records, key=lambda record: record.notebook)
    return _render(
        "site_index.html.j2",
        sections=[list(group) for _, group in groupby(ordered, key=lambda item: item.notebook)],
        total=len(ordered),
        made=words.moment_words(made),
        vintage=vintage,
        failed=sum(not record.good for record in records),
        thumbnails=thumbnails or {},
    )


def render_failed(records: Sequence[Record], *, made: datetime) -> str:
    """Render the list of editions whose last run failed, with the cause of each.

    Parameters
    ----------
    records : sequence of Record
        In the plan's order.
    made : datetime
        Now, UTC.

    Returns
    -------
    str
        Like the index; it says so when none failed.
    """
    failed = [record for record in records if not record.good]
    return _render("site_failed.html.j2", failed=failed, made=words.moment_words(made))


def render_archive(dated: Sequence[Dated]) -> str:
    """Render the archive: every dated edition, by report and by date.

    Parameters
    ----------
    dated : sequence of Dated

    Returns
    -------
    str
        Like the index.
    """
    newest = sorted(dated, key=lambda item: (item.name, item.record.edition), reverse=True)
    # Sorting is stable: within an edition the newest stays first.
    by_edition = sorted(newest, key=lambda item: (item.record.notebook, item.record.edition))
    return _render(
        "site_archive.html.j2",
        reports=[list(group) for _, group in groupby(by_edition, lambda item: item.record.edition)],
        days=[(day, list(group)) for day, group in groupby(newest, lambda item: item.name.day)],
    )


def _thumbnails(folder: Path, records: Sequence[Record]) -> dict[str, str]:
    dated = (last_dated(folder, record.edition) for record in records if record.page)
    return {item.record.edition: item.thumbnail for item in dated if item}
