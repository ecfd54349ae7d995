"""What changed is told on the page and on the terminal, from the row in the CSV on."""

import csv
import io
import shutil
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from helpers.data.errors import ReportError
from helpers.data.figures import KeyFigure
from helpers.data.ids import new_claim_id
from helpers.data.project import Project
from helpers.reports.before import Before
from helpers.reports.changes_box import ChangedClaim, ChangedFigure, changes_box
from helpers.reports.dated import last_dated
from helpers.reports.difference_text import difference_text
from helpers.reports.differences import MOST_CLAIMS, changes_since
from helpers.reports.runner import run_reports
from small_projects import make_project, write_notebook

SINCE = date(2026, 11, 2)
FIGURE = KeyFigure("escorted", "people", 96, 96, 96, pd.Timestamp("2021-02-01"), "I", ("a",))
CLAIM = ChangedClaim("added", "97 people", "Interfax", "https://example.org")


def facts(*figures, sources=("a", "b")):
    return {"figures": [figure.plain() for figure in figures], "sources": list(sources)}


def test_equal_facts_are_no_change_and_load_nothing(monkeypatch):
    monkeypatch.setattr(KeyFigure, "from_plain", lambda plain: pytest.fail("compared"))
    changes = changes_since(Before(SINCE, facts(FIGURE)), facts(replace(FIGURE, label="persons")))
    assert (changes.since, changes.figures, changes.claims) == (SINCE, (), ())
    assert "No key figure changed." in changes_box(changes)


def test_figures_are_told_with_what_their_words_allow_and_signed():
    after = replace(FIGURE, low=50, best=56, high=60, date=pd.Timestamp("2021-03-01"))
    new = replace(FIGURE, name="new", label="buses", best=pd.NA, low=20, high=99)
    gone = replace(FIGURE, name="gone", label="tents")
    changes = changes_since(Before(SINCE, facts(FIGURE, gone)), facts(after, new))
    assert changes.figures == (
        ChangedFigure("people", "96", "56 (50 to 60)", "−40", "2021-02-01", "2021-03-01"),
        ChangedFigure("buses", "", "20 to 99", "", "", "2021-02-01"),
        ChangedFigure("tents", "96", "", "", "2021-02-01", ""),
    )
    up = changes_since(Before(SINCE, facts(after)), facts(FIGURE)).figures[0]
    assert up.change == "+40"
    later = replace(FIGURE, date=pd.Timestamp("2021-03-01"))
    assert changes_since(Before(SINCE, facts(FIGURE)), facts(later)).figures[0].change == ""


def test_claims_count_when_either_edition_cites_their_source():
    claims = tuple((source, replace(CLAIM, text=source)) for source in "axbc")
    before = Before(SINCE, facts(sources=["a", "b"]), claims)
    changes = changes_since(before, facts(sources=["c"]))
    assert [claim.text for claim in changes.claims] == ["a", "b", "c"]


def test_claims_behind_a_changed_figure_come_first_and_the_rest_is_counted():
    claims = (*[("a", CLAIM)] * MOST_CLAIMS, ("b", replace(CLAIM, text="first")))
    after = replace(FIGURE, best=97, high=97, low=97, sources=("a", "b"))
    changes = changes_since(Before(SINCE, facts(FIGURE), claims), facts(after))
    assert changes.claims[0].text == "first"
    assert (len(changes.claims), changes.more) == (MOST_CLAIMS, 1)
    box = BeautifulSoup(changes_box(changes), "html.parser")
    assert box.summary.text == f"{MOST_CLAIMS + 1} claims made the difference"
    assert box.find_all("li")[-1].text == "and 1 more"


def test_a_page_without_key_figures_does_not_speak_of_them():
    nothing = changes_since(Before(SINCE, facts()), facts())
    assert "No claim behind this page changed." in changes_box(nothing)
    some = changes_since(Before(SINCE, facts(), (("a", CLAIM),)), facts())
    assert "key figure" not in changes_box(some).lower()
    assert "1 claim made the difference" in changes_box(some)


CELLS = (
    "from helpers.analysis import returns_figures\n"
    "from helpers.charts import open_page, show_claims, show_figures, show_sources\n"
    "from helpers.data.load import load",
    "returns = load('returns', as_of=as_of)\nopen_page(load('sources', as_of=as_of).frame)",
    "show_figures(returns_figures(returns.frame))",
    "show_claims(returns.frame, caption='Claims')",
    "show_sources()",
)
PLAN = """editions:
  returns: {notebook: returns, title: "Returns", cadence: "0 6 * * 1"}
  known: {notebook: returns, title: "Known", parameters: {as_of: 2021-01-31}, cadence: "0 6 * * 1"}
"""


@pytest.fixture(scope="module")
def living(shipped, tmp_path_factory):
    """The shipped tables, reported; then one claim corrected, one removed, one added; reported."""
    project = make_project(tmp_path_factory.mktemp("living") / "ledger")
    for folder in ("data/raw", "data/processed", "docs"):
        shutil.copytree(shipped.root / folder, project.root / folder, dirs_exist_ok=True)
    write_notebook(project, "returns", *CELLS)
    project.plan.write_text(PLAN, encoding="utf-8")
    assert run_reports(project).exit_status == 0
    first = {name: last_dated(project.reports, name) for name in ("returns", "known")}
    _edit(project)
    assert run_reports(project).exit_status == 0
    return project, first


def _edit(project: Project) -> None:
    """Change the table as a curator might: the newest escorted total, and two others."""
    path = project.raw / "returns.csv"
    text = path.read_text(encoding="utf-8")
    rows = {row["claim_id"]: row for row in csv.DictReader(io.StringIO(text))}
    last = rows["ret-acca75bc"]
    new = last | {"date": "2021-02-24", "count": "52800", "note": "Daily & total"}
    new["claim_id"] = new_claim_id("returns", new)
    kept = [line for line in text.splitlines(keepends=True) if not line.startswith("ret-ad24000a")]
    assert len(kept) == len(rows)
    added = io.StringIO()
    csv.DictWriter(added, list(new), lineterminator="\n").writerow(new)
    path.write_text("".join(kept) + added.getvalue(), encoding="utf-8")
    with (project.raw / "corrections.csv").open("a", encoding="utf-8") as file:
        file.write("ret-acca75bc,count,52700,52690,misread,2026-11-22\n")


def test_the_first_edition_says_nothing_of_changes(living):
    project, first = living
    page = (project.reports / first["returns"].link).read_text(encoding="utf-8")
    soup = BeautifulSoup(page, "html.parser")
    assert soup.select(".kl-changes, .kl-moved") == []
    assert "Last edition" not in soup.select_one(".kl-byline").text


def test_the_page_tells_the_figure_and_the_claims_that_made_the_difference(living):
    project, _ = living
    soup = BeautifulSoup((project.reports / "returns.html").read_text("utf-8"), "html.parser")
    box = soup.select_one(".kl-changes")
    cells = [" ".join(cell.stripped_strings) for cell in box.select("tbody tr > *")]
    assert cells == [
        "people brought back in escorted convoys",
        "52,700 22 February 2021",
        "52,800 24 February 2021",
        "+100",
    ]
    claims = {item.strong.text: " ".join(item.text.split()) for item in box.select("li")}
    assert set(claims) == {"New:", "Corrected:", "Gone:"}
    assert claims["New:"].startswith("New: 52,800 people, 24 Feb 2021, stated by Ministry of Def")
    assert ": Daily & total – 24News.am, undated" in claims["New:"]
    assert claims["Gone:"].startswith("Gone: 49,461 people, 16 Jan 2021, stated by Russian peace")
    assert "(before: 52,700 people, 22 Feb 2021" in claims["Corrected:"]
    assert all(item.a["href"].startswith("https://") for item in box.select("li"))
    assert soup.select_one(".kl-moved").text.startswith("+100 since ")
    assert soup.find("script") is None


def test_an_edition_of_an_earlier_day_is_told_only_what_it_could_know(living):
    """The source of the other two is undated: nobody knows since when it has been known."""
    project, first = living
    assert last_dated(project.reports, "known").name != first["known"].name
    soup = BeautifulSoup((project.reports / "known.html").read_text("utf-8"), "html.parser")
    assert "No key figure changed." in soup.select_one(".kl-changes").text
    (claim,) = soup.select(".kl-changes li")
    assert claim.strong.text == "Gone:"
    assert soup.select(".kl-moved") == []


def test_the_terminal_tells_the_same(living):
    project, _ = living
    text = difference_text(project, "returns", width=100)
    flat = " ".join(text.split())
    assert "52,700 on 22 February 2021 -> 52,800 on 24 February 2021 (+100)" in flat
    assert "3 claims of the sources they cite made the difference:" in flat
    assert "New: 52,800 people, 24 Feb 2021, stated by Ministry of Defence of Russia" in flat
    assert "Corrected: 52,690 people" in flat
    assert "Gone: 49,461 people" in flat
    assert max(map(len, text.splitlines())) <= 100
    assert text.startswith("returns: 20")


def test_no_difference_is_told_in_words(living):
    project, _ = living
    name = str(last_dated(project.reports, "returns").name)
    lines = difference_text(project, "returns", [name, name]).splitlines()
    assert lines[1:] == [
        "No difference in any key figure.",
        "No difference in the claims of the sources they cite.",
    ]


def test_claims_that_are_no_longer_kept_are_not_passed_over_in_silence(living, tmp_path):
    project, _ = living
    folder = shutil.copytree(project.reports, tmp_path / "copy")
    shutil.rmtree(folder / ".vintages")
    text = difference_text(project, "returns", folder=folder)
    assert "Not kept as they were, so without their claims: returns.parquet." in text
    assert "(+100)" in text


@pytest.mark.parametrize(
    ("edition", "dates", "message"),
    [
        ("retruns", [], "'retruns' has no dated editions in .*; did you mean 'returns'"),
        ("../reports", [], "'../reports' has no dated editions"),
        ("returns", ["2020-01-01"], "'2020-01-01' is no dated edition of returns; there are 20"),
        ("returns", ["../known/x"], "is no dated edition of returns; there are 20"),
        ("returns", ["a", "b", "c"], "3 dates are too many; give two, one or none"),
    ],
)
def test_wrong_names_are_told_with_what_there_is(living, edition, dates, message):
    with pytest.raises(ReportError, match=message) as caught:
        difference_text(living[0], edition, dates)
    assert "\n" not in str(caught.value)


def test_vintages_are_kept_once_and_go_with_the_last_edition_that_needs_them(living, tmp_path):
    project, _ = living
    kept = list((project.reports / ".vintages").iterdir())
    assert len(kept) == 2  # two editions read the table, before and after
    root = shutil.copytree(project.root, tmp_path / "ledger")
    pruned = Project(root)
    pruned.plan.write_text("keep: {last: 1}\n" + PLAN, encoding="utf-8")
    notebook = write_notebook(pruned, "returns", *CELLS, "1")
    assert notebook.is_file()
    assert run_reports(pruned).exit_status == 0
    left = [path.name for path in (pruned.reports / ".vintages").iterdir()]
    assert len(left) == 1
    for name in ("returns", "known"):
        dated = last_dated(pruned.reports, name)
        assert len(list((pruned.reports / name).glob("*.html"))) == 1
        assert left[0].removesuffix(".parquet") in dated.tables["returns.parquet"]
    soup = BeautifulSoup((pruned.reports / "returns.html").read_text("utf-8"), "html.parser")
    assert "No key figure changed." in soup.select_one(".kl-changes").text
    # Nothing to do: nothing new is written but the index and the manifest.
    before = {path: path.stat().st_mtime_ns for path in pruned.reports.rglob("*")}
    assert len(run_reports(pruned).unchanged) == 2
    after = {path: path.stat().st_mtime_ns for path in pruned.reports.rglob("*")}
    assert after.keys() == before.keys()
    moved = {path.name for path in after if after[path] != before[path] and path.is_file()}
    assert moved == {"index.html", "manifest.json"}
