"""Turn an executed notebook into one HTML file that needs nothing else."""

import base64
import copy
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from html import escape
from typing import Any

from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbformat import NotebookNode
from traitlets.config import Config

from helpers.reports.changes_box import changes_box, mark_keys, render_piece
from helpers.reports.cite import bibtex, citation
from helpers.reports.clean import NO_DESCRIPTION, clean
from helpers.reports.contents import MARK, add_contents, name_sections
from helpers.reports.page import Page
from helpers.reports.policy import POLICY, TEMPLATES
from helpers.reports.wide import frame_wide
from helpers.reports.words import day_words

TITLE = re.compile(r"^#[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)
HEADING = re.compile(r"^#{1,6}[ \t]", re.MULTILINE)
# What answers the question stands at the head of the page, wherever the notebook computes it.
SUMMARY = [
    re.compile(rf'\s*<(?:p|div)\b[^>]*\bclass="(?:[^"]*\s)?{name}[\s"]')
    for name in ("kl-news", "kl-keys")
]
# Text and pictures only: an output's script or widget isn't even considered.
SHOWN = [
    "text/html",
    "text/markdown",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "text/latex",
    "text/plain",
]


class _Exporter(HTMLExporter):
    """nbconvert's exporter without its second pass.

    HTMLExporter parses and rewrites the finished page to add missing alt texts, which takes 0.3 s
    for a page of half a megabyte. Here alt texts are looked after while rendering.
    """

    @property
    def default_config(self) -> Config:
        """Nbconvert's settings, with the kinds of output a page can show."""
        config = Config(super().default_config)
        config.NbConvertBase.display_data_priority = SHOWN
        # Our page has a style sheet of its own, and its code isn't shown among the cells.
        config.CSSHTMLHeaderPreprocessor.enabled = False
        config.HighlightMagicsPreprocessor.enabled = False
        return config

    def from_notebook_node(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        """Render the notebook with the template, and leave it at that."""
        return TemplateExporter.from_notebook_node(self, nb, resources, **options)


@cache
def _exporter() -> _Exporter:
    """Make the one exporter for all pages: the first export in a process costs half a second."""
    exporter = _Exporter(
        template_name=TEMPLATES.name,
        extra_template_basedirs=[str(TEMPLATES.parent)],
        exclude_anchor_links=True,
        optimistic_validation=True,
    )
    exporter.register_filter("highlight_code", Highlight2HTML(pygments_lexer="ipython3"))
    exporter.register_filter("kl_clean", clean)
    exporter.register_filter("kl_picture", _picture)
    exporter.register_filter("kl_day", day_words)
    return exporter


def render(notebook: NotebookNode, page: Page) -> str:
    """Render an executed notebook.

    Parameters
    ----------
    notebook : NotebookNode
        Executed notebook, left untouched.
    page : Page

    Returns
    -------
    str
        One HTML file: no script, no load from anywhere, a content security policy that forbids
        both, the code folded away. The same notebook and page give the same text.
    """
    question, lede, notebook = _take_title(fold_code(notebook))
    summary = "\n".join(clean(part) for part in _take_summary(notebook))
    about = {
        "page": page,
        "policy": POLICY,
        "question": question,
        "lede": lede,
        "summary": mark_keys(summary, page.changes),
        "changes": changes_box(page.changes),
        "contents": MARK,
        "about": _about(page, question, notebook.metadata["kl_code"]),
    }
    body, _ = _exporter().from_notebook_node(notebook, {"kl": about})
    return add_contents(name_sections(frame_wide(body)))


def _about(page: Page, question: str, code: list[str]) -> str:
    """Return what stands below a report: how to read it, how it was made, how to cite it."""
    return render_piece(
        "about.html.j2",
        {
            "page": page,
            "code": [_highlight(source) for source in code],
            "citation": citation(page, question),
            "bibtex": bibtex(page, question),
        },
    )


@lru_cache(maxsize=1000)
def _highlight(source: str) -> str:
    """Colour code; most editions of a notebook share most of it."""
    return Highlight2HTML(pygments_lexer="ipython3")(source)


def fold_code(notebook: NotebookNode) -> NotebookNode:
    """Gather the code for the end of the page, and drop outputs that are not for readers.

    Parameters
    ----------
    notebook : NotebookNode
        Left untouched.

    Returns
    -------
    NotebookNode
        A copy in which ``metadata.kl_code`` lists the sources of all code cells: the page shows
        them in one fold, out of the way of the reading, and loses no line. What went to stderr
        is not shown.
    """
    notebook = copy.deepcopy(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    notebook.metadata["kl_code"] = [cell.source for cell in cells if cell.source.strip()]
    for cell in cells:
        cell.outputs = [output for output in cell.outputs if _is_shown(output)]
    return notebook


def _is_shown(output: NotebookNode) -> bool:
    if output.output_type == "stream":
        return output.name == "stdout" and bool(output.text.strip())
    return output.output_type == "error" or any(kind in output.data for kind in SHOWN)


def _take_title(notebook: NotebookNode) -> tuple[str, str, NotebookNode]:
    """Take out the first heading of level one and what it introduces: the template sets both."""
    for cell in notebook.cells:
        found = TITLE.search(cell.source) if cell.cell_type == "markdown" else None
        if found:
            rest = cell.source[found.end() :]
            section = HEADING.search(rest)
            place = section.start() if section else len(rest)
            cell.source = cell.source[: found.start()] + rest[place:]
            return re.sub(r"[*_`]", "", found[1]), rest[:place], notebook
    return "Report", "", notebook


def _take_summary(notebook: NotebookNode) -> list[str]:
    """Take out the first news and the first key figures, in this order."""
    parts = []
    for kind in SUMMARY:
        found = next((place for place in _html_outputs(notebook) if kind.match(place[2])), None)
        if found:
            outputs, index, html = found
            del outputs[index]
            parts.append(html)
    return parts


def _html_outputs(notebook: NotebookNode) -> Iterator[tuple[list[NotebookNode], int, str]]:
    """Yield every piece of markup that a cell displays: its cell's outputs, its place, itself."""
    for cell in notebook.cells:
        for index, output in enumerate(cell.get("outputs", [])):
            if "text/html" in output.get("data", {}):
                yield cell.outputs, index, output.data["text/html"]


def _picture(output: NotebookNode, kind: str) -> str:
    """Make the markup of a picture output."""
    data, about = output.data[kind], output.metadata.get(kind, {})
    if kind == "image/svg+xml":
        data = base64.b64encode(data.encode()).decode()
    sizes = "".join(
        f' {name}="{int(about[name])}"' for name in ("width", "height") if name in about
    )
    alt = escape(str(about.get("alt") or NO_DESCRIPTION))
    return f'<img src="data:{kind};base64,{"".join(data.split())}" alt="{alt}"{sizes}>'
