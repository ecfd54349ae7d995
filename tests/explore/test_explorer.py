"""Controls move, and chart, claims, sources and words follow together."""

import re

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from helpers.analysis import sound
from helpers.data.errors import ProjectError
from helpers.data.load import load
from helpers.data.project import Project
from helpers.data.vocabulary import CLAIM_TABLES
from helpers.explore import Explorer, explore, search_claims
from helpers.explore.labels import LEVELS
from helpers.explore.ledger import Ledger
from helpers.explore.search import all_claims
from helpers.explore.selection import Selection
from helpers.explore.view import describe_view, look_up


@pytest.fixture
def explorer(ledger: Ledger) -> Explorer:
    return Explorer(ledger, Selection("returns", "escorted_returns/people", ""))


def shown(explorer: Explorer) -> BeautifulSoup:
    panels = (explorer.said, explorer.chart, explorer.claims, explorer.sources)
    return BeautifulSoup("".join(panel.value for panel in panels), "html.parser")


def test_chart_claims_and_sources_are_of_one_selection(explorer: Explorer) -> None:
    page = shown(explorer)
    assert "escorted convoys" in page.select_one(".kl-title").get_text()
    rows = BeautifulSoup(explorer.claims.value, "html.parser").select("tbody tr")
    assert len(rows) == len(explorer.view.claims)
    assert page.select_one(".kl-said").get_text().startswith(f"{len(rows)} claims by ")
    cited = {link["href"][1:] for link in page.select("sup.kl-cite a")}
    listed = {item["id"] for item in page.select(".kl-sources li")}
    assert cited <= listed
    assert len(listed) == explorer.view.claims["source_id"].nunique()


def test_a_moved_control_changes_all_of_them(explorer: Explorer) -> None:
    panels = (explorer.said, explorer.chart, explorer.claims, explorer.sources)
    before = [panel.value for panel in panels]
    explorer.controls.table.value = "exchanges"
    after = [panel.value for panel in panels]
    assert all(old != new for old, new in zip(before, after, strict=True))
    assert explorer.view.selection.table == "exchanges"


def test_as_of_a_day_only_what_was_printed_by_then_is_shown(explorer: Explorer) -> None:
    everything = len(explorer.view.claims)
    explorer.controls.as_of.value = "2021-01-01"
    assert 0 < len(explorer.view.claims) < everything
    assert explorer.view.claims["published"].max() <= pd.Timestamp("2021-01-01")
    found = re.search(r"(\d+) printed later and (\d+) on undated pages", explorer.said.value)
    assert found
    assert len(explorer.view.claims) + int(found[1]) + int(found[2]) == everything


def test_the_period_and_the_voices_narrow_what_is_shown(explorer: Explorer) -> None:
    explorer.controls.period.value = ("2020-12", "2020-12")
    assert explorer.view.claims["date"].between("2020-12-01", "2020-12-31").all()
    assert "outside the period" in explorer.said.value
    explorer.controls.claimant.value = "russia_defence_ministry"
    assert set(explorer.view.claims["claimant_id"]) == {"russia_defence_ministry"}


def test_an_empty_selection_says_so_in_words(explorer: Explorer) -> None:
    explorer.controls.as_of.value = "2020-10-01"
    page = shown(explorer)
    assert not page.select("img, tbody tr")
    assert "Nothing had been printed by 1 Oct 2020" in explorer.said.value
    assert "16 Nov 2020" in explorer.said.value
    assert "No figure in this selection." in page.get_text()
    assert "No source is cited" in page.get_text()


def test_undated_pages_alone_are_told_apart() -> None:
    ever = pd.DataFrame({"published": [pd.NaT], "speaker": ["a"], "known_issue": [""]})
    said = describe_view(ever.head(0), ever.head(0), ever, "2021-01-01")
    assert "its pages are undated" in said


def test_a_control_that_changes_nothing_draws_nothing(
    explorer: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    explorer.controls.as_of.value = "2024-01-01"
    monkeypatch.setattr("helpers.explore.explorer.lay_out", lambda *_: pytest.fail("drawn again"))
    explorer.controls.as_of.value = "2024-02-01"
    assert "1 Feb 2024" in explorer.said.value


def test_names_of_places_follow_the_form(explorer: Explorer) -> None:
    explorer.controls.levels[0].value = "resettled_idps"
    explorer.controls.series.value = "resettled_idps/lachin/people"
    explorer.controls.names.value = "armenian"
    label = {value: label for label, value in explorer.controls.series.options}
    assert "Lachin" not in label["resettled_idps/lachin/people"]
    title = shown(explorer).select_one(".kl-title").get_text()
    explorer.controls.names.value = "english"
    assert shown(explorer).select_one(".kl-title").get_text() != title


@pytest.mark.parametrize("table", CLAIM_TABLES)
def test_every_kind_of_series_can_be_drawn(ledger: Ledger, table: str) -> None:
    claims = sound(ledger.claims(table))
    kinds = claims.drop_duplicates([LEVELS[table][-1][1], "measure"])
    for series, measure in zip(kinds["series"], kinds["measure"], strict=True):
        chart = look_up(ledger, Selection(table, series, measure)).chart()
        assert chart.figure is not None, series
        assert chart.sources, series


def test_known_faults_are_listed_but_not_drawn(ledger: Ledger) -> None:
    view = look_up(ledger, Selection("returns", "escorted_returns/people", "cumulative"))
    faults = view.claims["known_issue"].str.contains("misprint|duplicate|fall")
    assert faults.any()
    assert f"{faults.sum()} claims listed, but not drawn" in view.said


def test_tables_that_vanish_while_exploring_are_reported_where_the_reader_looks(
    explorer: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ProjectError("returns.parquet: not built; run `karabakh build`")

    monkeypatch.setattr("helpers.explore.explorer.look_up", fail)
    explorer.controls.measure.value = "flow"
    assert "returns.parquet: not built" in explorer.said.value
    assert explorer.chart.value == ""
    monkeypatch.undo()
    explorer.controls.measure.value = "cumulative"
    assert "<img" in explorer.chart.value


def test_the_doors_take_what_the_notebook_gives(shipped: Project) -> None:
    explorer = explore(table="exchanges", as_of="2021-05-04", names="english", project=shipped)
    assert explorer.controls.selection.as_of == "2021-05-04"
    assert "4 May 2021" in explorer.said.value


def test_every_claim_can_be_searched_with_a_link_to_its_page(shipped: Project) -> None:
    frame = all_claims(project=shipped)
    assert frame["Claim"].is_unique
    assert set(frame["Table"]) == {
        "returns",
        "exchanges",
        "deployments",
        "operations",
        "casualties",
        "plans",
    }
    row = frame[frame["Claim"] == "exc-19bd6e35"].iloc[0]
    assert row["Figure"].endswith(" people")
    assert BeautifulSoup(row["Printed by"], "html.parser").a["href"].startswith("http")
    earlier = all_claims(as_of="2021-05-01", project=shipped)
    assert 0 < len(earlier) < len(frame)


def test_markup_in_a_claim_is_inert_and_nothing_is_loaded(
    shipped: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load_marked(table: str, **options: object):
        found = load(table, **options)
        if table == "returns":
            found.frame.loc[0, "note"] = "<script>alert(1)</script>"
        return found

    monkeypatch.setattr("helpers.explore.search.load", load_marked)
    notes = set(all_claims(project=shipped)["Note"])
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in notes
    html = search_claims(project=shipped).html
    assert "<script>alert(1)" not in html
    assert not re.search(r"(?:src|import\()[=\s]*[\"']?https?:", html)
