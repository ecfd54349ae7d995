"""The index: one card per edition, grouped by the question it answers."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from itertools import groupby

from jinja2 import Environment, FileSystemLoader

from helpers.reports import words
from helpers.reports.manifest import Record
from helpers.reports.policy import POLICY, TEMPLATES

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
    return environment


def render_index(records: Sequence[Record], *, made: datetime, vintage: str) -> str:
    """Render the index of an output folder.

    Parameters
    ----------
    records : sequence of Record
        In the plan's order; editions of one notebook form a section.
    made : datetime
        Now, UTC.
    vintage : str
        Which claims the newest pages know, in words.

    Returns
    -------
    str
        One HTML file under the same policy as the pages: no script, relative links only.
    """
    ordered = sorted(records, key=lambda record: record.notebook)
    sections = [list(group) for _, group in groupby(ordered, key=lambda record: record.notebook)]
    return (
        _environment()
        .get_template("site.html.j2")
        .render(
            policy=POLICY,
            sections=sections,
            total=len(ordered),
            made=words.moment_words(made),
            vintage=vintage,
            failed=sum(not record.good for record in records),
        )
    )
