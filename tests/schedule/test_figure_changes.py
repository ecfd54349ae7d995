"""Somebody is told of a key figure that jumped, and of nothing that didn't."""

import subprocess
import sys
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.data.figures import KeyFigure
from helpers.reports.dated import Dated
from helpers.reports.keep import Name
from helpers.reports.manifest import GoodPage, Record
from helpers.schedule.figure_changes import FigureChange, _change, figure_changes

FIGURE = KeyFigure("e", "people", 90, 90, 90, pd.Timestamp("2021-02-01"), "Interfax", ("a",))


def whole(number) -> KeyFigure:
    return replace(FIGURE, low=number, best=number, high=number)


@pytest.fixture
def compare(project):
    """Write one dated edition per list of figures, and compare the newest."""
    place = project.reports / "winter"

    def run(*editions: list[KeyFigure], percent: float = 10, since: str = ""):
        for number, figures in enumerate(editions, 1):
            day = f"2026-11-0{number}"
            place.mkdir(parents=True, exist_ok=True)
            page = place / f"{day}.html"
            page.write_text("page", encoding="utf-8")
            good = GoodPage(page.name, day, "everything", "")
            record = Record("winter", "t", "n", "q", "", "succeeded", day, page=good)
            facts = {"figures": [figure.plain() for figure in figures], "sources": []}
            dated = Dated(Name(date.fromisoformat(day), 1), record, facts)
            page.with_suffix(".json").write_text(dated.json(), encoding="utf-8")
        return figure_changes(project.reports, "winter", percent, since=since)

    return run


def test_a_figure_beyond_the_threshold_is_told_as_readers_read_it(compare, project):
    page = str(project.reports / "winter/2026-11-02.html")
    assert compare([whole(90)], [whole(100)]) == (
        FigureChange("winter", "people", "90", "100", "+11.1 %", "Interfax", page),
    )


@pytest.mark.parametrize(
    ("before", "after", "percents"),
    [
        (whole(100), whole(110), []),  # not more than ten
        (whole(100), whole(89), ["−11.0 %"]),
        (whole(1000), whole(2234.5), ["+123.4 %"]),
        (whole(0), whole(1), [""]),
        (whole(0), whole(0), []),
        (whole(-10), whole(-5), ["+50.0 %"]),
        (whole(5), replace(whole(5), date=pd.Timestamp("2022-01-01"), label="persons"), []),
        # The best value decides where both have one,
        (replace(FIGURE, low=1), replace(FIGURE, low=50), []),
        # and else the ends: the one that changed more.
        (replace(FIGURE, best=pd.NA), replace(FIGURE, low=85, high=200), ["+122.2 %"]),
        (replace(FIGURE, best=pd.NA, low=20), replace(FIGURE, best=pd.NA, low=10), ["−50.0 %"]),
        (replace(FIGURE, best=pd.NA), replace(FIGURE, best=pd.NA, high=pd.NA), [""]),
        (replace(FIGURE, best=pd.NA, high=pd.NA), replace(FIGURE, best=pd.NA, high=pd.NA), []),
    ],
)
def test_only_what_is_beyond_the_threshold_is_told(compare, before, after, percents):
    assert [change.percent for change in compare([before], [after])] == percents


def test_figures_that_came_or_went_are_told(compare):
    one, other = replace(FIGURE, name="tents", label="tents"), replace(FIGURE, low=80, best=pd.NA)
    new, gone = compare([one], [other])
    assert (new.label, new.before, new.after, new.percent) == ("people", "", "80 to 90", "")
    assert (gone.label, gone.before, gone.after, gone.percent) == ("tents", "90", "", "")


def test_the_edition_last_looked_at_is_what_counts(compare):
    editions = [whole(50)], [whole(90)], [whole(91)]
    assert compare(*editions) == ()
    assert compare(since="2026-11-03") == ()
    assert [change.before for change in compare(since="2026-11-01")] == ["50"]
    # One that was not kept, or never was a name, is passed over.
    assert compare(since="2026-10-01") == compare(since="../x") == ()


def test_there_is_nothing_to_tell_without_two_sound_editions(compare, project):
    assert compare() == ()
    assert compare([whole(1)]) == ()
    assert len(compare([whole(1)], [whole(9)])) == 1
    broken = project.reports / "winter" / "2026-11-01.json"
    broken.write_text("[", encoding="utf-8")
    assert compare() == ()


def test_nothing_heavy_is_loaded_when_nothing_changed(compare, project):
    compare([whole(100)], [whole(101)])
    code = (
        "import sys; from pathlib import Path\n"
        "from helpers.schedule.figure_changes import figure_changes\n"
        f"assert figure_changes(Path({str(project.reports)!r}), 'winter', 10) == ()\n"
        "assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


NUMBERS = st.none() | st.floats(-1e9, 1e9)


@given(*[st.fixed_dictionaries({"low": NUMBERS, "best": NUMBERS, "high": NUMBERS})] * 2)
def test_no_figure_changes_against_itself_and_any_other_can_be_compared(one, other):
    assert _change(one, one) == 0
    assert abs(_change(one, other)) >= 0
