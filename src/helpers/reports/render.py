"""Turn an executed notebook into one HTML file that needs nothing else."""

import base64
import copy
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from html import escape
from typing import Any

from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbformat import NotebookNode
from traitlets.config import Config

from helpers.reports import words
from helpers.reports.clean import NO_DESCRIPTION, clean, plain
from helpers.reports.policy import POLICY, TEMPLATES
from helpers.reports.wide import frame_wide

TITLE = re.compile(r"^#[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)
SECTION = re.compile(r"<(h[2-6])>(.*?)</\1>", re.DOTALL)
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


@dataclass(frozen=True)
class Page:
    """What a page says about itself.

    Attributes
    ----------
    edition, title : str
        Name of the edition, and what sets it apart in a few words.
    notebook : str
        Notebook's file name without its ending.
    made : datetime
        When the run ended, UTC.
    parameters : dict
        Every parameter with the value of this run.
    helps : dict
        The parameters' explanations, by name.
    newest : str
        Newest publication date in the data, YYYY-MM-DD.
    version : str
        Version of the package.
    """

    edition: str
    title: str
    notebook: str
    made: datetime
    parameters: dict[str, Any] = field(default_factory=dict)
    helps: dict[str, str] = field(default_factory=dict)
    newest: str = ""
    version: str = ""

    @property
    def vintage(self) -> str:
        """Which claims the page could know, in words."""
        return words.vintage_words(str(self.parameters.get("as_of") or ""), self.newest)

    @property
    def made_words(self) -> str:
        """When the page was made, in words."""
        return words.moment_words(self.made)


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
    )
    exporter.register_filter("highlight_code", Highlight2HTML(pygments_lexer="ipython3"))
    exporter.register_filter("kl_clean", clean)
    exporter.register_filter("kl_picture", _picture)
    exporter.register_filter("kl_value", words.value_words)
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
    question, notebook = _take_title(fold_code(notebook))
    about = {"page": page, "policy": POLICY, "question": question}
    body, _ = _exporter().from_notebook_node(notebook, {"kl": about})
    return _name_sections(frame_wide(body))


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


def _take_title(notebook: NotebookNode) -> tuple[str, NotebookNode]:
    """Take the first heading of level one out of the cells: the template sets it itself."""
    for cell in notebook.cells:
        found = TITLE.search(cell.source) if cell.cell_type == "markdown" else None
        if found:
            cell.source = cell.source[: found.start()] + cell.source[found.end() :]
            return re.sub(r"[*_`]", "", found[1]), notebook
    return "Report", notebook


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


def _name_sections(html: str) -> str:
    """Give headings ids, so that a section can be linked to."""
    taken = Counter(re.findall(r'\sid="([^"]*)"', html))

    def name(found: re.Match[str]) -> str:
        text = unicodedata.normalize("NFKD", plain(found[2])).encode("ascii", "ignore").decode()
        slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "section"
        taken[slug] += 1
        unique = slug if taken[slug] == 1 else f"{slug}-{taken[slug]}"
        return f'<{found[1]} id="{unique}">{found[2]}</{found[1]}>'

    return SECTION.sub(name, html)
