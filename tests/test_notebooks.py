"""Every notebook runs with its own and with odd parameters, and tells the founding facts."""

import json
import re
from typing import Any

import pytest
from bs4 import Tag

from pages import EDITIONS, NOTEBOOKS, ROOT, Page, Runner

NAMES = ("armenian", "azerbaijani", "english")  # both forms are the default
WINTER = {"start": "2020-11-09", "end": "2021-01-31"}
BEFORE = {"as_of": "1990-01-01"}
NO_DAYS = {"start": "1900-01-01", "end": "1900-01-02"}
# Words that a sentence has where nothing falls into the selection.
NOTHING = re.compile(r"^(No|Nobody|Nothing)\b")


@pytest.fixture(params=NOTEBOOKS)
def notebook(request: pytest.FixtureRequest) -> str:
    return request.param


def test_editions_and_notebooks_cover_each_other() -> None:
    assert {edition.notebook for edition in EDITIONS.values()} == set(NOTEBOOKS)
    assert len(EDITIONS) >= 8


def test_it_runs_as_it_is(runner: Runner, notebook: str) -> None:
    page = runner.run(notebook)
    assert page.drawn
    empty = [note.get_text() for note in page.soup.select(".kl-empty")]
    # The scope that 02 opens with is not counted place by place, so it has no map and says so.
    # The running totals that 07 opens with agree with each other, and it says so.
    known = {
        "02_returns": ["Nothing to draw on a map."],
        "07_claims": ["No claim contradicts the others of the same office."],
    }
    assert [text[: text.index(".") + 1] for text in empty] == known.get(notebook, [])
    assert page.soup.select("ol.kl-sources > li")


@pytest.mark.parametrize("parameters", [NO_DAYS, BEFORE, NO_DAYS | BEFORE], ids=str)
def test_an_empty_selection_is_told_in_words(
    runner: Runner, notebook: str, parameters: dict[str, str]
) -> None:
    page = runner.run(notebook, **parameters)
    assert page.charts
    for chart in page.charts:
        assert chart.figure is None
        assert NOTHING.match(chart.title)
    empty = [note.get_text() for note in page.soup.select(".kl-empty")]
    assert len(empty) >= len(page.charts)
    assert all(NOTHING.match(text) for text in empty)
    news = [text.get_text() for text in page.soup.select(".kl-news")]
    assert all(NOTHING.match(text) for text in news)
    # Context from before the period may still be listed and cited.
    if "as_of" in parameters:
        assert not page.soup.select("tbody tr")
        assert "No source is cited" in page.soup.get_text()


@pytest.mark.parametrize("names", NAMES)
def test_it_runs_with_every_form_of_names(runner: Runner, notebook: str, names: str) -> None:
    page = runner.run(notebook, names=names, **WINTER)
    assert page.drawn
    plain = runner.run(notebook, names="english", **WINTER)
    assert [chart.sources for chart in page.charts] == [chart.sources for chart in plain.charts]


@pytest.mark.parametrize(
    ("names", "present", "absent"),
    [
        ("armenian", "Ակնայի շրջան", "Ağdam rayonu"),
        ("azerbaijani", "Ağdam rayonu", "Ակնայի շրջան"),
        ("english", "Aghdam District", "Ակնայի շրջան"),
    ],
)
def test_places_are_named_in_the_form_asked_for(
    runner: Runner, names: str, present: str, absent: str
) -> None:
    text = runner.run("06_timeline", names=names, **WINTER).soup.get_text()
    assert present in text
    assert absent not in text
    both = runner.run("06_timeline").soup.get_text()
    assert present in both
    assert absent in both


def test_as_of_a_day_nothing_later_is_known(runner: Runner, notebook: str) -> None:
    page = runner.run(notebook, as_of="2021-05-01")
    assert page.drawn
    known = [text for text in page.words if "published by 1 May 2021" in text]
    assert known
    assert re.search(r"[1-9][\d,]* rows? published later", known[0])
    printed = [cell.get_text() for cell in columns(page, "Printed by")]
    for text in [item.get_text() for item in page.soup.select(".kl-sources li")] + printed:
        assert not re.search(r", \d+ \w{3} 202[2-9]\b", text)
        assert "undated" not in text
    without = runner.run(notebook)
    assert len(page.cited) < len(without.cited)


def test_hidden_rows_are_counted_at_any_time(runner: Runner, notebook: str) -> None:
    assert any(re.search(r"draws on [\d,]+ rows", text) for text in runner.run(notebook).words)


def columns(page: Page, head: str) -> list[Tag]:
    found = []
    for table in page.soup.select("table"):
        heads = [cell.get_text() for cell in table.select("thead th")]
        if head in heads:
            at = heads.index(head)
            found += [row.find_all(["th", "td"])[at] for row in table.select("tbody tr")]
    return found


def test_parameters_are_typed_literals_that_explain_themselves(notebook: str) -> None:
    cells = json.loads((ROOT / "notebooks" / f"{notebook}.ipynb").read_text("utf-8"))["cells"]
    (parameters,) = (c for c in cells if "parameters" in c["metadata"].get("tags", []))
    types = {"str": str, "int": int, "list": list}
    names = []
    for line in "".join(parameters["source"]).splitlines():
        found = re.fullmatch(r"(\w+): (str|int|list) = (.+?)  # ([^=]+)", line)
        assert found, line
        name, kind, literal, _ = found.groups()
        assert isinstance(json.loads(literal), types[kind])
        names.append(name)
    assert names[:4] == ["start", "end", "as_of", "names"]


def test_every_parameter_makes_a_difference(runner: Runner) -> None:
    run: Any = runner.run
    escorted = run("02_returns").soup.get_text()
    assert run("02_returns", **EDITIONS["exodus-2023"].parameters).soup.get_text() != escorted
    remains = run("03_exchanges", categories=["remains"])
    assert [chart.figure is None for chart in remains.charts[:2]] == [True, False]
    talks = run("06_timeline", kinds=["talks"])
    assert {cell.get_text() for cell in columns(talks, "Kind")} == {"talks"}
    everyone = run("04_deployments", force="all").soup.get_text()
    assert "188" in everyone
    one = run("01_overview", dispatches=["trt-world-20201120-333a"], window_days=900)
    lately = [len(page.soup.select("tbody tr")) for page in (run("01_overview"), one)]
    assert lately[0] < lately[1]
    printed = {text.get_text().split(",")[0] for text in columns(one, "Printed by")}
    assert printed == {"TRT World"}


def rows_with(page: Page, *words: str) -> list[Tag]:
    """Rows of tables that hold all these words and cite a source."""
    return [
        row
        for row in page.soup.select("tbody tr")
        if all(word in row.get_text(" ") for word in words) and row.select("sup.kl-cite a")
    ]


INTERFAX, TASS = "Interfax, 1 Feb 2021", "TASS, 13 Jan 2021"
TASS_JULY, TRT, PLEDGE = "TASS, 7 Jul 2021", "TRT World, 20 Nov 2020", "Pledge Times, 19 Dec 2021"
FACTS = [
    # Interfax, 1 February 2021
    ("01_overview", "51,947", INTERFAX),
    ("01_overview", "96", "24 hours", INTERFAX),
    ("01_overview", "27", "observation posts", INTERFAX),
    ("01_overview", "16", "Vank to Magavuz", INTERFAX),
    ("01_overview", "1,960", INTERFAX),
    ("01_overview", "30 Jan 2021", "2", "near Tegh", INTERFAX),
    ("01_overview", "2", "freed through Russian peacekeeper command", INTERFAX),
    ("03_exchanges", "1 Feb 2021", "Armenia to Azerbaijan", "2 people", "Russia"),
    ("01_overview", "30 Jan 2021", "monitoring centre opens", "Russia; Turkey"),
    ("01_overview", "11 Nov 2020", "memorandum", "Russia; Turkey"),
    ("01_overview", "27 Sep 2020 – 9 Nov 2020", "ceasefire from 10 November 2020"),
    # TASS, 13 January 2021
    ("01_overview", "13 Jan 2021", "telephone call on return of captives", "Armenia; Russia"),
    ("01_overview", "11 Jan 2021", "Moscow"),
    ("01_overview", "1", "violations", "Only one", TASS),
    ("01_overview", "tens of thousands", TASS),
    ("01_overview", "9 Nov 2020", "Trilateral statement", "handover deadlines"),
    # TASS, 7 July 2021
    ("01_overview", "3 Jul 2021", "15", "Fuzuli and Zangilan", TASS_JULY),
    ("03_exchanges", "3 Jul 2021", "Azerbaijan to Armenia", "15 people", "Russia"),
    ("03_exchanges", "3 Jul 2021", "Armenia to Azerbaijan", "maps", "Fifteen Armenian captives"),
    ("01_overview", "7 Jul 2021", "all-for-all"),
    # TRT World, 20 November 2020
    ("01_overview", "20 Nov 2020", "188", "border guards", TRT),
    ("01_overview", "about 2,000", "eacekeepers", TRT),
    ("01_overview", "about 3,000", "by bus", "Thursday", TRT),
    ("01_overview", "20 Nov 2020", "Aghdam district handed over"),
    ("02_returns", "at most 200,000", "Aghdam", TRT),
    ("02_returns", "about 130,000", "inhabitants of Aghdam", TRT),
    ("02_returns", "77", "percent", "Aghdam", TRT),
    # The report of 19 December 2021
    ("01_overview", "19 Dec 2021", "10", "European Union mediation", PLEDGE),
    ("01_overview", "16 Nov 2021", "10", PLEDGE),
    ("03_exchanges", "19 Dec 2021", "10 people", "European Union", "33"),
    ("01_overview", "26 Nov 2021", "2", "One civilian and one soldier", PLEDGE),
    ("01_overview", "26 Nov 2021", "Sochi", "border commission"),
    ("01_overview", "14 Dec 2021", "Michel"),
    ("03_exchanges", "Russia", "maps", "remaining areas"),
]


@pytest.mark.parametrize(("name", "words"), [(fact[0], fact[1:]) for fact in FACTS], ids=str)
def test_the_founding_dispatches_are_told_with_their_source(
    runner: Runner, name: str, words: tuple[str, ...]
) -> None:
    assert rows_with(runner.run(name), *words)


def test_both_claims_on_prisoners_of_7_july_2021_stand_next_to_each_other(runner: Runner) -> None:
    for name in ("01_overview", "03_exchanges"):
        page = runner.run(name)
        baku = rows_with(page, "7 Jul 2021", "Government of Azerbaijan", "all captured", TASS_JULY)
        yerevan = rows_with(
            page, "7 Jul 2021", "Government of Armenia", "every detainee", TASS_JULY
        )
        neighbours = [row for row in baku if row.find_next_sibling("tr") in yerevan]
        assert neighbours
        figure = [cell.get_text() for cell in neighbours[0].find_all(["th", "td"])][1]
        assert figure == "0"


def test_the_running_total_is_in_the_picture_too(runner: Runner) -> None:
    chart = runner.edition("returns-first-winter").drawn[0]
    row = chart.table[chart.table["best"] == 51_947]
    assert len(row) >= 1
    assert "interfax-20210201-733a" in {source for cell in row["sources"] for source in cell}


def test_figures_of_the_convoys_and_of_all_returnees_stand_apart(runner: Runner) -> None:
    page = runner.run("02_returns")
    escorted = rows_with(page, "23 Nov 2020", "about 9,000", "Russian escort", "TASS")
    everyone = rows_with(page, "22 Nov 2020", "25,000", "President of Nagorno-Karabakh")
    assert escorted
    assert everyone
    assert not set(map(id, escorted)) & set(map(id, everyone))
