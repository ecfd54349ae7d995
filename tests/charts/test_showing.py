"""Tables and sentences: computed, cited, and inert whatever the data hold."""

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from IPython.core.formatters import DisplayFormatter

from helpers.analysis import KeyFigure, claim_series, handovers, side_by_side
from helpers.charts import (
    Look,
    describe_handovers,
    describe_hidden,
    describe_news,
    describe_series,
    describe_strength,
    open_page,
    plot_claims,
    plot_handovers,
    plot_side_by_side,
    plot_timeline,
    show_claims,
    show_events,
    show_figures,
    show_handovers,
    show_sources,
    show_table,
)
from helpers.charts.tables import table_html
from helpers.data.figures import FACTS_TYPE
from helpers.data.load import Table
from small_frames import claims, events, handover_claims, sources

LOOK = Look("people back")
pytestmark = pytest.mark.usefixtures("small_page")


def soup_of(shown) -> BeautifulSoup:
    return BeautifulSoup(shown._repr_html_(), "html.parser")


def text_of(shown) -> str:
    soup = soup_of(shown)
    for mark in soup.select("sup.kl-cite"):
        mark.decompose()
    return soup.get_text()


def cells(html: str) -> list[str]:
    return [cell.get_text() for cell in BeautifulSoup(html, "html.parser").select("tbody th, td")]


def test_cells_are_written_for_readers() -> None:
    frame = pd.DataFrame(
        {
            "first_day": [pd.Timestamp("2021-02-01")],
            "number": pd.array([51_947], "Int64"),
            "part": pd.array([14.5], "Float64"),
            "missing": pd.array([pd.NA], "Float64"),
            "no day": [pd.NaT],
            "not a number": [np.nan],
            "nothing": [None],
            "sure": [True],
            "unsure": [False],
            "text": ["a & b"],
            "sources": [("agency-1",)],
        }
    )
    html = table_html(frame, caption="What & why")
    assert cells(html) == [
        "1 Feb 2021",
        "51,947",
        "14.5",
        *["not stated"] * 4,
        "yes",
        "no",
        "a & b",
        "1",
    ]
    soup = BeautifulSoup(html, "html.parser")
    heads = [head.get_text() for head in soup.select("thead th")]
    assert heads[:2] == ["First day", "Number"]
    assert soup.caption is not None
    assert soup.caption.get_text() == "What & why"
    assert [cell.get_text() for cell in soup.select(".kl-num")][:2] == ["51,947", "14.5"]


def test_zero_is_not_missing() -> None:
    frame = pd.DataFrame({"n": pd.array([0, pd.NA], "Int64"), "f": [0.0, np.nan]})
    assert cells(table_html(frame, caption="c")) == ["0", "0", "not stated", "not stated"]


@pytest.mark.parametrize(
    ("rows", "fold", "folded"), [(25, True, False), (26, True, True), (26, False, False)]
)
def test_long_tables_fold_and_say_how_long_they_are(rows: int, fold: bool, folded: bool) -> None:
    soup = soup_of(show_table(pd.DataFrame({"n": range(rows)}), caption="Counts", fold=fold))
    assert len(soup.select("tbody tr")) == rows
    assert bool(soup.select("details")) == folded
    if folded:
        assert "26" in soup.select("summary")[0].get_text()


def test_an_empty_table_says_so() -> None:
    soup = soup_of(show_table(pd.DataFrame({"n": []}), caption="c", empty="No <row>."))
    assert soup.get_text() == "No <row>."
    assert soup.select(".kl-empty")
    assert "No claim" in text_of(show_claims(claims({}).head(0), caption="c"))


def test_claims_tell_when_how_many_who_says_and_who_printed() -> None:
    frame = claims(
        {"date": "2021-02-03", "count": 20_000, "qualifier": "vague", "note": "Later"},
        {
            "source_id": "agency-1",
            "publisher": "Paper",
            "wire": "TASS",
            "via": "Mirror",
            "note": "As printed",
        },
        {"publisher": "TASS", "wire": "TASS", "published": "", "date": "2021-02-02"},
    )
    shown = show_claims(frame, caption="Claims")
    rows = [
        [cell.get_text() for cell in row.select("th, td")]
        for row in soup_of(shown).select("tbody tr")
    ]
    assert rows[0][:4] == ["1 Feb 2021", "96", "people", "As printed"]
    assert "Ministry of Bridges" in rows[0][4]
    assert rows[0][5] == "Paper (TASS) via Mirror, 2 Feb 2021"
    assert rows[0][6] == "1"
    assert rows[1][5] == "TASS, undated"
    assert rows[2][:2] == ["3 Feb 2021", "tens of thousands"]


def figure(low: float, best: float, high: float, **cells) -> KeyFigure:
    usual = {
        "name": "n",
        "label": "people back",
        "date": pd.Timestamp("2021-02-01"),
        "said_by": "Ministry (x)",
        "sources": ("agency-1",),
    }
    return KeyFigure(low=low, best=best, high=high, **(usual | cells))


@pytest.mark.parametrize(
    ("span", "text"),
    [
        ((51_947, 51_947, 51_947), "51,947"),
        ((95, 100, 105), "100 (95 to 105)"),
        ((20, pd.NA, 99), "20 to 99"),
        ((3, pd.NA, pd.NA), "3 or more"),
        ((575.5, 576, 576.5), "576"),
    ],
)
def test_key_figures_say_what_the_words_allow(span: tuple, text: str) -> None:
    soup = soup_of(show_figures([figure(*span)]))
    bold = soup.select(".kl-key b")[0]
    assert bold.get_text() == text
    assert soup.select(".kl-key span")[0].get_text() == "people back"
    assert "1 Feb 2021, Ministry" in soup.get_text()
    assert soup.select("sup.kl-cite a")[0]["href"] == "#src-1"


def test_no_key_figures_say_so() -> None:
    assert "No key figure" in text_of(show_figures([]))
    assert show_figures([])._repr_mimebundle_() == {FACTS_TYPE: {"figures": []}}


def test_figures_and_cited_sources_travel_as_plain_data() -> None:
    told = figure(95, 100, pd.NA)
    shown = DisplayFormatter().format(show_figures([told]))[0]
    assert shown["text/html"] == show_figures([told])._repr_html_()
    assert shown[FACTS_TYPE] == {"figures": [told.plain()]}
    assert KeyFigure.from_plain(shown[FACTS_TYPE]["figures"][0]).plain() == told.plain()
    assert show_sources()._repr_mimebundle_() == {FACTS_TYPE: {"sources": ["agency-1"]}}
    assert show_table(pd.DataFrame({"a": [1]}), caption="A")._repr_mimebundle_() == {}


def test_the_news_is_the_last_event() -> None:
    frame = events(
        {"event_id": "b", "date": "2021-02-01", "title": "Later & last"},
        {"event_id": "a", "date": "2021-01-01", "title": "Earlier"},
    )
    shown = describe_news(frame)
    assert "Later & last" in text_of(shown)
    assert "1 Feb 2021" in text_of(shown)
    assert "Earlier" not in text_of(shown)
    assert soup_of(shown).select("sup.kl-cite a")
    assert "No event" in text_of(describe_news(frame.head(0)))


def series_of(*rows: dict, measure: str = "cumulative") -> pd.DataFrame:
    return claim_series(claims(*rows, measure=measure), measure)


def test_a_series_is_told_from_first_to_last() -> None:
    series = series_of(
        {"count": 725, "date": "2020-11-15", "source_id": "agency-1"},
        {"count": 51_947, "date": "2021-02-01", "source_id": "agency-2"},
    )
    text = text_of(describe_series(series, LOOK))
    for part in ("Ministry of Bridges", "51,947 people back", "1 Feb 2021", "725", "15 Nov 2020"):
        assert part in text
    assert "(Northland)" not in text
    assert "2 claims by 1 claimant" in text


def test_the_largest_flow_is_told_not_the_last() -> None:
    rows = [{"count": 96, "date": "2021-01-30"}, {"count": 5, "date": "2021-02-01"}]
    text = text_of(describe_series(series_of(*rows, measure="flow"), LOOK))
    assert "96 people back" in text
    assert "30 Jan 2021" in text


def test_contradictions_are_told_with_their_sources() -> None:
    rows = [{"count": 502, "source_id": "agency-1"}, {"count": 648, "source_id": "agency-2"}]
    shown = describe_series(series_of(*rows, measure="flow"), LOOK)
    assert "exclude each other" in text_of(shown)
    assert "502 to 648" in text_of(shown)
    calm = describe_series(series_of(rows[0], measure="flow"), LOOK)
    assert "exclude each other" not in text_of(calm)


def test_no_series_says_so() -> None:
    text = text_of(describe_series(series_of({}).head(0), LOOK))
    assert text.startswith("No ")
    assert "people back" in text


def test_strength_is_told_against_what_was_agreed() -> None:
    deployed = series_of({"count": 138}, measure="stock")
    agreed = series_of({"count": 209, "date": "2021-03-01"}, measure="stock")
    text = text_of(describe_strength(deployed, agreed, "euma"))
    assert "138" in text
    assert "EU Mission in Armenia" in text
    assert "209" in text
    assert "1 Mar 2021" in text
    alone = text_of(describe_strength(deployed, agreed.head(0), "euma"))
    assert "209" not in alone
    none = text_of(describe_strength(deployed.head(0), agreed, "euma"))
    assert none.startswith("No ")


def test_handovers_are_told_with_mediators_and_custody() -> None:
    frame = handover_claims(
        {"event_id": "one", "held_since": "2021-11-16"},
        {"event_id": "two", "count": 1, "held_since": "2021-12-01"},
        {"event_id": "three", "count": 3},
        {"event_id": "four", "count": 9, "category": "remains"},
    )
    known = events(
        {"event_id": "one", "title": "Ten freed", "mediators_name": "European Union; Georgia"},
        {"event_id": "two", "date": "2021-12-25", "title": "One", "mediators_name": "Georgia"},
        {"event_id": "three", "date": "2021-12-26", "title": "Three & last"},
        {"event_id": "four", "date": "2021-12-31", "title": "Bodies"},
    )
    text = text_of(describe_handovers(handovers(frame, known)))
    assert "Three & last" in text
    assert "3 people" in text
    assert "26 Dec 2021" in text
    assert "2 of 3" in text
    assert "Georgia in 2 and European Union in 1" in text
    assert "33 days (Ten freed)" in text
    assert "Bodies" not in text


def test_handovers_without_mediators_or_captures_say_less() -> None:
    text = text_of(describe_handovers(handovers(handover_claims({}), events({}))))
    assert "ediator" not in text
    assert "held" not in text
    none = handovers(handover_claims({}).head(0), events({}))
    assert "No handover" in text_of(describe_handovers(none))
    flight = handovers(handover_claims({"count": 0}), events({}))
    assert "No handover" in text_of(describe_handovers(flight))


def test_what_is_hidden_is_counted() -> None:
    frame = pd.DataFrame({"n": [1, 2, 3]})
    day = pd.Timestamp("2021-05-01")
    whole = describe_hidden(Table("a", frame), Table("b", frame.head(1)))
    assert "4 rows" in text_of(whole)
    part = describe_hidden(
        Table("a", frame, day, hidden_later=1, hidden_undated=10),
        Table("b", frame, day, hidden_later=0, hidden_undated=7),
    )
    for words in ("1 May 2021", "6 rows", "1 row published later", "17 rows"):
        assert words in text_of(part)


BAD = "<script>alert('x')</script><img src=x onerror=y> \" ' & javascript:z"


def check_inert(html: str) -> None:
    soup = BeautifulSoup(html, "html.parser")
    assert not soup.select("script, iframe, object")
    for tag in soup.find_all():
        assert not [name for name in tag.attrs if name.startswith("on")]
        assert not str(tag.get("src", "data:image/svg")).startswith("x")
        if "href" in tag.attrs:
            assert str(tag["href"]).startswith(("#src-", "https://example.org/"))


def bad_claims(**cells) -> pd.DataFrame:
    texts = dict.fromkeys(("note", "claimant", "publisher", "via", "wire", "place_name"), BAD)
    return claims(texts | {"source_id": "agency-1"} | cells)


def test_claims_come_out_inert() -> None:
    open_page(sources("agency-1", publisher=BAD, via=BAD))
    frame = bad_claims()
    series = claim_series(frame, "cumulative")
    for shown in (
        show_claims(frame, caption=BAD),
        plot_claims(series, Look(BAD)),
        plot_side_by_side(side_by_side(series), BAD),
        describe_series(series, Look(BAD)),
        describe_strength(series, series, BAD),
        show_figures([figure(1, 1, 1, label=BAD, said_by=BAD)]),
        show_table(pd.DataFrame({BAD: [BAD]}), caption=BAD),
        plot_claims(series.head(0), Look(BAD)),
        describe_series(series.head(0), Look(BAD)),
    ):
        html = shown._repr_html_()
        check_inert(html)
        assert "alert('x')" in BeautifulSoup(html, "html.parser").get_text()


def test_events_and_handovers_come_out_inert() -> None:
    open_page(sources("agency-1", publisher=BAD))
    texts = ("title", "note", "place_name", "parties_name", "mediators_name")
    known = events(dict.fromkeys(texts, BAD))
    frame = handover_claims(
        {
            "from_party_name": BAD,
            "to_party_name": BAD,
            "in_return_for": BAD,
            "held_since": "2021-11-16",
            "source_id": "agency-1",
        }
    )
    legs = handovers(frame, known)
    for shown in (
        describe_news(known),
        show_events(known, caption=BAD),
        plot_timeline(known),
        plot_handovers(legs, "people"),
        show_handovers(legs, caption=BAD),
        describe_handovers(legs),
    ):
        check_inert(shown._repr_html_())


def test_pictures_hold_bad_words_as_text_only() -> None:
    open_page(sources("agency-1"))
    known = events({"title": BAD})
    charts = [
        plot_claims(claim_series(bad_claims(), "cumulative"), Look(BAD)),
        plot_timeline(known),
    ]
    for chart in charts:
        picture = BeautifulSoup(chart.svg().decode(), "html.parser")
        assert not picture.select("script, img")
        assert not [t for t in picture.find_all() if any(a.startswith("on") for a in t.attrs)]


def test_a_chart_is_named_in_plain_text_without_laying_out_its_table(monkeypatch):
    chart = plot_claims(claim_series(bad_claims(), "cumulative"), LOOK)
    monkeypatch.setattr(pd.DataFrame, "__repr__", lambda _: pytest.fail("laid out"))
    data, _ = DisplayFormatter().format(chart)
    assert data["text/plain"] == f"<Chart: {chart.title}>"
    assert data["text/html"].startswith("<figure")
