"""A notebook fails, dies or never ends: the record says so, the last good page stays."""

import re

from bs4 import BeautifulSoup


def test_an_exception_a_death_and_an_endless_cell_at_once(ledger):
    before = ledger.pages()
    ledger.fault("first", "raise ValueError('no <such> day')")
    ledger.fault("second", "import os\nos.kill(os.getpid(), 9)")
    ledger.hang("third")
    status, out, err = ledger.run("--force", "--cell-seconds", "2")
    assert status == 1
    first, second, third = err.splitlines()
    assert first == "first: failed: cell 3: ValueError: no <such> day"
    assert second.startswith(
        "second: kernel_died: cell 3: KernelDied: its process was ended by SIG"
    )
    assert third.startswith("third: timed_out: cell 3: Timeout: the cell took longer than ")
    assert "\n1 failed, 1 timed out, 1 kernel died\n" in out

    assert ledger.statuses() == ["failed", "kernel_died", "timed_out"]
    first, second, third = (ledger.records()[name] for name in ("first", "second", "third"))
    assert [item["attempts"] for item in (first, second, third)] == [1, 3, 1]
    assert [item["fingerprint"] for item in (first, second, third)] == [{}, {}, {}]
    assert "ValueError: no <such> day" in first["traceback"]
    assert {item["run"] for item in (first, second, third)} == {first["run"]}
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{4}", first["run"])

    after = ledger.pages()
    index = BeautifulSoup(after.pop("index.html"), "html.parser")
    failed = BeautifulSoup(after.pop("failed.html"), "html.parser")
    assert len(failed.main.find_all("h2")) == 3
    assert after == {name: before[name] for name in after}
    cards = {card.find_all("code")[-1].text: card for card in index.select(".kl-card")}
    assert {name: card.a["href"] for name, card in cards.items()} == {
        name: f"{name}.html" for name in ("first", "second", "third")
    }
    assert "The last run failed: cell 3: ValueError: no <such> day" in cards["first"].text
    assert "ValueError: no <such> day" in cards["first"].details.pre.text
    assert "The last run lost its kernel, 3 times in a row: cell 3" in cards["second"].text
    assert "The last run took too long: cell 3" in cards["third"].text
    assert not index.find_all("script")

    ledger.assert_nothing_is_left()
    ledger.assert_the_next_run_completes()


def test_an_edition_that_takes_too_long_as_a_whole_ends(ledger):
    ledger.hang("second")
    status, _, err = ledger.run("second", "--force", "--run-seconds", "2")
    assert status == 1
    assert err.startswith("second: timed_out: cell 3: Timeout")
    ledger.assert_nothing_is_left()
    ledger.assert_the_next_run_completes()


def test_nothing_changed_runs_nothing_and_says_so(ledger):
    before, records = ledger.pages(), ledger.records()
    status, out, err = ledger.run()
    assert (status, err) == (0, "")
    assert [line.split()[:4] for line in out.splitlines()[:3]] == [
        ["skipped", name, "unchanged", "since"] for name in ("first", "second", "third")
    ]
    assert out.splitlines()[3] == "3 unchanged"
    after = ledger.pages()
    assert b"nothing has changed since, last checked" in after.pop("index.html")
    assert after.items() < before.items()
    for name, record in ledger.records().items():
        assert record.pop("verified") >= record["ran"]
        assert record == {key: item for key, item in records[name].items() if key != "verified"}


def test_only_a_failed_edition_runs_again(ledger):
    ledger.fault("second", "1 / 0")
    assert ledger.run("--force")[0] == 1
    ledger.mend()
    status, out, _ = ledger.run()
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()[:3]] == ["skipped", "skipped", "succeeded"]
    assert out.splitlines()[3] == "1 succeeded, 2 unchanged"


def test_a_reader_who_leaves_stops_no_run(ledger):
    """As in `karabakh report | head -n 1`."""
    runs = {name: record["run"] for name, record in ledger.records().items()}
    with ledger.start("--force") as process:
        process.stdout.close()
        assert "Traceback" not in process.stderr.read()
    assert process.returncode in (0, 1)
    assert ledger.statuses() == ["succeeded"] * 3
    assert all(record["run"] != runs[name] for name, record in ledger.records().items())
    ledger.assert_nothing_is_left()
