"""What a notebook carries along is collected as far as it makes sense, and no further."""

import nbformat
import pandas as pd
import pytest
from nbformat import v4

from helpers.charts.piece import Html
from helpers.data.figures import FACTS_TYPE, KeyFigure
from helpers.reports import facts as module
from helpers.reports.facts import collect_facts, sound_facts

FIGURE = KeyFigure(
    "escorted", "people", 90, 96, 100, pd.Timestamp("2021-02-01"), "Interfax", ("a", "b")
)
VAGUE = KeyFigure("vague", "people", 20, pd.NA, 99, pd.NaT, "several", ())
PLAIN = FIGURE.plain()


def notebook(*facts):
    """Return a notebook that shows these, one to a cell, as Jupyter keeps it."""
    cells = [v4.new_markdown_cell("# Who?")]
    for value in facts:
        data = Html("<p>x</p>", value)._repr_mimebundle_() | {"text/html": "<p>x</p>"}
        cells.append(v4.new_code_cell("x", outputs=[v4.new_output("display_data", data=data)]))
    return nbformat.reads(nbformat.writes(v4.new_notebook(cells=cells)), as_version=4)


def test_figures_and_sources_of_all_outputs_are_collected():
    found = collect_facts(
        notebook(
            {"figures": [FIGURE.plain()]},
            None,
            {"sources": ["a", "b"]},
            {"figures": [VAGUE.plain()], "sources": ["b", "c"]},
        )
    )
    assert found == {"figures": [FIGURE.plain(), VAGUE.plain()], "sources": ["a", "b", "c"]}
    again = [KeyFigure.from_plain(figure) for figure in found["figures"]]
    assert [figure.name for figure in again] == ["escorted", "vague"]


def test_a_notebook_without_facts_has_none():
    assert collect_facts(notebook()) == {"figures": [], "sources": []}
    assert collect_facts(notebook(None, {})) == {"figures": [], "sources": []}


def test_of_two_figures_of_one_name_the_first_counts():
    twice = notebook({"figures": [PLAIN]}, {"figures": [PLAIN | {"best": 97.0}]})
    assert collect_facts(twice)["figures"] == [PLAIN]


@pytest.mark.parametrize(
    "wrong",
    [
        "text",
        None,
        {},
        PLAIN | {"name": 3},
        PLAIN | {"label": "x" * 501},
        PLAIN | {"low": "90"},
        PLAIN | {"best": True},
        PLAIN | {"high": float("inf")},
        PLAIN | {"date": "1 February"},
        PLAIN | {"date": "20210201"},
        PLAIN | {"date": 20210201},
        PLAIN | {"sources": "ab"},
        PLAIN | {"sources": [1]},
        {name: value for name, value in PLAIN.items() if name != "high"},
    ],
)
def test_a_figure_that_makes_no_sense_is_left_out(wrong):
    assert sound_facts({"figures": [wrong, PLAIN], "sources": []})["figures"] == [PLAIN]
    for figure in sound_facts({"figures": [wrong]})["figures"]:
        KeyFigure.from_plain(figure)


@pytest.mark.parametrize("wrong", [None, [], "x", {"figures": {}, "sources": "abc"}])
def test_facts_that_make_no_sense_are_empty(wrong):
    assert sound_facts(wrong) == {"figures": [], "sources": []}


def test_what_is_beyond_all_measure_is_cut():
    figures = [PLAIN | {"name": str(number)} for number in range(module.MOST_FIGURES + 5)]
    sources = [str(number) for number in range(module.MOST_SOURCES + 5)]
    found = sound_facts({"figures": figures, "sources": [*sources, "x" * 501]})
    assert len(found["figures"]) == module.MOST_FIGURES
    assert found["figures"][0]["name"] == "0"
    assert len(found["sources"]) == module.MOST_SOURCES


def test_the_type_is_one_that_no_page_shows():
    from helpers.reports.render import SHOWN

    assert FACTS_TYPE not in SHOWN
