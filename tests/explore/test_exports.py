"""A view as files and as an edition: the same bytes, a name from the selection, a valid plan."""

import base64
import io
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from helpers.charts import open_page
from helpers.data.frames import rows_of
from helpers.data.project import Project
from helpers.data.vocabulary import CLAIM_TABLES
from helpers.explore import Explorer
from helpers.explore.downloads import captioned, files_of, links_to
from helpers.explore.labels import LEVELS
from helpers.explore.ledger import Ledger
from helpers.explore.selection import Selection
from helpers.explore.stanza import answering, edition_stanza
from helpers.explore.view import look_up
from helpers.reports.editions import Edition
from helpers.reports.plan import SLUG, read_plan
from pages import ROOT, Runner

ESCORTED = Selection("returns", "escorted_returns/people", "cumulative")
HELD = "held/azerbaijan/armenia/people"
SELECTIONS = [
    (ESCORTED, "02_returns"),
    (Selection("returns", "resettled_idps/lachin/people", "flow"), "07_claims"),
    (Selection("returns", "still_displaced/people", "stock"), "07_claims"),
    (Selection("exchanges", "remains/azerbaijan/armenia/bodies", "flow"), "03_exchanges"),
    (Selection("exchanges", HELD, "stock", party="azerbaijan"), "07_claims"),
    (Selection("exchanges", HELD, "stock", claimant="azerbaijan_government"), "07_claims"),
    (
        Selection(
            "deployments",
            "russian_peacekeepers/personnel/deployed/nagorno_karabakh/servicemen",
            "stock",
            start="2020-11-01",
            end="2021-12-31",
        ),
        "04_deployments",
    ),
    (
        Selection(
            "operations",
            "russian_peacekeepers/mine_clearance_area/nagorno_karabakh/hectares",
            "cumulative",
            end="2021-12-31",
            as_of="2021-12-31",
            names="azerbaijani",
        ),
        "05_operations",
    ),
    (
        Selection("casualties", "azerbaijan/killed_servicemen/war-2020/servicemen", "cumulative"),
        "07_claims",
    ),
]


def planned(tmp_path: Path, stanza: str) -> Edition:
    """Read a stanza as part of the shipped plan, with the shipped notebooks."""
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks", dirs_exist_ok=True)
    plan = (ROOT / "reports.yml").read_text("utf-8")
    (tmp_path / "reports.yml").write_text(plan + "\n" + stanza, encoding="utf-8")
    return read_plan(Project(tmp_path))[-1]


@pytest.mark.parametrize(("selection", "notebook"), SELECTIONS, ids=str)
def test_a_view_becomes_an_edition_that_shows_its_claims(
    ledger: Ledger, runner: Runner, tmp_path: Path, selection: Selection, notebook: str
) -> None:
    view = look_up(ledger, selection)
    edition = planned(tmp_path, edition_stanza(view))
    assert (edition.name, edition.notebook) == (selection.slug, notebook)
    page = runner.run(edition.notebook, **edition.parameters)
    known = set(page.cited)
    assert set(view.claims["source_id"]) <= known
    assert page.drawn


@pytest.mark.parametrize("table", CLAIM_TABLES)
def test_every_kind_of_view_makes_a_valid_stanza(
    ledger: Ledger, tmp_path: Path, table: str
) -> None:
    claims = ledger.claims(table)
    kinds = claims.drop_duplicates([LEVELS[table][-1][1], "measure", "claimant_party"])
    period = {"start": "2021-01-01", "end": "2023-12-31", "as_of": "2024-01-01"}
    stanzas = {}
    for row in rows_of(kinds):
        for party in ("", row.claimant_party):
            chosen = Selection(table, row.series, row.measure, party=party, **period)
            stanzas.setdefault(chosen.slug, edition_stanza(look_up(ledger, chosen)))
    edition = planned(tmp_path, "".join(stanzas.values()))
    assert edition.name == list(stanzas)[-1]


def test_the_parameters_ask_for_what_was_chosen(ledger: Ledger) -> None:
    chosen = Selection("exchanges", HELD, "stock", party="azerbaijan", as_of="2021-05-01")
    notebook, parameters = answering(look_up(ledger, chosen))
    assert notebook == "07_claims"
    assert parameters["contains"] == HELD
    assert "azerbaijan_government" in parameters["claimants"]
    assert "as_of: '2021-05-01'" in edition_stanza(look_up(ledger, chosen))
    everyone = Selection("returns", "escorted_returns/people", "flow")
    assert answering(look_up(ledger, everyone)) == ("02_returns", {"scope": "escorted_returns"})


def test_names_tell_views_apart_and_fit() -> None:
    assert ESCORTED.slug == "returns-escorted-returns-people-cumulative"
    long = Selection(
        "operations",
        "russian_peacekeepers/civilian_evacuations_children/nagorno_karabakh/civilians",
        "cumulative",
        party="russia",
        start="2020-11-01",
        end="2021-12-31",
        as_of="2021-12-31",
    )
    assert SLUG.fullmatch(long.slug)
    assert len(long.slug) <= 80
    assert long.slug.endswith("-russia-from-2020-11-01-to-2021-12-31-as-of-2021-12-31")
    everything = Selection("exchanges", "missing/-/armenia/people/2020-09-27", "stock")
    assert everything.slug == "exchanges-missing-armenia-people-2020-09-27-stock"


def test_files_hold_the_view_and_say_whose_it_is(ledger: Ledger) -> None:
    view = look_up(ledger, ESCORTED)
    files = files_of(view, ledger)
    assert list(files) == ["png", "svg", "csv"]
    assert files["png"].startswith(b"\x89PNG")
    picture = BeautifulSoup(files["svg"], "html.parser")
    words = picture.get_text(" ", strip=True)
    title = view.chart().title
    assert title in words
    for text in ("Sources: ", "Karabakh Ledger", "Running totals in people"):
        assert text in words
    frame = pd.read_csv(io.BytesIO(files["csv"]), keep_default_na=False)
    assert frame["claim_id"].tolist() == view.claims["claim_id"].tolist()
    assert {"count", "qualifier", "claimant", "publisher", "url"} <= set(frame.columns)
    assert files_of(view, ledger) == files


def test_words_of_a_picture_stay_inside_it_and_off_the_drawing(ledger: Ledger) -> None:
    open_page(ledger.sources)
    chart = look_up(ledger, ESCORTED).chart()
    assert chart.figure is not None
    figure = captioned(chart.figure, chart)
    width, height = figure.canvas.get_width_height()
    drawing = figure.axes[0].get_window_extent()
    boxes = [text.get_window_extent() for text in figure.texts]
    assert len(boxes) >= 3
    for box in boxes:
        assert box.x0 >= 0
        assert box.x1 <= width
        assert 0 <= box.y0 < box.y1 <= height
        assert box.y0 >= drawing.y1 or box.y1 <= drawing.y0
    tops = [box.y1 for box in boxes]
    assert tops == sorted(tops, reverse=True)


def test_an_empty_view_gives_its_empty_table_only(ledger: Ledger) -> None:
    files = files_of(look_up(ledger, replace(ESCORTED, as_of="2020-10-01")), ledger)
    assert list(files) == ["csv"]
    assert files["csv"].decode().startswith("claim_id,")
    assert files["csv"].count(b"\n") == 1


def test_links_carry_their_files() -> None:
    html = links_to({"csv": b"a,b\n1,2\n", "svg": b"<svg/>"}, "returns-x")
    links = BeautifulSoup(html, "html.parser").select("a")
    assert [link["download"] for link in links] == ["returns-x.csv", "returns-x.svg"]
    kind, _, data = links[0]["href"].partition(",")
    assert kind == "data:text/csv;charset=utf-8;base64"
    assert base64.b64decode(data) == b"a,b\n1,2\n"


def test_buttons_show_files_and_stanza_of_the_current_view(ledger: Ledger) -> None:
    explorer = Explorer(ledger, ESCORTED)
    explorer.download.click()
    assert 'download="returns-escorted-returns-people-cumulative.png"' in explorer.taken.value
    explorer.edition.click()
    text = BeautifulSoup(explorer.taken.value, "html.parser").pre.get_text()
    assert text == edition_stanza(explorer.view)
    explorer.controls.measure.value = "flow"
    assert explorer.taken.value == ""
    explorer.edition.click()
    assert re.search(r"people-flow:\n", explorer.taken.value)
