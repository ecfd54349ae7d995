"""The comparison with stock pages: the document shows what was kept, and what was kept is won."""

import importlib
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RESULTS = json.loads((ROOT / "benchmarks" / "pages.json").read_text(encoding="utf-8"))


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    return importlib.import_module("pages_figures")


def test_the_document_shows_what_was_measured(figures):
    document = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    assert figures.block(RESULTS) in document


def test_our_pages_are_smaller_ask_for_nothing_and_are_open_to_everybody():
    assert RESULTS["pages"]
    for sides in RESULTS["pages"].values():
        ours, stock = sides["ours"], sides["stock"]
        assert ours["bytes"] < stock["bytes"]
        assert ours["requests"] == ours["scripts"] == []
        assert ours["violations"] == {}
        assert len(stock["scripts"]) >= 3
        assert len(stock["requests"]) >= 1
        assert sum(stock["violations"].values()) > 0


def test_figures_are_written_between_their_marks(figures, tmp_path):
    document = tmp_path / "a.md"
    document.write_text(f"a\n{figures.BEGIN}\nold\n{figures.END}\nz\n", encoding="utf-8")
    figures.write_document(document, RESULTS)
    text = document.read_text(encoding="utf-8")
    assert text == f"a\n{figures.block(RESULTS)}\nz\n"
    document.write_text("no marks", encoding="utf-8")
    with pytest.raises(ValueError, match="markers"):
        figures.write_document(document, RESULTS)
