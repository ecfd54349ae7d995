"""The five dispatches this project began with: every fact a row, with its source.

Each test states the figures as the dispatch does; the tables must say the same.
"""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from helpers.data.build import build
from helpers.data.load import load
from helpers.data.project import Project

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """All claims by id, and all events by id."""
    root = tmp_path_factory.mktemp("dispatches")
    shutil.copytree(ROOT / "data" / "raw", root / "data" / "raw")
    project = Project(root)
    build(project)
    names = ("returns", "exchanges", "deployments", "operations")
    claims = {name: load(name, names="english", project=project).frame for name in names}
    rows = {row["claim_id"]: row for frame in claims.values() for _, row in frame.iterrows()}
    events = load("events", names="english", project=project).frame.set_index("event_id")
    return rows, events


@pytest.fixture(scope="module")
def claim(tables):
    return tables[0].__getitem__


@pytest.fixture(scope="module")
def event(tables):
    return tables[1].loc.__getitem__


def day(text: str) -> pd.Timestamp:
    return pd.Timestamp(text)


def figure(row: pd.Series) -> tuple:
    """Return what a claim says: measure, count, qualifier, unit and its day."""
    return row["measure"], row["count"], row["qualifier"], row["unit"], f"{row['date']:%Y-%m-%d}"


def attribution(row: pd.Series) -> tuple:
    """Return who states a claim, who printed it, and when."""
    return row["claimant_id"], row["publisher"], f"{row['published']:%Y-%m-%d}"


INTERFAX = "interfax-20210201-733a"
MINISTRY = ("russia_defence_ministry", "Interfax", "2021-02-01")


class TestInterfax1February2021:
    def test_two_azerbaijani_servicemen_were_detained_near_tegh_on_30_january(self, claim):
        row = claim("exc-5f35c747")
        assert figure(row) == ("flow", 2, "exact", "servicemen", "2021-01-30")
        assert attribution(row) == MINISTRY
        assert (row["category"], row["place_name"]) == ("captured", "Tegh")
        assert (row["from_party"], row["to_party"]) == ("armenia", "azerbaijan")

    def test_they_were_released_through_the_russian_command(self, claim, event):
        row = claim("exc-7685f55d")
        assert figure(row) == ("flow", 2, "exact", "servicemen", "2021-02-01")
        assert attribution(row) == MINISTRY
        assert row["held_since"] == day("2021-01-30")
        assert (row["date_precision"], row["category"]) == ("by", "servicemen")
        assert (row["from_party"], row["to_party"], row["mediators"]) == (
            "armenia", "azerbaijan", "russia",
        )  # fmt: skip
        release = event(row["event_id"])
        assert (release["kind"], release["date"]) == ("exchange", day("2021-02-01"))
        assert (release["mediators_name"], release["place_name"]) == ("Russia", "Tegh")
        assert INTERFAX in release["source_ids"]

    def test_sixteen_sick_servicemen_were_taken_from_vank_to_magavuz_on_30_january(self, claim):
        row = claim("ope-122e655c")
        assert figure(row) == ("flow", 16, "exact", "servicemen", "2021-01-30")
        assert attribution(row) == MINISTRY
        assert (row["activity"], row["force"]) == ("medical_evacuations", "russian_peacekeepers")
        assert row["place_id"] == "magavuz"
        assert "from Vank to Magavuz" in row["note"]

    def test_27_observation_posts_were_manned(self, claim):
        row = claim("dep-20db452f")
        assert figure(row) == ("stock", 27, "exact", "posts", "2021-02-01")
        assert attribution(row) == MINISTRY
        assert (row["force"], row["category"], row["status"]) == (
            "russian_peacekeepers", "posts", "deployed",
        )  # fmt: skip

    def test_96_people_returned_in_a_day(self, claim):
        row = claim("ret-af713cb3")
        assert figure(row) == ("flow", 96, "exact", "people", "2021-02-01")
        assert attribution(row) == MINISTRY
        assert row["scope"] == "escorted_returns"

    def test_51_947_people_returned_in_all_since_14_november(self, claim):
        row = claim("ret-811571ba")
        assert figure(row) == ("cumulative", 51_947, "exact", "people", "2021-02-01")
        assert attribution(row) == MINISTRY
        assert row["since"] == day("2020-11-14")
        assert row["series"] == claim("ret-af713cb3")["series"] == "escorted_returns/people"
        assert (row["low"], row["high"]) == (51_947, 51_947)

    def test_the_contingent_is_1960_strong(self, claim):
        row = claim("dep-a89fee4f")
        assert figure(row) == ("stock", 1_960, "exact", "servicemen", "2020-11-10")
        assert attribution(row) == ("media", "Interfax", "2021-02-01")
        assert (row["force"], row["category"]) == ("russian_peacekeepers", "personnel")

    def test_the_joint_centre_works_from_30_january_under_the_memorandum_of_11_november(
        self, event
    ):
        opening, memorandum = event("opening-2021-01-30"), event("agreement-2020-11-11")
        assert (opening["kind"], opening["date"]) == ("opening", day("2021-01-30"))
        assert set(opening["parties"].split(";")) >= {"russia", "turkey"}
        assert (memorandum["kind"], memorandum["date"]) == ("agreement", day("2020-11-11"))
        assert memorandum["parties_name"] == "Russia; Turkey"
        assert INTERFAX in opening["source_ids"]
        assert INTERFAX in memorandum["source_ids"]

    def test_the_war_lasted_from_27_september_to_9_november_and_ceased_on_the_10th(self, event):
        war = event("war-2020")
        assert (war["date"], war["date_end"]) == (day("2020-09-27"), day("2020-11-09"))
        assert "ceasefire from 10 November 2020" in war["note"]
        assert INTERFAX in war["source_ids"]
        assert event("agreement-2020-11-09")["date"] == day("2020-11-09")


TASS_JANUARY = "tass-20210113-b403"


class TestTass13January2021:
    def test_the_foreign_ministers_spoke_of_the_captives_by_telephone(self, event):
        call = event("talks-2021-01-13")
        assert (call["kind"], call["date"]) == ("talks", day("2021-01-13"))
        assert call["parties_name"] == "Armenia; Russia"
        assert "return of captives" in call["title"]
        assert call["source_ids"] == TASS_JANUARY
        assert call["first_published"] == day("2021-01-13")

    def test_the_moscow_meeting_of_11_january(self, event):
        meeting = event("talks-2021-01-11")
        assert (meeting["kind"], meeting["date"]) == ("talks", day("2021-01-11"))
        assert meeting["place_name"] == "Moscow"
        assert set(meeting["parties"].split(";")) == {"armenia", "azerbaijan", "russia"}
        assert TASS_JANUARY in meeting["source_ids"]

    def test_one_ceasefire_violation_since_the_deployment(self, claim, event):
        row = claim("ope-044296fe")
        assert figure(row) == ("cumulative", 1, "exact", "violations", "2021-01-13")
        assert row["since"] == day("2020-11-10") == event("deployment-2020-11-10")["date"]
        assert attribution(row) == ("media", "TASS", "2021-01-13")
        assert row["activity"] == "ceasefire_violations_recorded"

    def test_tens_of_thousands_are_back_without_a_number(self, claim):
        row = claim("ret-8960d74c")
        assert figure(row) == ("cumulative", 20_000, "vague", "people", "2021-01-13")
        assert attribution(row) == ("media", "TASS", "2021-01-13")
        assert (row["low"], row["high"]) == (20_000, 99_999)
        assert pd.isna(row["best"])
        assert row["scope"] == "escorted_returns"

    def test_the_statement_of_9_november_set_the_handovers(self, event):
        statement = event("agreement-2020-11-09")
        assert (statement["kind"], statement["date"]) == ("agreement", day("2020-11-09"))
        assert "sets handover deadlines" in statement["title"]
        assert TASS_JANUARY in statement["source_ids"]
        handovers = [event(f"handover-{date}")["kind"] for date in ("2020-11-20", "2020-11-25",
                                                                    "2020-12-01")]  # fmt: skip
        assert handovers == ["territory_handover"] * 3


TASS_JULY = "tass-20210707-9432"


class TestTass7July2021:
    def test_15_armenian_citizens_were_handed_over_for_maps_of_fuzuli_and_zangilan(
        self, claim, event
    ):
        people, maps = claim("exc-3ff1e3e7"), claim("exc-e5d3c4ec")
        assert figure(people) == ("flow", 15, "exact", "people", "2021-07-03")
        assert (people["from_party"], people["to_party"]) == ("azerbaijan", "armenia")
        assert figure(maps) == ("flow", 1, "vague", "map_sets", "2021-07-03")
        assert (maps["from_party"], maps["to_party"]) == ("armenia", "azerbaijan")
        assert maps["category"] == "mine_maps"
        for leg in (people, maps):
            assert leg["mediators_name"] == "Russia"
            assert attribution(leg) == ("media", "TASS", "2021-07-07")
        title = event(maps["event_id"])["title"]
        assert "Fuzuli" in title
        assert "Zangilan" in title

    def test_both_legs_are_one_package(self, claim, event):
        people, maps = claim("exc-3ff1e3e7"), claim("exc-e5d3c4ec")
        assert people["in_return_for"] == maps["event_id"] == "exchange-2021-07-03-b"
        assert maps["in_return_for"] == people["event_id"] == "exchange-2021-07-03"
        for leg in (people, maps):
            assert event(leg["event_id"])["date"] == day("2021-07-03")
            assert event(leg["event_id"])["mediators"] == "russia"
            assert TASS_JULY in event(leg["event_id"])["source_ids"]

    def test_russia_stands_by_all_for_all(self, event):
        statement = event("statement-2021-07-07")
        assert (statement["kind"], statement["date"]) == ("statement", day("2021-07-07"))
        assert "all-for-all" in statement["note"]
        assert statement["source_ids"] == TASS_JULY

    def test_yerevan_seeks_all_and_baku_says_none_is_left_side_by_side(self, claim):
        baku, yerevan = claim("exc-5eed0201"), claim("exc-d408563d")
        assert figure(baku) == ("stock", 0, "exact", "people", "2021-07-07")
        assert figure(yerevan) == ("stock", 1, "vague", "people", "2021-07-07")
        assert (baku["claimant_party"], yerevan["claimant_party"]) == ("azerbaijan", "armenia")
        assert baku["series"] == yerevan["series"] == "held/azerbaijan/armenia/people"
        assert pd.isna(yerevan["high"])
        assert attribution(baku) == ("azerbaijan_government", "TASS", "2021-07-07")
        assert attribution(yerevan) == ("armenia_government", "TASS", "2021-07-07")
        assert "terrorists and saboteurs" in baku["note"]
        assert "every detainee" in yerevan["note"]


TRT = "trt-world-20201120-333a"


class TestTrtWorld20November2020:
    def test_188_russian_border_guards_were_sent_to_armenia(self, claim):
        row = claim("dep-3447385e")
        assert figure(row) == ("flow", 188, "exact", "servicemen", "2020-11-20")
        assert attribution(row) == ("russia_fsb", "TRT World", "2020-11-20")
        assert (row["force"], row["status"]) == ("russian_border_guards", "arriving")
        assert row["place_name"] == "Armenia"
        assert row["claimant_party"] == "russia"

    def test_about_2000_peacekeepers(self, claim):
        row = claim("dep-d8e032b8")
        assert figure(row) == ("stock", 2_000, "about", "servicemen", "2020-11-20")
        assert (row["low"], row["best"], row["high"]) == (1_500, 2_000, 2_500)
        assert attribution(row) == ("media", "TRT World", "2020-11-20")

    def test_aghdam_was_handed_over_after_27_years(self, event):
        handover = event("handover-2020-11-20")
        assert (handover["kind"], handover["date"]) == ("territory_handover", day("2020-11-20"))
        assert handover["place_id"] == "aghdam_district"
        assert "27 years" in handover["note"]
        assert TRT in handover["source_ids"]

    def test_some_3000_people_were_bussed_back_by_thursday(self, claim):
        row = claim("ret-62b8c8f4")
        assert figure(row) == ("cumulative", 3_000, "about", "people", "2020-11-19")
        assert row["date"].day_name() == "Thursday"
        assert attribution(row) == ("russia_peacekeeping_contingent", "TRT World", "2020-11-20")
        assert row["scope"] == "escorted_returns"

    def test_nearly_200_000_had_been_displaced_from_the_district(self, claim):
        row = claim("ret-5eed0301")
        assert figure(row) == ("flow", 200_000, "at_most", "people", "1993-01-01")
        assert (row["date_precision"], row["scope"]) == ("year", "displaced_azerbaijanis")
        assert row["origin"] == "aghdam_district"
        assert attribution(row) == ("media", "TRT World", "2020-11-20")

    def test_some_130_000_had_lived_in_the_district(self, claim):
        row = claim("ret-5eed0302")
        assert figure(row) == ("stock", 130_000, "about", "people", "1993-01-01")
        assert row["scope"] == "population_before_1993"
        assert attribution(row) == ("media", "TRT World", "2020-11-20")

    def test_77_percent_of_the_district_had_been_held(self, claim):
        row = claim("ret-80787ad6")
        assert figure(row) == ("stock", 77, "exact", "percent", "1993-01-01")
        assert (row["scope"], row["origin"]) == ("district_area_held", "aghdam_district")
        assert attribution(row) == ("media", "TRT World", "2020-11-20")


REPORT = "pledge-times-20211219-3c5b"
COMMISSION = ("azerbaijan_state_commission", "Pledge Times", "2021-12-19")


class TestReportOf19December2021:
    def test_ten_servicemen_were_handed_to_armenia_through_the_eu(self, claim, event):
        row = claim("exc-e2af4278")
        assert figure(row) == ("flow", 10, "exact", "servicemen", "2021-12-19")
        assert attribution(row) == COMMISSION
        assert (row["from_party"], row["to_party"], row["mediators"]) == (
            "azerbaijan", "armenia", "eu",
        )  # fmt: skip
        assert event(row["event_id"])["mediators"] == "eu"
        assert REPORT in event(row["event_id"])["source_ids"]

    def test_they_had_been_held_since_16_november_for_33_days(self, claim):
        release, capture = claim("exc-e2af4278"), claim("exc-2bd594fb")
        assert release["held_since"] == capture["date"] == day("2021-11-16")
        assert (release["date"] - release["held_since"]).days == 33
        assert figure(capture) == ("flow", 10, "exact", "servicemen", "2021-11-16")
        assert capture["category"] == "captured"
        assert attribution(capture) == COMMISSION

    def test_a_civilian_and_a_serviceman_were_handed_over_on_26_november(self, claim, event):
        row = claim("exc-0b30be21")
        assert figure(row) == ("flow", 2, "exact", "people", "2021-11-26")
        assert attribution(row) == COMMISSION
        assert "One civilian and one soldier" in row["note"]
        assert event(row["event_id"])["date"] == day("2021-11-26")
        assert REPORT in event(row["event_id"])["source_ids"]

    def test_mine_maps_were_handed_over_with_russian_mediation(self, claim, event):
        row = claim("exc-606c2319")
        assert figure(row) == ("flow", 1, "vague", "map_sets", "2021-12-19")
        assert attribution(row) == COMMISSION
        assert (row["category"], row["mediators_name"]) == ("mine_maps", "Russia")
        assert (row["from_party"], row["to_party"]) == ("armenia", "azerbaijan")
        assert event(row["event_id"])["mediators"] == "russia"
        assert REPORT in event(row["event_id"])["source_ids"]

    def test_the_sochi_talks_of_26_november_agreed_on_a_border_commission(self, event):
        talks = event("talks-2021-11-26")
        assert (talks["kind"], talks["date"]) == ("talks", day("2021-11-26"))
        assert talks["place_name"] == "Sochi"
        assert "border commission" in talks["title"]
        assert set(talks["parties"].split(";")) == {"armenia", "azerbaijan", "russia"}
        assert REPORT in talks["source_ids"]

    def test_the_eu_council_president_brought_both_together_on_14_december(self, event):
        talks = event("talks-2021-12-14")
        assert (talks["kind"], talks["date"]) == ("talks", day("2021-12-14"))
        assert talks["mediators"] == "eu"
        assert "Michel" in talks["title"]
        assert REPORT in talks["source_ids"]
