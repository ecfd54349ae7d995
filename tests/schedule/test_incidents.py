"""When something breaks it is told once, and once when it is well again; whatever the order."""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.reports.outcome import Status
from helpers.schedule.figure_changes import FigureChange
from helpers.schedule.incidents import DATA, PLAN, RUN, WHOLE, Incident, Result, Settled, settle
from helpers.schedule.messages import (
    LONGEST_BODY,
    LONGEST_LINE,
    LONGEST_TITLE,
    MOST_LINES,
    write_messages,
)

NOW = datetime(2026, 11, 30, 15, 14, tzinfo=UTC)
RUN_ID = "20261130T151400Z-abcd"


def result(status: str, key: str = "winter", **parts: str) -> Result:
    return Result(key, f"The {key}", status, **parts)


def told(*runs: list[Result]) -> list[list[str]]:
    """Titles of the messages of one run after another."""
    known, titles = {}, []
    for results in runs:
        settled = settle(known, results, now=NOW, run=RUN_ID)
        titles.append([m.title for m in write_messages(settled, project="ledger", run=RUN_ID)])
        known = settled.open
    return titles


def failed(key: str = "winter", reason: str = "cell 3: ValueError: no") -> Result:
    return result("failed", key, reason=reason)


def test_three_failures_and_a_recovery_are_two_messages():
    runs = [[failed()], [failed(reason="cell 4: KeyError: x")], [result("timed_out")]]
    assert told(*runs, [result("succeeded")], [result("skipped")]) == [
        ["ledger: The winter: failed"],
        [],
        [],
        ["ledger: The winter: well again"],
        [],
    ]


def test_what_failed_at_once_is_told_in_one_message():
    keys = [f"winter-{number}" for number in range(5)]
    settled = settle({}, map(failed, keys), now=NOW, run=RUN_ID)
    (message,) = write_messages(settled, project="ledger", run=RUN_ID)
    assert message.title == "ledger: 5 reports failed"
    assert [key for key in keys if f"The {key} ({key}): failed" not in message.body] == []


def test_an_interrupted_run_leaves_everything_as_it_is():
    assert told([result("interrupted")], [failed()], [result("interrupted")], [failed()]) == [
        [],
        ["ledger: The winter: failed"],
        [],
        [],
    ]
    assert told([failed(), result("interrupted")]) == [["ledger: The winter: failed"]]


def test_what_has_no_result_stays_open():
    known = settle({}, [failed()], now=NOW, run=RUN_ID).open
    later = settle(known, [failed("other")], now=NOW, run="later")
    assert set(later.open) == {"winter", "other"}
    assert later.open["winter"] == known["winter"]


@pytest.mark.parametrize("key", WHOLE)
def test_what_holds_back_the_whole_run_is_an_incident_of_its_own(key):
    known = settle({}, [failed(), failed(key)], now=NOW, run=RUN_ID).open
    after = settle(known, [result("succeeded", key)], now=NOW, run="later", planned=["winter"])
    assert set(after.open) == {"winter"}
    assert [item.key for item, _ in after.closed] == [key]


def test_editions_that_the_plan_no_longer_has_are_forgotten_untold():
    known = settle({}, [failed(), failed("other"), failed(DATA)], now=NOW, run=RUN_ID).open
    after = settle(known, [], now=NOW, run="later", planned=["other"])
    assert set(after.open) == {"other", DATA}
    assert after.closed == ()


def test_an_incident_begins_in_utc_and_can_be_stored():
    here = NOW.astimezone(timezone(timedelta(hours=4)))
    (incident,) = settle({}, [failed()], now=here, run=RUN_ID).open.values()
    assert incident.since == "2026-11-30T15:14:00Z"
    assert Incident(**json.loads(json.dumps(asdict(incident)))) == incident


RESULTS = st.lists(
    st.builds(
        result, st.sampled_from([*Status]), st.sampled_from(["a", "b", "c", DATA, PLAN, RUN])
    ),
    max_size=8,
)


@given(st.lists(RESULTS, max_size=8))
def test_each_incident_is_opened_and_closed_in_turn_and_never_twice(runs):
    known: dict[str, Incident] = {}
    log: list[tuple[str, str]] = []
    for results in runs:
        settled = settle(known, results, now=NOW, run=RUN_ID)
        log += [("opened", item.key) for item, _ in settled.opened]
        log += [("closed", item.key) for item, _ in settled.closed]
        last = {item.key: item for item in results if item.status != "interrupted"}
        assert all((key in settled.open) != item.good for key, item in last.items())
        assert {key: settled.open.get(key) for key in known if key not in last} == {
            key: item for key, item in known.items() if key not in last
        }
        assert len(write_messages(settled, project="p", run="r")) <= 2
        known = settled.open
    for key in {key for _, key in log}:
        turns = [what for what, whose in log if whose == key]
        assert turns == ["opened", "closed"] * (len(turns) // 2) + ["opened"] * (len(turns) % 2)
        assert (turns[-1] == "opened") == (key in known)


def test_a_failure_says_what_since_when_why_and_what_to_do():
    broken = result("failed", reason="cell 3: ValueError: no", page="reports/winter.html")
    (message,) = write_messages(
        settle({}, [broken], now=NOW, run=RUN_ID), project="ledger", run=RUN_ID
    )
    assert message.kind == "failure"
    assert message.body.splitlines() == [
        "The winter (winter): failed",
        "Since: 2026-11-30 15:14 UTC",
        "Why: cell 3: ValueError: no",
        "What to do: mend the notebook, the data or the disk, whichever the reason names, "
        "then run `karabakh report winter`",
        "Last good page: reports/winter.html",
        "",
        "This is told once. You hear of it again when it is well.",
        f"Run {RUN_ID}",
    ]


def test_a_recovery_says_since_when_it_was_broken_and_where_the_page_is():
    known = settle({}, [failed()], now=NOW, run="earlier").open
    well = result("succeeded", page="reports/winter.html")
    settled = settle(known, [well], now=NOW + timedelta(days=1), run=RUN_ID)
    (message,) = write_messages(settled, project="ledger", run=RUN_ID)
    assert message.kind == "success"
    assert message.body.splitlines() == [
        "The winter (winter): well again",
        "It was not since: 2026-11-30 15:14 UTC",
        "Page: reports/winter.html",
        "",
        f"Run {RUN_ID}",
    ]


@pytest.mark.parametrize(
    ("broken", "words", "remedy"),
    [
        (result("timed_out"), "took too long", "allow more with --cell-seconds or --run-seconds"),
        (result("kernel_died"), "its kernel died", "fewer at a time with --jobs"),
        (result("overdue"), "overdue", "docs/operations.md"),
        (result("failed", remedy="call Ana"), "failed", "call Ana"),
        (result("failed", DATA), "failed", "`karabakh check` lists all of them"),
        (result("failed", PLAN), "failed", "`karabakh list` checks them"),
        (result("failed", RUN), "failed", "docs/operations.md"),
    ],
)
def test_every_status_has_its_words_and_its_remedy(broken, words, remedy):
    settled = settle({}, [broken], now=NOW, run=RUN_ID)
    (message,) = write_messages(settled, project="ledger", run=RUN_ID)
    assert message.title == f"ledger: {broken.title}: {words}"
    (line,) = [line for line in message.body.splitlines() if line.startswith("What to do: ")]
    assert remedy in line


def test_key_figures_that_changed_are_told_with_who_says_so():
    changes = [
        FigureChange("winter", "people returned", "90", "100", "+11.1 %", "Interfax", "w.html"),
        FigureChange("winter", "tents", "", "5 to 9", "", "UNHCR", "w.html"),
    ]
    one, two = (
        write_messages(Settled({}), part, project="ledger", run=RUN_ID)[0]
        for part in (changes[:1], changes)
    )
    assert one.title == "ledger: people returned: 90 → 100 (+11.1 %)"
    assert two.title == "ledger: 2 key figures changed"
    assert (one.kind, two.kind) == ("info", "info")
    assert two.body.startswith(
        "people returned: 90 → 100 (+11.1 %)\nSaid by: Interfax\nPage: w.html\n\n"
        "tents: none → 5 to 9\nSaid by: UNHCR\nPage: w.html\n\nWhat to do: "
    )
    assert "`karabakh diff winter`" in two.body


@settings(max_examples=40)
@given(st.lists(st.text(max_size=400), min_size=1, max_size=40))
def test_messages_stay_short_and_nothing_in_them_is_invisible(texts):
    broken = [
        Result(f"{number}{text}", text, "failed", text, page=text)
        for number, text in enumerate(texts)
    ]
    settled = settle({}, broken, now=NOW, run=RUN_ID)
    well = settle(settled.open, [result("succeeded", item.key) for item in broken], now=NOW, run="")
    changes = [FigureChange(text, text, text, text, text, text, text) for text in texts]
    both = Settled({}, settled.opened, well.closed)
    messages = write_messages(both, changes, project=texts[0], run=texts[0])
    assert len(messages) == 3
    for message in messages:
        assert len(message.title) <= LONGEST_TITLE
        assert len(message.body) <= LONGEST_BODY + 10 * LONGEST_LINE
        lines = [message.title, *message.body.split("\n")]
        assert all(line.isprintable() and len(line) <= LONGEST_LINE for line in lines)


def test_of_many_lines_and_many_failures_the_rest_is_counted():
    reason = "\n".join(f"line {number}" for number in range(MOST_LINES + 3))
    many = [failed(f"winter-{number}", reason) for number in range(100)]
    settled = settle({}, many, now=NOW, run=RUN_ID)
    (message,) = write_messages(settled, project="ledger", run=RUN_ID)
    shown = message.body.count("What to do")
    assert f"line {MOST_LINES - 1}\nand 3 more like these\n" in message.body
    assert 1 < shown < 100
    assert len(message.body) <= LONGEST_BODY + 10 * LONGEST_LINE
    assert f"and {100 - shown} more: winter-{shown}, winter-{shown + 1}," in message.body


def test_letters_that_could_do_something_are_shown_as_what_they_are():
    nasty = Result("a", "T\x1b[2J\r\nBcc: x\u202e\xa0y", "failed", "cell 1: \x07\x00bell")
    settled = settle({}, [nasty], now=NOW, run=RUN_ID)
    (message,) = write_messages(settled, project="ledger", run=RUN_ID)
    assert message.title == r"ledger: T\x1b[2J\r\nBcc: x\u202e y: failed"
    assert r"Why: cell 1: \x07\x00bell" in message.body
