"""Sources are numbered as they are first cited and come out inert."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from helpers.charts import citations, open_page, show_sources
from helpers.charts.citations import Citations, page
from small_frames import sources


def numbers(html: str) -> list[str]:
    return [link.get_text() for link in BeautifulSoup(html, "html.parser").select("a")]


@pytest.fixture
def cited() -> Citations:
    return Citations(sources("a", "b", "c", "d", "e"))


def test_numbers_follow_first_citation(cited: Citations) -> None:
    assert numbers(cited.cite(["c"])) == ["1"]
    assert numbers(cited.cite(["a", "c"])) == ["1", "2"]
    assert numbers(cited.cite(["c"])) == ["1"]
    items = BeautifulSoup(cited.list_html(), "html.parser").select("ol.kl-sources > li")
    assert [item["id"] for item in items] == ["src-1", "src-2"]
    assert [item.get_text()[0] for item in items] == ["c", "a"]


def test_links_lead_into_the_list(cited: Citations) -> None:
    soup = BeautifulSoup(cited.cite(["b"]), "html.parser")
    assert soup.sup is not None
    assert soup.sup["class"] == ["kl-cite"]
    assert soup.sup.a is not None
    assert soup.sup.a["href"] == "#src-1"


def test_a_mark_shows_three_numbers_and_how_many_more(cited: Citations) -> None:
    mark = cited.cite(["a", "b", "c", "d", "e", "a"])
    assert numbers(mark) == ["1", "2", "3"]
    assert "+2" in mark
    assert "+" not in cited.cite(["a", "b", "c"])
    assert cited.list_html().count("<li") == 5


def test_unknown_sources_are_passed_over(cited: Citations) -> None:
    assert cited.cite(["unheard-of"]) == ""
    assert cited.cite([]) == ""
    assert numbers(cited.cite(["unheard-of", "b"])) == ["1"]
    assert "No source" in Citations(sources("a")).list_html()


@pytest.mark.parametrize("chosen", [("a", "b"), ("b", "a", "b")])
def test_one_line_names_publishers_and_the_span_of_days(chosen: tuple) -> None:
    frame = sources("a", "b", "c")
    frame["publisher"] = ["Interfax", "TASS", "Turan"]
    frame["published"] = pd.to_datetime(["2021-02-01", "2021-01-13", None])
    line = Citations(frame).summarise(chosen)
    assert line == "Sources: Interfax, TASS; 13 Jan 2021 to 1 Feb 2021."


def test_one_line_for_one_for_none_for_undated_and_for_many() -> None:
    frame = sources(*"abcdefg")
    frame["publisher"] = ["TASS", "TASS", "Zeta", "Alfa", "Beta", "Gamma", "Delta"]
    frame["published"] = pd.to_datetime([None, "2021-01-13", None, None, None, None, None])
    cited = Citations(frame)
    assert cited.summarise(["b"]) == "Source: TASS; 13 Jan 2021."
    assert cited.summarise(["c"]) == "Source: Zeta; undated."
    assert "none" in cited.summarise([])
    assert cited.summarise("abcdef").startswith(
        "Sources: TASS, Alfa, Beta, Gamma and 1 more outlet;"
    )
    assert "and 2 more outlets" in cited.summarise("abcdefg")


def test_a_source_says_who_when_in_which_language_and_where() -> None:
    frame = sources("a", "b", "c")
    frame["publisher"] = ["RFE/RL", "Turan", "TASS"]
    frame["via"] = ["", "Mirror", ""]
    frame["language"] = ["en", "az", "en"]
    frame["url"] = ["https://www.example.org/a?b=1&c=2", "http://example.org/x", ""]
    frame.loc[1, "published"] = pd.NaT
    cited = Citations(frame)
    cited.cite(["a", "b", "c"])
    items = BeautifulSoup(cited.list_html(), "html.parser").select("li")
    assert items[0].get_text() == "RFE/RL, 2 Feb 2021: example.org"
    assert items[0].a is not None
    assert items[0].a["href"] == "https://www.example.org/a?b=1&c=2"
    assert items[1].get_text() == "Turan, via Mirror, undated, in Azerbaijani: example.org"
    assert items[2].get_text().startswith("TASS, 2 Feb 2021 (")
    assert items[2].a is None


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "javascript://example.org/%0aalert(1)",
        "data:text/html,<script>alert(1)</script>",
        "//example.org/x",
        "ftp://example.org/x",
        "/etc/passwd",
    ],
)
def test_only_web_addresses_become_links(address: str) -> None:
    cited = Citations(sources("a", url=address))
    cited.cite(["a"])
    soup = BeautifulSoup(cited.list_html(), "html.parser")
    assert soup.select("li")
    assert not soup.select("a")
    assert not soup.select("script")


def test_what_sources_say_of_themselves_is_inert() -> None:
    bad = "<script>alert('x')</script>\" onclick=\"y"
    frame = sources("a", publisher=bad, via=bad, language=bad)
    frame["url"] = 'https://example.org/"><script>alert(1)</script>'
    cited = Citations(frame)
    cited.cite(["a"])
    soup = BeautifulSoup(cited.list_html(), "html.parser")
    assert not soup.select("script")
    assert bad in soup.get_text()
    assert {name for tag in soup.find_all() for name in tag.attrs} <= {"class", "id", "href"}


def test_every_shipped_language_has_a_name(tables: dict) -> None:
    unnamed = {
        code
        for code in set(tables["sources"]["language"]) - {"en"}
        if citations._language(code) == code
    }
    assert unnamed == set()


def test_a_page_must_be_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(citations, "_current", None)
    with pytest.raises(RuntimeError, match=r"open_page\(sources\)"):
        page()
    with pytest.raises(RuntimeError, match="no page is open"):
        show_sources()


def test_a_new_page_counts_from_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(citations, "_current", None)
    open_page(sources("a", "b"))
    page().cite(["a"])
    open_page(sources("a", "b"))
    assert numbers(page().cite(["b"])) == ["1"]
    assert "src-1" in show_sources()._repr_html_()
