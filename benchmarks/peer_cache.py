"""A peer: jupyter-cache's parallel executor, then one HTMLExporter.

Run as ``python benchmarks/peer_cache.py WORK.json OUT``. The notebooks hold their parameters
already. jupyter-cache's pool has as many processes as there are cores.
"""

import json
import sys
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.executors import load_executor
from nbconvert import HTMLExporter

CELL_SECONDS = 600


def main() -> None:
    """Execute every notebook of the work and export it."""
    work, out = json.loads(Path(sys.argv[1]).read_text("utf-8")), Path(sys.argv[2])
    cache = get_cache(out / "cache")
    for task in work:
        cache.add_nb_to_project(task["parameterised"])
    result = load_executor("local-parallel", cache).run_and_cache(timeout=CELL_SECONDS)
    if len(result.succeeded) < len(work):
        sys.exit(f"not executed: {sorted({*result.excepted, *result.errored})}")
    exporter = HTMLExporter()
    for task in work:
        notebook = cache.get_project_notebook(task["parameterised"]).nb
        _, executed = cache.merge_match_into_notebook(notebook)
        html, _ = exporter.from_notebook_node(executed)
        (out / f"{task['edition']}.html").write_text(html, encoding="utf-8")


if __name__ == "__main__":
    main()
