"""What kernels find loaded: all that a report needs, and for analysts more."""

import re
import subprocess
import sys

import nbformat

from helpers.data.project import Project
from helpers.reports.plan import read_plan
from helpers.warm import preload
from helpers.warm.stamp import PACKAGE

LOADED = "import sys; print(*sys.modules)"
READ = """
import sys
before = set(sys.modules)
import pandas
pandas.DataFrame({"a": [1], "b": ["x"]}).to_parquet("t.parquet")
pandas.read_parquet("t.parquet").pivot(columns="b", values="a")
print(*(set(sys.modules) - before))
"""


def test_a_run_has_no_use_for_what_analysts_begin_with(start):
    kernel = start()
    assert kernel.provisioner.how == "warm"
    loaded = set(kernel.run(LOADED).split())
    assert {"pandas", "matplotlib.pyplot", "helpers.charts.trend", "helpers.warm.cap"} <= loaded
    assert not loaded & {*preload.FOR_ANALYSTS, "scipy"}


def test_no_notebook_of_a_report_imports_it():
    project = Project(PACKAGE.parents[1])
    names = {edition.notebook for edition in read_plan(project)}
    texts = [
        cell.source
        for name in names
        for cell in nbformat.read(project.notebooks / f"{name}.ipynb", as_version=4).cells
    ]
    for module in preload.FOR_ANALYSTS:
        assert not [text for text in texts if re.search(rf"\b{module}\b", text)]


def test_the_first_table_imports_nothing_more(start):
    assert start().run(READ).split() == []


def test_the_first_backend_is_looked_for_before_the_fork():
    """Matplotlib then looks through the metadata of all packages."""
    code = """
from helpers.warm.preload import INLINE, preload
preload()
import importlib.metadata, matplotlib
importlib.metadata.entry_points = None
matplotlib.rcParams["backend"] = INLINE
"""
    subprocess.run([sys.executable, "-c", code], check=True)
