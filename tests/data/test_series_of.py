"""Which claims count the same thing, and who speaks."""

import pandas as pd
import pytest

from helpers.data.schemas import COLUMNS
from helpers.data.series import series_of, speaker_of
from helpers.data.vocabulary import CLAIM_TABLES, IDENTITY


def series(table: str, **cells: str) -> str:
    row = {item.name: "" for item in COLUMNS[table]} | {"unit": "people"} | cells
    return series_of(table, pd.DataFrame([row], dtype="str"))[0]


def test_escorted_returns_are_one_series_wherever_they_lead():
    one = series("returns", scope="escorted_returns", destination="stepanakert")
    assert one == series("returns", scope="escorted_returns", destination="nagorno_karabakh")
    assert one == "escorted_returns/people"


def test_resettled_towns_are_apart_from_each_other_and_from_the_programme():
    towns = [
        series("returns", scope="resettled_idps", destination=place) for place in ("", "a", "b")
    ]
    assert towns == ["resettled_idps/people", "resettled_idps/a/people", "resettled_idps/b/people"]


@pytest.mark.parametrize("table", CLAIM_TABLES)
def test_subsets_never_join_the_series_of_the_whole(table):
    whole = series(table, note="As printed")
    assert series(table, note="Subset: children among them") == whole + "/subset"


@pytest.mark.parametrize("table", CLAIM_TABLES)
def test_every_identity_column_and_the_unit_tell_series_apart(table):
    columns = [*IDENTITY[table], "unit"]
    row = dict.fromkeys(columns, "a")
    if table == "returns":
        row["scope"] = "resettled_idps"
    names = {series(table, **row)} | {series(table, **row | {name: "x"}) for name in columns}
    assert len(names) == len(columns) + 1


def test_the_holder_is_not_taken_for_those_held():
    assert series("exchanges", category="held", from_party="armenia") != series(
        "exchanges", category="held", to_party="armenia"
    )


def test_claimant_date_and_note_do_not_count():
    one = series("returns", scope="escorted_returns")
    assert one == series("returns", scope="escorted_returns", claimant_id="x", date="2021-01-01",
                         note="Another", since="2020-11-14", wire="TASS")  # fmt: skip


def test_speaker_is_the_office_or_the_single_outlet():
    claims = pd.DataFrame({"claimant_id": ["unhcr", "media", "unattributed"]})
    speakers = speaker_of(claims, pd.Series(["TASS", "TASS", "Trend"]))
    assert speakers.tolist() == ["unhcr", "media: TASS", "unattributed: Trend"]


def test_the_missing_of_each_war_or_clash_are_a_series_of_their_own():
    row = {"category": "missing", "to_party": "armenia"}
    names = [series("exchanges", **row, since=day) for day in ("2020-09-27", "2022-09-13", "")]
    assert names == [
        "missing/-/armenia/people/2020-09-27",
        "missing/-/armenia/people/2022-09-13",
        "missing/-/armenia/people",
    ]
    held = {"category": "held", "to_party": "armenia", "since": "2020-09-27"}
    assert series("exchanges", **held) == "held/-/armenia/people"
