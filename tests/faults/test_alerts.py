"""Who has to know hears of it once, through a real server, and no secret gets out on the way."""

import re

import pytest
from clockwork import HOUR, MINUTE, Clockwork

from endpoints import PASSWORD, Mailbox, Silent, Webhook

ALERTS = "KARABAKH_ALERTS"
FIGURE = """
from helpers.data.figures import FACTS_TYPE
facts = {{"figures": [{{"name": "back", "label": "People back", "said_by": "Office", "date": None,
    "low": {n}, "best": {n}, "high": {n}, "sources": []}}], "sources": []}}
from IPython.display import display
display({{FACTS_TYPE: facts, "text/html": "<p>{n}</p>"}}, raw=True)
"""
# Whatever a notebook can get hold of: its own environment and that of every process it may look at.
SPY = """
import glob, os
print(dict(os.environ))
for path in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline"):
    try:
        print(open(path, errors="replace").read())
    except OSError:
        pass
"""


@pytest.fixture
def clockwork(ledger):
    return Clockwork(ledger)


def titles(hook: Webhook) -> list[str]:
    return [re.sub(r"^[^:]+: ", "", item["title"]) for item in hook.posted]


def test_three_failures_and_a_recovery_are_two_messages(clockwork):
    slot, ledger = clockwork.slot(0), clockwork.ledger
    with Webhook() as hook:
        here = {ALERTS: hook.address}
        ledger.fault("second", "raise ValueError('no such day')")
        for wait in (0 * MINUTE, 10 * MINUTE, 70 * MINUTE):
            assert clockwork.due(slot + wait, **here)[0] == 1
        (told,) = hook.posted
        assert told["type"] == "failure"
        for words in ("second", "cell 3: ValueError: no such day", "second.html", "What to do"):
            assert words in told["message"]
        assert clockwork.events("edition")[0]["run"] in told["message"]
        ledger.mend()
        assert clockwork.due(clockwork.slot(1), **here)[0] == 0
        assert [item["type"] for item in hook.posted] == ["failure", "success"]
        assert clockwork.due(clockwork.slot(2), **here)[0] == 0
        assert len(hook.posted) == 2
    clockwork.assert_all_is_well(clockwork.slot(2))


def test_everything_held_back_is_one_message_by_mail(clockwork):
    slot, table = clockwork.slot(0), clockwork.ledger.project.raw / "returns.csv"
    good = table.read_bytes()
    table.write_bytes(good + b"x,y\n")
    with Mailbox() as box:
        here = {ALERTS: box.address()}
        assert clockwork.due(slot, **here)[0] == 1
        assert clockwork.due(slot + 10 * MINUTE, **here)[0] == 1
        (mail,) = box.mails
        assert mail["Subject"].endswith("Tables in data/raw: broken")
        assert "data/raw/returns.csv:" in mail.get_content()
        assert "karabakh check" in mail.get_content()
        table.write_bytes(good)
        assert clockwork.due(slot + 20 * MINUTE, **here)[0] == 0
        assert len(box.mails) == 2
    clockwork.assert_all_is_well(slot + 20 * MINUTE)


def test_a_change_of_key_figures_beyond_the_threshold_is_told(clockwork):
    ledger = clockwork.ledger
    plan = ledger.project.plan
    plan.write_text("alerts: {change: 10}\n" + plan.read_text())
    with Webhook() as hook:
        for number, people in enumerate((100, 104, 120, 120)):
            ledger.fault("first", FIGURE.format(n=people))
            status, _, err = clockwork.due(clockwork.slot(number), **{ALERTS: hook.address})
            assert (status, err) == (0, "")
        new, told = hook.posted
    assert "People back: none → 100" in new["message"]
    assert "People back: 104 → 120 (+15.4 %)" in told["message"].replace("\xa0", " ")
    assert "Office" in told["message"]


def test_an_endpoint_that_never_answers_delays_nothing_and_is_reported(clockwork):
    clockwork.ledger.fault("second", "raise ValueError('no such day')")
    slot = clockwork.slot(0)
    with Silent() as silent, Webhook() as hook:
        here = {ALERTS: f"{silent.address} {hook.address}"}
        status, out, err = clockwork.due(slot, **here)
        assert status == 1
        assert clockwork.told(out)["first"] == "succeeded"
        assert len(hook.posted) == 1
        assert "alerts: address 1 (json): it did not answer within 20 s" in err
        assert PASSWORD not in out + err
        assert clockwork.status(slot)[1]["messages_waiting"] == 1
    with Webhook() as again:
        # Another address now: it gets what is waiting, the next call says nothing more.
        clockwork.ledger.mend()
        assert clockwork.due(slot + HOUR, **{ALERTS: again.address})[0] == 0
        assert [item["type"] for item in again.posted] == ["failure", "success"]
    clockwork.assert_all_is_well(slot + HOUR)


def test_a_planted_secret_is_in_no_output(clockwork):
    ledger, slot = clockwork.ledger, clockwork.slot(0)
    for name in ("first", "third"):
        ledger.fault(name, SPY)
    ledger.fault("second", SPY + "raise ValueError(open('/proc/self/environ').read()[:0])")
    with Webhook() as hook:
        with Mailbox() as box:
            here = {ALERTS: f"{hook.address} {box.address()}"}
            status, out, err = clockwork.due(slot, **here)
            assert (status, len(hook.posted), len(box.mails)) == (1, 1, 1)
        # Now nobody answers: what is told of that is no secret either.
        hook.status = 503
        ledger.mend()
        again = clockwork.due(slot + 10 * MINUTE, **here)
        assert "alerts: address 2 (mailto)" in again[2]
        texts = [out, err, *again[1:], *ledger.call("status")[1:]]
        texts += [str(item) for item in hook.posted]
    root = ledger.project.root
    files = [path for path in (*root.rglob("*"), *ledger.temporary.rglob("*")) if path.is_file()]
    assert root / ".schedule" / "state.sqlite" in files
    assert [path for path in files if PASSWORD.encode() in path.read_bytes()] == []
    assert [text for text in texts if PASSWORD in text] == []
    assert "KARABAKH_ROOT" in (ledger.out / "first.html").read_text()
