"""The plan says how many dated editions are kept; the last good one always is."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.reports.keep import Keep, Name
from helpers.reports.outcome import Status
from helpers.reports.plan import PlanError, read_plan
from shelves import Shelf

DAYS = ["2026-08-30", "2026-09-01", "2026-09-14", "2026-10-05", "2026-10-05-2", "2026-11-02"]


def names(*texts: str) -> list[Name]:
    return [name for name in map(Name.read, texts) if name]


@pytest.mark.parametrize(
    ("keep", "kept"),
    [
        (Keep(1), DAYS[5:]),
        (Keep(2), DAYS[4:]),
        (Keep(99), DAYS),
        (Keep(1, 1), DAYS[5:]),
        (Keep(1, 2), DAYS[4:]),
        (Keep(1, 3), [DAYS[2], *DAYS[4:]]),
        (Keep(1, 99), [DAYS[0], DAYS[2], *DAYS[4:]]),
        (Keep(4, 4), [DAYS[0], *DAYS[2:]]),
    ],
)
def test_the_last_and_the_newest_of_each_month_are_kept(keep, kept):
    gone = set(map(str, keep.superfluous(names(*reversed(DAYS)))))
    assert [day for day in DAYS if day not in gone] == kept


@given(
    st.lists(st.dates(date(2020, 1, 1), date(2022, 1, 1)), min_size=1, unique=True),
    st.integers(1, 5),
    st.integers(0, 5),
)
def test_pruning_twice_is_pruning_once_and_the_newest_stays(days, last, monthly):
    keep, all_names = Keep(last, monthly), [Name(day, 1) for day in days]
    gone = keep.superfluous(all_names)
    kept = [name for name in all_names if name not in gone]
    assert max(all_names) in kept
    assert len(kept) >= min(last, len(days))
    assert keep.superfluous(kept) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2026-11-02", Name(date(2026, 11, 2), 1)),
        ("2026-11-02-2", Name(date(2026, 11, 2), 2)),
        ("2026-11-02-10", Name(date(2026, 11, 2), 10)),
        ("2026-11-02-1", None),
        ("2026-11-02-02", None),
        ("2026-13-02", None),
        ("../2026-11-02", None),
        ("2026-11-02/..", None),
        ("2026-11-02\n", None),
        ("", None),
    ],
)
def test_names_are_read_strictly(text, name):
    assert Name.read(text) == name
    assert name is None or str(name) == text


def test_the_plan_says_what_is_kept(project, notebook):
    notebook("n")
    project.plan.write_text(
        "keep: {last: 30, monthly: 24}\n"
        "editions:\n"
        "  a: {notebook: n, cadence: '0 6 * * 1'}\n"
        "  b: {notebook: n, cadence: '0 6 * * 1', keep: {last: 2}}\n"
    )
    assert [edition.keep for edition in read_plan(project)] == [Keep(30, 24), Keep(2)]
    text = project.plan.read_text().replace("keep: {last: 30, monthly: 24}\n", "")
    project.plan.write_text(text)
    assert [edition.keep for edition in read_plan(project)] == [None, Keep(2)]


@pytest.mark.parametrize(
    ("keep", "fault"),
    [
        ("30", "reports.yml:2: keep '30': is no mapping;"),
        ("", "reports.yml:2: keep: says nothing; write {last: 30}"),
        ("{}", "reports.yml:2: keep: does not say how many of the last are kept;"),
        ("{monthly: 3}", "reports.yml:2: keep: does not say how many of the last are kept;"),
        ("{last: 0}", "reports.yml:2: keep.last '0': is no whole number from 1 on;"),
        ("{last: 2.5}", "reports.yml:2: keep.last '2.5': is no whole number from 1 on;"),
        ("{last: yes}", "reports.yml:2: keep.last 'True': is no whole number from 1 on;"),
        ("{last: 1, monthly: -1}", "keep.monthly '-1': is no whole number from 0 on;"),
        ("{lats: 1, last: 1}", "keep.lats: is an unknown key; did you mean 'last'?"),
    ],
)
def test_a_rule_that_cannot_be_kept_is_told_with_its_line(project, notebook, keep, fault):
    notebook("n")
    project.plan.write_text(
        f"\nkeep: {keep}\neditions:\n  a: {{notebook: n, cadence: '0 6 * * 1'}}\n"
    )
    with pytest.raises(PlanError) as caught:
        read_plan(project)
    assert fault in str(caught.value)
    assert len(caught.value.problems) == 1


def test_after_a_success_what_is_too_much_goes_with_all_that_is_known_of_it(project):
    shelf = Shelf(project)
    shelf.edition("weekly", Keep(2))
    shelf.edition("kept")
    for day in ("2026-09-07", "2026-09-14", "2026-09-21"):
        shelf.publish("weekly", day)
        shelf.publish("kept", day)
    assert shelf.dated("weekly") == ["2026-09-14", "2026-09-21"]
    assert len(shelf.dated("kept")) == 3
    assert not [file for file in shelf.files() if file.startswith("weekly/2026-09-07")]
    archive = shelf.files()["archive.html"].decode()
    assert "weekly/2026-09-14.html" in archive
    assert "weekly/2026-09-07.html" not in archive


def test_a_failing_edition_keeps_all_that_it_had(project):
    shelf = Shelf(project)
    for day in ("2026-09-07", "2026-09-14", "2026-09-21"):
        shelf.publish("weekly", day)
    shelf.edition("weekly", Keep(1))
    before = shelf.files()
    record = shelf.publish("weekly", "2026-09-28", status=Status.FAILED)
    assert record.page is not None
    assert record.page.dated == "2026-09-21"
    assert len(shelf.dated("weekly")) == 3
    after = shelf.files()
    assert all(after[file] == before[file] for file in before if file.startswith("weekly"))
    shelf.publish("weekly", "2026-10-05")
    assert shelf.dated("weekly") == ["2026-10-05"]
