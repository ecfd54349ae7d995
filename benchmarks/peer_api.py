"""A peer: papermill's API and one HTMLExporter, one notebook after the other, in one process.

Run as ``python benchmarks/peer_api.py WORK.json OUT``.
"""

import json
import sys
from pathlib import Path

import papermill
from nbconvert import HTMLExporter


def main() -> None:
    """Execute every notebook of the work and export it."""
    work, out = json.loads(Path(sys.argv[1]).read_text("utf-8")), Path(sys.argv[2])
    exporter = HTMLExporter()
    for task in work:
        executed = out / f"{task['edition']}.ipynb"
        notebook = papermill.execute_notebook(
            task["notebook"],
            executed,
            parameters=task["parameters"],
            kernel_name="python3",
            progress_bar=False,
        )
        html, _ = exporter.from_notebook_node(notebook)
        executed.with_suffix(".html").write_text(html, encoding="utf-8")


if __name__ == "__main__":
    main()
