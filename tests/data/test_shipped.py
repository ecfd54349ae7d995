"""The shipped tables as they lie in data/raw."""

import re

import pandas as pd
import pytest

from helpers.data.check import check
from helpers.data.load import load
from helpers.data.project import Project
from helpers.data.vocabulary import CLAIM_TABLES, FIGURE_TABLES


@pytest.fixture(scope="module")
def tables(shipped):
    return {name: load(name, project=shipped).frame for name in
            (*FIGURE_TABLES, "events", "sources", "claimants", "places", "parties")}  # fmt: skip


def test_check_is_clean(repository):
    assert [str(problem) for problem in check(Project(repository))] == []


def test_tables_hold_the_curated_claims_and_lose_none(tables):
    # Rows are only ever added.
    least = {"returns": 627, "exchanges": 1_027, "deployments": 299, "operations": 860,
             "casualties": 456, "plans": 85, "events": 314, "sources": 1_855}  # fmt: skip
    assert {name: len(tables[name]) for name in least if len(tables[name]) < least[name]} == {}


def test_no_two_sources_share_an_address(tables):
    addresses = tables["sources"]["url"]
    assert addresses[(addresses != "") & addresses.duplicated()].tolist() == []


def test_every_source_is_used(tables):
    used = {source for name in FIGURE_TABLES for source in tables[name]["source_id"]}
    used |= {source for cell in tables["events"]["source_ids"] for source in cell.split(";")}
    assert set(tables["sources"]["source_id"]) - used == set()


def test_lists_name_nobody_twice(tables):
    for name, column in (("events", "source_ids"), ("events", "parties"), ("events", "mediators"),
                         ("exchanges", "mediators"), ("casualties", "party_id")):  # fmt: skip
        cells = tables[name][column].str.split(";")
        assert cells[cells.map(len) != cells.map(lambda cell: len(set(cell)))].tolist() == []


def test_every_claim_has_an_interval_in_order(tables):
    for name in FIGURE_TABLES:
        claims = tables[name]
        assert claims["low"].notna().all()
        assert (claims["low"] <= claims["high"].fillna(float("inf"))).all()
        assert (claims["best"].isna() == (claims["qualifier"] == "vague")).all()
        assert (claims["date"] <= claims["last_day"]).all()


def test_every_claim_says_who_states_it_and_who_printed_it(tables):
    for name in FIGURE_TABLES:
        for column in ("claimant", "publisher", "origin_key", "language"):
            assert (tables[name][column].fillna("") != "").all()
        assert tables[name]["published"].isna().any()  # a third of the pages bear no date
    for name in CLAIM_TABLES:
        assert (tables[name]["series"] != "").all()


def test_coordinates_lie_where_places_can(tables):
    places = tables["places"].dropna(subset=["lat", "lon"])
    local = places[places["kind"].isin(["village", "district", "corridor", "mountain"])]
    near = local["lat"].between(38, 42) & local["lon"].between(43, 51)
    assert local.loc[~near, "place_id"].tolist() == []
    assert tables["places"]["lat"].isna().equals(tables["places"]["lon"].isna())


def test_pages_that_bear_a_date_are_dated_within_the_years_covered(tables):
    days = tables["sources"]["published"].dropna()
    assert pd.Timestamp("2010-01-01") <= days.min()
    assert days.max() <= pd.Timestamp("2026-12-31")


def test_one_agency_has_one_spelling(tables):
    names = pd.concat([tables[name]["wire"] for name in FIGURE_TABLES])
    plain = {}
    for name in set(names) - {""}:
        plain.setdefault(re.sub(r"[^a-z]", "", name.lower()), set()).add(name)
    assert [spellings for spellings in plain.values() if len(spellings) > 1] == []
