"""One edition from notebook to page, for the local runner's threads and a cluster's workers."""

import threading
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from helpers.data.project import Project
from helpers.reports.editions import Edition
from helpers.reports.execute import execute
from helpers.reports.facts import collect_facts
from helpers.reports.kernel import Kernels
from helpers.reports.lean import load_tools
from helpers.reports.news import news_of
from helpers.reports.outcome import Limits, Outcome, Status
from helpers.reports.policy import ROOT, RUN
from helpers.reports.version import version
from helpers.reports.vintage import newest_publication

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from helpers.reports.before import Before
    from helpers.reports.page import Page

# nbconvert's exporter keeps state while it works. Threads would not be faster anyway: rendering
# is Python from end to end.
_rendering = threading.Lock()


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True)
class Finished:
    """An edition that has run, with all that is needed to publish it; plain data.

    Attributes
    ----------
    edition : Edition
    outcome : Outcome
        Without the notebook, which is in the page.
    html : str
        The page, its links to the output folder beginning with `helpers.reports.policy.ROOT`, its
        run called `helpers.reports.policy.RUN`; empty unless the run succeeded.
    made : datetime
        When it was done, UTC, to the second.
    news : str
        The page's line of news in plain text.
    vintage : str
        Which claims the page could know, in words.
    facts : dict
        Key figures and cited sources; see :mod:`helpers.reports.facts`.
    thumbnail : str
        A small picture of the page's first chart, as a data address.
    """

    edition: Edition
    outcome: Outcome
    html: str = ""
    made: datetime = field(default_factory=_now)
    news: str = ""
    vintage: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    thumbnail: str = ""


def perform(
    edition: Edition,
    project: Project,
    *,
    before: "Before | None" = None,
    limits: Limits | None = None,
    kernels: Kernels | None = None,
) -> Finished:
    """Run an edition and make its page.

    Parameters
    ----------
    edition : Edition
    project : Project
        Built already.
    before : Before, optional
        The last dated edition: the page tells what changed since.
    limits : Limits, optional
    kernels : Kernels, optional
        Shared by the runs of several threads.

    Returns
    -------
    Finished
        Nothing is raised for a notebook that fails or a page that cannot be made.
        `KeyboardInterrupt` passes through.

    Raises
    ------
    OSError
        No private folder could be made for the run.
    """
    outcome = execute(edition, project, limits=limits, kernels=kernels)
    notebook, outcome = outcome.notebook, replace(outcome, notebook=None)
    finished = Finished(edition, outcome)
    if outcome.status is not Status.SUCCEEDED or notebook is None:
        return finished
    try:
        return _with_page(finished, notebook, project, before)
    except Exception as exception:  # of any kind: one page must not stop the others
        message = f"the page could not be made: {exception}"
        failed = replace(
            outcome, status=Status.FAILED, error=type(exception).__name__, message=message
        )
        return replace(finished, outcome=failed)


def rehearse() -> None:
    """Load what runs need, and make a page of next to nothing: then the first has not to wait.

    It takes a second, which a run has to spare while its kernels' parent loads. What fails here
    will fail for each page, and be told there.
    """
    load_tools()
    with suppress(Exception), _rendering:
        from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

        from helpers.reports.page import Page
        from helpers.reports.render import render
        from helpers.reports.thumbnail import thumbnail_of

        cells = [new_markdown_cell("# Why?\n\nSo *that*."), new_code_cell("print(f'{1}')")]
        thumbnail_of(render(new_notebook(cells=cells), Page("none", "None", "none", _now())))


def _with_page(
    finished: Finished, notebook: "NotebookNode", project: Project, before: "Before | None"
) -> Finished:
    from helpers.reports.render import render  # late: it loads jinja2 and nbconvert
    from helpers.reports.thumbnail import thumbnail_of

    finished = replace(finished, facts=collect_facts(notebook))
    about = _about(finished, project, before)
    with _rendering:
        html = render(notebook, about)
    return replace(
        finished,
        html=html,
        news=news_of(html),
        vintage=about.vintage,
        thumbnail=thumbnail_of(html),
    )


def _about(finished: Finished, project: Project, before: "Before | None") -> "Page":
    from helpers.reports.differences import changes_since
    from helpers.reports.page import Making, Page

    edition = finished.edition
    return Page(
        edition=edition.name,
        title=edition.title,
        notebook=edition.notebook,
        made=finished.made,
        parameters=edition.parameters,
        helps={name: item.help for name, item in edition.accepts.items()},
        newest=newest_publication(project),
        version=version(),
        written=edition.written,
        making=Making(run=RUN, tables=finished.outcome.reads),
        changes=changes_since(before, finished.facts) if before else None,
        previous=before.since if before else None,
        archive=f"{ROOT}archive.html#r-{edition.name}",
        home=f"{ROOT}index.html",
    )
