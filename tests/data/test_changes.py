"""Two vintages: which figures differ, and which claims made the difference."""

import json

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.analysis import KeyFigure, returns_figures
from helpers.data.changes import changed_claims, compare_figures
from helpers.data.load import load
from helpers.data.project import Project
from small_frames import claims

DAY = pd.Timestamp("2021-02-01")


def figure(name: str = "people", best: float | None = 5, **cells) -> KeyFigure:
    number = pd.NA if best is None else best
    usual = {"label": f"{name} back", "date": DAY, "said_by": "An office", "sources": ("a",)}
    return KeyFigure(name=name, **(dict.fromkeys(("low", "best", "high"), number) | usual | cells))


def test_only_figures_that_differ_are_shown() -> None:
    before = [figure("same"), figure("grown", 5, sources=("a", "b")), figure("gone", 7)]
    after = [figure("new", 3), figure("grown", 8, sources=("c", "b")), figure("same")]
    table = compare_figures(before, after)
    assert table["name"].tolist() == ["new", "grown", "gone"]
    assert table["label"].tolist() == ["new back", "grown back", "gone back"]
    assert table["before_best"].tolist() == [pd.NA, 5, 7]
    assert table["after_best"].tolist() == [3, 8, pd.NA]
    assert table["change"].tolist() == [pd.NA, 3, pd.NA]
    assert table["sources"].tolist() == [("a",), ("c", "a"), ("a",)]


def test_an_interval_or_a_day_can_change_alone() -> None:
    wider = compare_figures([figure()], [figure(high=9)])
    assert wider[["before_high", "after_high", "change"]].to_numpy().tolist() == [[5, 9, 0]]
    later = compare_figures([figure()], [figure(date=pd.Timestamp("2021-03-01"))])
    assert later["before_date"].tolist() == [DAY]
    assert later["after_date"].tolist() == [pd.Timestamp("2021-03-01")]
    assert later["sources"].tolist() == [()]


def test_missing_numbers_are_alike_and_have_no_change() -> None:
    assert compare_figures([figure(best=None)], [figure(best=None)]).empty
    table = compare_figures([figure(best=None)], [figure(best=2)])
    assert table["change"].tolist() == [pd.NA]


def test_names_are_unique() -> None:
    with pytest.raises(ValueError, match="after: two key figures share a name"):
        compare_figures([], [figure(), figure()])


names = st.sampled_from(["people", "remains", "posts"])
figures = st.dictionaries(names, st.none() | st.integers(0, 9)).map(
    lambda numbers: [figure(name, best) for name, best in numbers.items()]
)


@given(figures, figures)
def test_turned_round_every_change_changes_its_sign(one: list, other: list) -> None:
    there = compare_figures(one, other).set_index("name")
    back = compare_figures(other, one).set_index("name").loc[there.index]
    pd.testing.assert_series_equal(there["change"], -back["change"])
    for end in ("low", "best", "high", "date"):
        pd.testing.assert_series_equal(
            there[f"before_{end}"], back[f"after_{end}"], check_names=False
        )
    assert compare_figures(one, one).empty


def test_claims_come_go_and_are_corrected() -> None:
    before = claims({"claim_id": "a"}, {"claim_id": "b", "count": 73_500}, {"claim_id": "c"})
    after = claims(
        {"claim_id": "d", "source_id": "new"}, {"claim_id": "b", "count": 7_350}, {"claim_id": "c"}
    )
    same = ["source_id", "publisher", "origin_key"]
    for name in same:
        after.loc[after["claim_id"] != "d", name] = before[name]
    table = changed_claims(before, after)
    assert table["claim_id"].tolist() == ["a", "b", "d"]
    assert table["what"].tolist() == ["removed", "changed", "added"]
    assert set(table.at[1, "columns"]) == {"count", "low", "best", "high"}
    assert table["columns"].tolist()[::2] == [(), ()]
    assert table["source_id"].tolist() == [*before["source_id"][:2], "new"]


def test_missing_cells_are_alike_but_not_like_a_value() -> None:
    one = claims({"since": None})
    assert changed_claims(one, one.copy()).empty
    other = one.assign(since=pd.Timestamp("2020-11-14"))
    assert changed_claims(one, other)["columns"].tolist() == [("since",)]
    assert changed_claims(other, one)["columns"].tolist() == [("since",)]
    # A missing number compares as missing, not as different.
    vague = one.assign(best=pd.array([pd.NA], dtype="Float64"))
    assert changed_claims(one, vague)["columns"].tolist() == [("best",)]


def test_a_column_that_one_vintage_lacks_changes_no_claim() -> None:
    one = claims({})
    assert changed_claims(one, one.drop(columns="wire")).empty


def test_a_claim_stands_once() -> None:
    twice = claims({"claim_id": "a"}, {"claim_id": "a"})
    with pytest.raises(ValueError, match="before: claim_id 'a' stands twice"):
        changed_claims(twice, twice.head(1))


@given(
    st.dictionaries(st.sampled_from("abcd"), st.integers(0, 3)),
    st.dictionaries(st.sampled_from("abcd"), st.integers(0, 3)),
)
def test_claims_turned_round_come_where_they_went(one: dict, other: dict) -> None:
    def vintage(counts: dict[str, int]) -> pd.DataFrame:
        rows = (
            {"claim_id": c, "source_id": c, "wire": c, "publisher": c, "count": n}
            for c, n in counts.items()
        )
        return claims(*rows)

    there = changed_claims(vintage(one), vintage(other))
    back = changed_claims(vintage(other), vintage(one))
    turned = back.assign(what=back["what"].replace({"added": "removed", "removed": "added"}))
    pd.testing.assert_frame_equal(there, turned)
    assert changed_claims(vintage(one), vintage(one)).empty
    expected = {c for c in one.keys() | other.keys() if one.get(c) != other.get(c)}
    assert set(there["claim_id"]) == expected


def test_two_days_of_knowledge_differ_by_what_was_printed_between(shipped: Project) -> None:
    january, february = (
        load("returns", as_of=day, project=shipped).frame for day in ("2021-01-31", "2021-02-01")
    )
    changed = changed_claims(january, february)
    assert set(changed["what"]) == {"added"}
    assert "interfax-20210201-733a" in set(changed["source_id"])
    table = compare_figures(returns_figures(january), returns_figures(february))
    row = table.set_index("name").loc["escorted_returns"]
    assert (row["after_best"], row["change"] > 0) == (51_947, True)
    assert "interfax-20210201-733a" in row["sources"]
    assert set(row["sources"]) & set(changed["source_id"])


@pytest.mark.parametrize("best", [5, None])
@pytest.mark.parametrize("day", [DAY, pd.NaT])
def test_a_figure_survives_the_way_through_json(best: float | None, day: pd.Timestamp) -> None:
    one = figure(best=best, low=2, high=pd.NA, date=day, sources=("a", "b"))
    plain = json.loads(json.dumps(one.plain(), allow_nan=False))
    assert plain["date"] in ("2021-02-01", None)
    other = KeyFigure.from_plain(plain)
    assert other.plain() == plain
    assert compare_figures([one], [other]).empty


def test_what_is_no_figure_is_refused() -> None:
    for wrong in ({}, figure().plain() | {"best": "many"}, figure().plain() | {"date": "some day"}):
        with pytest.raises((KeyError, ValueError)):
            KeyFigure.from_plain(wrong)
