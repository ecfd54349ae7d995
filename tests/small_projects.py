"""Projects of a few small notebooks, without tables."""

import textwrap
from pathlib import Path

import nbformat

from helpers.data.project import Project

PARAMETERS = 'start: str = ""  # first day\nas_of: str = ""  # only what was published by then\n'


def write_notebook(
    project: Project,
    name: str,
    *cells: str,
    parameters: str | None = PARAMETERS,
    heading: str = "# Who came back?\n\nA few words.",
) -> Path:
    """Write a notebook: heading, parameters cell (None leaves it out), one code cell per text."""
    make = nbformat.v4
    sources = [make.new_markdown_cell(heading)]
    if parameters is not None:
        sources.append(make.new_code_cell(parameters, metadata={"tags": ["parameters"]}))
    sources += [make.new_code_cell(textwrap.dedent(cell).strip()) for cell in cells]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = make.new_notebook(cells=sources, metadata={"kernelspec": kernel})
    path = project.notebooks / f"{name}.ipynb"
    nbformat.write(notebook, path)
    return path


def make_project(root: Path) -> Project:
    """Make the folders of a project, its tables left out."""
    for folder in ("data/raw", "data/processed", "notebooks", "docs"):
        (root / folder).mkdir(parents=True)
    (root / "reports.yml").write_text("editions: {}\n", encoding="utf-8")
    return Project(root)
