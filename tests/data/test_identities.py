"""Breaches that may stay only when they are listed, and the list itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.data.identities import _highest_before

LIST = "mend it, or list it with its reason in data/raw/known_issues.csv"


def unlist(small) -> None:
    small.rows["known_issues"].clear()
    small.write("known_issues")


def test_unlisted_fall_of_a_running_total(small):
    unlist(small)
    rule = "is below the earlier total of ret-00000003 (51947)"
    small.expect("returns", 5, "count", "40000", rule=rule, remedy=LIST)


def test_fall_within_what_the_words_allow_is_none(small):
    unlist(small)
    small.put("returns", 3, "count", "51000")  # at least 51,000: up to 52,000
    assert small.check() == []


@pytest.mark.parametrize(
    "cells",
    [
        {"claimant_id": "media"},
        {"since": "2020-11-13"} | {"table": "operations"},
        {"scope": "all_returns"},
        {"unit": "families"},
        {"note": "Subset: children among them"},
        {"date_precision": "by"},
        {"date": "2021-01-20"},
        {"date": "2021-01-01", "date_precision": "month"},
    ],
    ids=lambda cells: "-".join(cells),
)
def test_totals_that_cannot_be_compared_do_not_fall(small, cells):
    table = cells.get("table", "returns")
    small.rows["known_issues"].clear()
    small.write("known_issues")
    if table == "operations":
        small.rows["returns"].pop(3)
        small.write("returns")
        base = {
            "measure": "cumulative",
            "since": "2020-11-14",
            "date": "2021-01-29",
            "unit": "people",
        }
        small.add(table, claim_id="ope-00000002", **base | {"count": "100"})
        small.add(
            table, claim_id="ope-00000003",
            **base | {"count": "50", "date": "2021-01-31", "since": cells["since"]},
        )  # fmt: skip
    else:
        small.rows[table][3].update(cells)
        small.write(table)
    assert small.check() == []


def test_operations_totals_of_one_first_day_fall(small):
    base = {"measure": "cumulative", "since": "2020-11-14", "unit": "people"}
    small.add("operations", claim_id="ope-00000002", count="100", **base | {"date": "2021-01-29"})
    small.add("operations", claim_id="ope-00000003", count="50", **base | {"date": "2021-01-31"})
    rule = "is below the earlier total of ope-00000002 (99.5)"
    small.rows["operations"][1]["qualifier"] = "about"
    small.rows["operations"][2]["qualifier"] = "exact"
    small.rows["operations"][1]["count"] = "104"
    small.write("operations")
    rule = "is below the earlier total of ope-00000002 (103.5)"
    small.expect("operations", 4, "count", "50", rule=rule, remedy=LIST)


def test_two_outlets_in_their_own_voice_do_not_contradict_each_other(small):
    unlist(small)
    for row, source in ((2, "agency-20210201-00a1"), (3, "late-20210301-00a3")):
        small.rows["returns"][row] |= {"claimant_id": "media", "source_id": source}
    small.write("returns")
    assert small.check() == []
    small.put("returns", 3, "source_id", "agency-20210201-00a1")
    small.expect("returns", 5, "count", "40000", rule="is below the earlier total", remedy=LIST)


def test_listed_fall_does_not_accuse_the_totals_before_and_after(small):
    small.add("returns", **small.rows["returns"][2] | {
        "claim_id": "ret-00000006", "date": "2021-02-01", "count": "52000"})  # fmt: skip
    assert small.check() == []


def test_listed_total_above_the_later_ones_is_still_a_breach(small):
    small.rows["returns"][2]["count"] = "519470"
    small.write("returns")
    small.put("known_issues", 0, "claim_id", "ret-00000003")
    small.rows["returns"][3]["count"] = "52000"
    small.write("returns")
    assert small.check() == []


def test_stale_known_issue(small):
    small.put("returns", 3, "count", "52000")
    small.expect(
        "known_issues", 2, "rule", "cumulative_fall",
        rule="ret-00000004 keeps the rule cumulative_fall by now", remedy="remove the entry",
    )  # fmt: skip


@pytest.mark.parametrize("rule", ["date_after_publication", "duplicate_claim", "twin_claim"])
def test_known_issue_of_another_rule_is_stale(small, rule):
    small.add("known_issues", claim_id="ret-00000001", rule=rule)
    small.expect(
        "known_issues", 3, "rule", rule, rule=f"ret-00000001 keeps the rule {rule} by now",
        remedy="remove the entry",
    )  # fmt: skip


def test_issue_listed_twice(small):
    small.add("known_issues")
    small.expect(
        "known_issues", 3, "rule", "cumulative_fall",
        rule="ret-00000004 is listed twice for this rule", remedy="remove the entry",
    )  # fmt: skip


def test_list_at_fault_does_not_set_off_the_breaches_it_excuses(small):
    small.put("known_issues", 0, "rule", "cumulative_fal")
    small.expect(
        "known_issues", 2, "rule", "cumulative_fal", rule="not in the vocabulary", remedy="use one"
    )


def test_nothing_is_called_stale_while_another_row_is_at_fault(small):
    small.put("returns", 2, "count", "51,947")
    small.expect("returns", 4, "count", "51,947", rule="plain number", remedy="write 51947")


def test_duplicate_claim(small):
    small.add("exchanges", claim_id="exc-00000009", note="In other words")
    small.expect(
        "exchanges", 4, "claim_id", "exc-00000009", rule="says the same as exc-00000001",
        remedy=LIST,
    )  # fmt: skip


def test_duplicate_plan(small):
    small.add("plans", claim_id="dep-00000009")
    rule = "says the same as dep-00000002"
    small.expect("plans", 3, "claim_id", "dep-00000009", rule=rule, remedy=LIST)


@pytest.mark.parametrize("rule", ["duplicate_claim", "twin_claim", "misprint"])
def test_duplicate_claim_may_be_listed_as_repeat_or_twin(small, rule):
    small.add("exchanges", claim_id="exc-00000009", note="In other words")
    small.add("known_issues", claim_id="exc-00000009", rule=rule)
    assert small.check() == []


def test_claim_after_publication_may_be_listed(small):
    small.put("returns", 0, "date", "2021-02-05")
    small.add("known_issues", claim_id="ret-00000001", rule="date_after_publication")
    assert small.check() == []


def test_month_that_ends_after_publication_is_no_breach(small):
    small.rows["returns"][0] |= {"date": "2021-02-01", "date_precision": "month"}
    small.write("returns")
    assert small.check() == []


def test_plans_may_lie_after_publication(small):
    small.put("plans", 0, "date", "2021-05-01")
    assert small.check() == []


def test_misprint_is_a_judgement_and_never_stale(small):
    small.add("known_issues", claim_id="ret-00000001", rule="misprint")
    assert small.check() == []


def test_misprint_accuses_nobody(small):
    small.put("returns", 1, "count", "510000")
    assert [p.line for p in small.check()] == [4]
    small.add("known_issues", claim_id="ret-00000002", rule="misprint")
    assert small.check() == []


POINTS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12)


@given(points=POINTS, asked=st.lists(st.integers(-1, 10), max_size=5))
def test_highest_before_is_what_a_plain_search_finds(points, asked):
    days = np.array([day for day, _ in points], dtype=np.int64)
    values = np.array([value for _, value in points], dtype=float)
    highest, where = _highest_before(days, values, np.array(asked, dtype=np.int64))
    for number, day in enumerate(asked):
        before = [value for other, value in points if other < day]
        assert highest[number] == max(before, default=-np.inf)
        if before:
            assert points[where[number]][0] < day
            assert points[where[number]][1] == max(before)
