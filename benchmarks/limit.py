"""The limit: the notebooks' own cells in forked children of a warm parent, and nothing around them.

Run as ``python benchmarks/limit.py WORK.json OUT JOBS``. This process preloads what the warm parent
of a run of reports does, then forks one child per edition, `JOBS` at a time. A child runs the code
cells in order and asks the last expression of each for its HTML, as a front end would: so charts
are drawn and saved as SVG, tables and sentences written. There is no kernel, no message, no
notebook file and no page; what was shown goes to ``OUT/<edition>.html`` one piece after the other,
so that it can be counted.
"""

import ast
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from helpers.warm.preload import preload

Task = dict[str, Any]


def code_cells(notebook: Path) -> list[tuple[str, bool]]:
    """Read a notebook's code.

    Parameters
    ----------
    notebook : Path
        nbformat 4.

    Returns
    -------
    list of tuple
        Source of each code cell, and whether it is the cell of parameters.
    """
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    return [
        ("".join(cell["source"]), "parameters" in cell["metadata"].get("tags", []))
        for cell in cells
        if cell["cell_type"] == "code"
    ]


def shown(source: str, scope: dict[str, Any]) -> str:
    """Run a cell.

    Parameters
    ----------
    source : str
    scope : dict
        The notebook's variables; changed.

    Returns
    -------
    str
        HTML of its last expression; empty when there is nothing to show.
    """
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), scope)
    if not isinstance(last, ast.Expr):
        return ""
    value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), scope)  # noqa: S307
    if value is None:
        return ""
    html = getattr(value, "_repr_html_", None)
    return (html() if html else None) or repr(value)


def run(task: Task, out: Path) -> None:
    """Run the cells of one edition, and write what they show.

    Parameters
    ----------
    task : dict
        Edition, notebook and parameters.
    out : Path
        Existing folder.
    """
    notebook, scope, pieces = Path(task["notebook"]), {"__name__": "__main__"}, []
    os.chdir(notebook.parent)
    for source, parameters in code_cells(notebook):
        pieces.append(shown(source, scope))
        if parameters:
            scope |= task["parameters"]
    (out / f"{task['edition']}.html").write_text("\n".join(pieces), encoding="utf-8")


def fork(task: Task, out: Path) -> int:
    """Run one edition in a child.

    Parameters
    ----------
    task : dict
    out : Path

    Returns
    -------
    int
        The child's process id; it ends with status 1 when a cell raises.
    """
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        run(task, out)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def main() -> None:
    """Run all editions of the work."""
    work, out = json.loads(Path(sys.argv[1]).read_text("utf-8")), Path(sys.argv[2]).resolve()
    jobs, failed, running = int(sys.argv[3]), 0, 0
    preload()
    for task in work:
        if running == jobs:
            failed += os.wait()[1] != 0
            running -= 1
        fork(task, out)
        running += 1
    for _ in range(running):
        failed += os.wait()[1] != 0
    sys.exit(f"{failed} editions failed" if failed else 0)


if __name__ == "__main__":
    main()
