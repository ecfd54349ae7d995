"""Only what some claim holds is offered, and what was chosen stays where it still is."""

import pandas as pd
import pytest

from helpers.data.errors import ParameterError
from helpers.data.vocabulary import CLAIM_TABLES
from helpers.explore.choices import most_frequent, offer, offer_days_known, offer_months
from helpers.explore.controls import Controls
from helpers.explore.labels import LEVELS, details, look_at
from helpers.explore.ledger import Ledger
from helpers.explore.selection import Selection, voiced


@pytest.fixture
def controls(ledger: Ledger) -> Controls:
    return Controls(ledger, Selection("returns", "", ""))


def values(widget) -> set[str]:
    return {value for _, value in widget.options}


@pytest.mark.parametrize("table", CLAIM_TABLES)
def test_every_series_can_be_reached_and_no_other(
    ledger: Ledger, controls: Controls, table: str
) -> None:
    controls.table.value = table
    claims = ledger.claims(table)
    reached = set()
    for first in values(controls.levels[0]):
        controls.levels[0].value = first
        seconds = values(controls.levels[1]) if len(LEVELS[table]) > 1 else {None}
        for second in seconds:
            if second is not None:
                controls.levels[1].value = second
            reached |= values(controls.series)
            rows = claims[claims["series"] == controls.series.value]
            assert values(controls.measure) == set(rows["measure"])
            assert len(voiced(claims, controls.selection)) > 0
    assert reached == set(claims["series"])


@pytest.mark.parametrize("table", CLAIM_TABLES)
def test_series_of_one_category_have_different_names(ledger: Ledger, table: str) -> None:
    claims, words = ledger.claims(table), ledger.words()
    columns = [column for _, column in LEVELS[table]]
    rows = claims[[*columns, "series"]].drop_duplicates()
    named = rows.assign(name=[", ".join(details(table, key, words)) for key in rows["series"]])
    assert not named.duplicated([*columns, "name"]).any()
    assert not named["name"].str.contains("_").any()


def test_what_stands_below_follows_and_keeps_what_is_still_there(controls: Controls) -> None:
    controls.table.value = "exchanges"
    controls.levels[0].value = "held"
    assert controls.measure.value == "stock"
    assert controls.series.value == "held/azerbaijan/armenia/people"
    controls.party.value = "azerbaijan"
    assert values(controls.claimant) >= {"", "azerbaijan_government"}
    assert "armenia_government" not in values(controls.claimant)
    controls.claimant.value = "azerbaijan_government"
    controls.names.value = "armenian"
    controls.as_of.value = "2021-05-01"
    assert controls.selection == Selection(
        "exchanges",
        "held/azerbaijan/armenia/people",
        "stock",
        claimant="azerbaijan_government",
        party="azerbaijan",
        as_of="2021-05-01",
        names="armenian",
    )
    controls.party.value = "armenia"
    assert controls.claimant.value == ""


def test_a_table_with_one_level_hides_the_second(controls: Controls) -> None:
    assert controls.levels[1].layout.display == "none"
    controls.table.value = "operations"
    assert controls.levels[1].layout.display is None
    assert [level.description for level in controls.levels] == ["Force", "Activity"]
    controls.table.value = "casualties"
    assert [level.description for level in controls.levels] == ["Whose people", "Category"]


def test_a_choice_of_one_cannot_be_changed(controls: Controls) -> None:
    controls.levels[0].value = "bus_monitoring"
    for widget in (controls.series, controls.measure, controls.party, controls.claimant):
        assert widget.disabled
    controls.levels[0].value = "resettled_idps"
    assert not controls.series.disabled


def test_the_period_counts_in_months_and_its_ends_are_no_limit(controls: Controls) -> None:
    assert (controls.selection.start, controls.selection.end) == ("", "")
    controls.period.value = ("2020-11", "2021-02")
    assert (controls.selection.start, controls.selection.end) == ("2020-11-01", "2021-02-28")
    controls.period.value = ("first", "2024-02")
    assert (controls.selection.start, controls.selection.end) == ("", "2024-02-29")


def test_sliders_report_when_they_are_let_go(controls: Controls) -> None:
    assert not controls.period.continuous_update
    assert not controls.as_of.continuous_update


def test_months_and_days_reach_to_the_last_claim() -> None:
    frame = pd.DataFrame(
        {
            "last_day": pd.to_datetime(["1993-12-31", "2020-12-05"]),
            "published": pd.to_datetime(["2020-11-20", None]),
        }
    )
    months = [month for _, month in offer_months([frame])]
    assert months == ["first", "2020-09", "2020-10", "2020-11", "2020-12", "last"]
    known = offer_days_known([frame], "2020-10-15")
    assert [day for _, day in known] == ["2020-10-01", "2020-10-15", "2020-11-01", ""]
    assert known[1][0] == "15 Oct 2020"


def test_offers_are_named_counted_and_sorted() -> None:
    held = pd.Series(["b", "a", "b"])
    assert offer(held, str.upper) == [("A (1)", "a"), ("B (2)", "b")]
    assert most_frequent(held) == "b"
    assert most_frequent(pd.Series(["b", "a"])) == "a"
    assert most_frequent(pd.Series([], dtype="str")) == ""


@pytest.mark.parametrize(
    ("opening", "message"),
    [
        (Selection("plans", "", ""), "table='plans'"),
        (Selection("returns", "nobody/people", ""), "series='nobody/people'"),
        (Selection("returns", "", "", as_of="1 May"), "as_of='1 May'"),
        (Selection("returns", "", "", names="latin"), "names='latin'"),
    ],
)
def test_an_opening_that_is_not_there_is_an_error_that_names_it(
    ledger: Ledger, opening: Selection, message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        Controls(ledger, opening)


def test_an_opening_may_name_a_series(ledger: Ledger) -> None:
    key = "azerbaijan/killed_servicemen/war-2020/servicemen"
    controls = Controls(ledger, Selection("casualties", key, ""))
    assert [level.value for level in controls.levels] == ["azerbaijan", "killed_servicemen"]
    assert controls.selection.series == key


@pytest.mark.parametrize(
    ("table", "series", "measure", "words", "line"),
    [
        ("returns", "escorted_returns/people", "cumulative", "escorted convoys", "straight"),
        ("returns", "escorted_returns/people", "flow", "escorted convoys", "none"),
        (
            "exchanges",
            "held/azerbaijan/armenia/people",
            "stock",
            "people of Armenia held by Azerbaijan",
            "none",
        ),
        ("exchanges", "detainees/azerbaijan/armenia/people", "flow", "from Azerbaijan to", "none"),
        (
            "deployments",
            "russian_peacekeepers/personnel/deployed/nagorno_karabakh/servicemen",
            "stock",
            "servicemen of the Russian peacekeepers, deployed",
            "step",
        ),
        (
            "casualties",
            "azerbaijan/killed_servicemen/war-2020/servicemen",
            "cumulative",
            "killed, servicemen, Azerbaijan, 44-day war",
            "straight",
        ),
        (
            "exchanges",
            "missing/-/armenia/servicemen/2020-09-27/subset",
            "stock",
            "servicemen of Armenia missing, since 27 Sep 2020, part of a larger figure",
            "none",
        ),
    ],
)
def test_a_series_is_named_by_its_words_and_drawn_by_its_measure(
    ledger: Ledger, table: str, series: str, measure: str, words: str, line: str
) -> None:
    look = look_at(table, series, measure, ledger.words("english"))
    assert words in look.what
    assert look.line == line


def test_frames_are_read_once(ledger: Ledger) -> None:
    first = ledger.claims("returns", as_of="2021-02-01")
    assert ledger.claims("returns", as_of="2021-02-01") is first
    assert len(first) < len(ledger.claims("returns"))


def test_old_frames_make_room(shipped) -> None:
    ledger = Ledger(shipped)
    first = ledger.claims("returns", as_of="2021-01-01")
    for month in range(1, 13):
        ledger.claims("returns", as_of=f"2022-{month:02}-01")
        ledger.claims("returns", as_of=f"2023-{month:02}-01")
    assert ledger.claims("returns", as_of="2021-01-01") is not first
