"""Alerts reach real servers, once each; what never answers is given up and told without secrets."""

import json
import logging
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from endpoints import PASSWORD, Mailbox, Silent, Webhook
from helpers.schedule import delivery
from helpers.schedule.delivery import PATIENCE, Delivery, Parcel, deliver, outstanding
from helpers.schedule.messages import Message
from helpers.schedule.postman import GRACE, OTHER, REASONS, UNREADABLE, Eavesdropper

NOW = datetime(2026, 11, 30, 15, 14, tzinfo=UTC)
BODY = "The winter (winter): failed\nWhy: cell 3: ValueError: a < b & “c”\n\nRun 1"
MESSAGE = Message("ledger: The winter: failed", BODY, "failure")
PARCEL = Parcel(MESSAGE, "2026-11-30T15:14:00Z")
# For what answers; the machine may be slow.
LONG = 120.0
POSTMAN = "helpers.schedule.postman"
REMEDY = "see 'When nothing arrives' in docs/alerts.md"


def test_mail_arrives_as_plain_text():
    with Mailbox() as box:
        done = deliver([PARCEL], box.address(), seconds=LONG)
    assert done.faults == ()
    assert outstanding(done, now=NOW) == ()
    (mail,) = box.mails
    assert mail["Subject"] == MESSAGE.title
    assert (mail["From"].addresses[0].addr_spec, mail["To"].addresses[0].addr_spec) == (
        "ledger@example.org",
        "ana@example.org",
    )
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().strip().splitlines() == BODY.splitlines()


def test_a_webhook_is_told_all_of_it():
    with Webhook() as hook:
        assert deliver([PARCEL], hook.address, seconds=LONG).faults == ()
    (posted,) = hook.posted
    assert (posted["title"], posted["message"], posted["type"]) == (MESSAGE.title, BODY, "failure")


@pytest.mark.parametrize("addresses", ["", " \n\t "])
def test_without_addresses_nothing_is_sent_and_nothing_is_wrong(addresses, monkeypatch):
    monkeypatch.setattr(delivery, "POSTMAN", ["/nothing/there"])
    done = deliver([PARCEL], addresses)
    assert done == Delivery((PARCEL,))
    assert outstanding(done, now=NOW) == ()


def test_without_messages_nothing_is_started(monkeypatch):
    monkeypatch.setattr(delivery, "POSTMAN", ["/nothing/there"])
    assert deliver([], "json://127.0.0.1:1").faults == ()


def test_what_failed_is_tried_again_for_that_address_alone():
    other = replace(PARCEL, message=Message("two", "2"))
    with Webhook() as good, Webhook() as bad:
        addresses = f"{good.address}\n{bad.address} {good.address}"
        bad.status = 503
        first = deliver([PARCEL, other], addresses, seconds=LONG)
        assert first.faults == (f"alerts: address 2 (json): it answered 503; {REMEDY}",)
        left = outstanding(first, now=NOW)
        assert left == tuple(map(Parcel.from_plain, map(_stored, left)))
        bad.status = 200
        second = deliver(left, addresses, seconds=LONG)
        assert second.faults == ()
        assert outstanding(second, now=NOW) == ()
    titles = [MESSAGE.title, "two"]
    assert [item["title"] for item in good.posted] == titles
    assert [item["title"] for item in bad.posted] == titles


def _stored(parcel: Parcel) -> dict:
    return json.loads(json.dumps(parcel.plain()))


def test_a_corrected_address_gets_what_the_wrong_one_did_not():
    with Mailbox() as box:
        first = deliver([PARCEL], box.address("wrong"), seconds=LONG)
        (line,) = first.faults
        assert line == f"alerts: address 1 (mailto): it refused the user or the password; {REMEDY}"
        assert box.mails == []
        second = deliver(outstanding(first, now=NOW), box.address(), seconds=LONG)
        assert second.faults == ()
        assert len(box.mails) == 1


def test_an_address_that_cannot_be_read_is_a_line_and_stops_no_other():
    wrong = [
        f"{PASSWORD}://{PASSWORD}",
        PASSWORD,
        "mailto://",
        "://",
        "slack://xoxb",
        "json://x/\udcff",
    ]
    with Webhook() as hook:
        done = deliver([PARCEL], " ".join([*wrong, hook.address]), seconds=LONG)
    assert len(hook.posted) == 1
    what = "apprise cannot read it, or lacks a library for it"
    names = ["1", "2", "3 (mailto)", "4", "5 (slack)", "6 (json)"]
    assert done.faults == tuple(f"alerts: address {name}: {what}; {REMEDY}" for name in names)


def test_nobody_waits_for_an_address_that_does_not_answer():
    with Silent() as silent, Webhook() as hook:

        def hang_up() -> None:
            hook.arrived.wait()
            silent.connected.wait()
            silent.hang_up()

        told = threading.Thread(target=hang_up)
        told.start()
        addresses = f"{silent.address} {hook.address}"
        done = deliver([PARCEL], addresses, seconds=LONG)  # ends at once when silence does
        hook.arrived.set()
        silent.connected.set()
        told.join()
    assert len(hook.posted) == 1
    (fault,) = done.faults
    assert fault.startswith("alerts: address 1 (json): it ")


def test_ten_addresses_that_never_answer_are_given_up_together():
    silents = [Silent() for _ in range(10)]
    begun = time.monotonic()
    done = deliver([PARCEL] * 3, " ".join(item.address for item in silents), seconds=2.0)
    # Their own limits are ten minutes; one after another, or per message, would be far more, too.
    assert time.monotonic() - begun < 18
    for item in silents:
        item.__exit__()
    assert len(done.faults) == 10
    assert all(line.endswith(f"it did not answer within 2 s; {REMEDY}") for line in done.faults)
    assert outstanding(done, now=NOW) == done.parcels
    assert senders() == []


def senders() -> list[psutil.Process]:
    """Processes of this one that send, or did and were not waited for."""
    found = psutil.Process().children()
    return [item for item in found if item.status() == "zombie" or POSTMAN in item.cmdline()]


def test_a_message_is_given_up_after_three_days():
    done = Delivery((PARCEL,), frozenset({"a"}))
    assert outstanding(done, now=NOW + PATIENCE - timedelta(minutes=1)) == (PARCEL,)
    assert outstanding(done, now=NOW + PATIENCE) == ()


def test_a_sender_that_cannot_start_or_dies_is_a_line(monkeypatch):
    monkeypatch.setattr(delivery, "POSTMAN", ["/nothing/there"])
    (line,) = deliver([PARCEL], "json://127.0.0.1:1").faults
    assert "the process that sends could not be started (No such file or directory)" in line
    monkeypatch.setattr(delivery, "POSTMAN", ["sh", "-c", "cat > /dev/null; kill -9 $$"])
    (line,) = deliver([PARCEL], "json://127.0.0.1:1").faults
    assert line == f"alerts: address 1: the process that sends ended early, status -9; {REMEDY}"


def test_an_interrupted_delivery_leaves_no_process(monkeypatch):
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("subprocess.Popen.communicate", interrupt)
    with pytest.raises(KeyboardInterrupt):
        deliver([PARCEL], "json://127.0.0.1:1")
    assert senders() == []


def test_no_secret_is_told_logged_or_seen_from_outside(caplog, capfd, tmp_path, monkeypatch):
    caplog.set_level(logging.DEBUG)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    seen: list[str] = []
    with Silent() as silent, Mailbox() as box, Webhook() as hook:
        hook.status = 404
        wrong = f"mailto://{PASSWORD} {PASSWORD}://{PASSWORD}@x"
        addresses = f"{silent.address} {box.address('x' + PASSWORD)} {hook.address} {wrong}"

        def look() -> None:
            silent.connected.wait()
            for child in psutil.Process().children(recursive=True):
                seen.extend([*child.cmdline(), str(child.environ())])
            silent.hang_up()

        watcher = threading.Thread(target=look)
        watcher.start()
        done = deliver([PARCEL], addresses, seconds=LONG)
        silent.connected.set()
        watcher.join()
    assert POSTMAN in seen
    assert len(done.faults) == 5
    kept = json.dumps([parcel.plain() for parcel in outstanding(done, now=NOW)])
    told = [*seen, *done.faults, repr(done), kept, caplog.text, *capfd.readouterr()]
    assert [text for text in told if PASSWORD in text] == []
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path for path in files if PASSWORD.encode() in Path(path).read_bytes()] == []


def test_keys_are_short_and_differ_from_address_to_address():
    done = deliver([PARCEL], "", seconds=LONG)
    assert done.keys == frozenset()
    keys = {delivery._key(f"mailto://a:{number}@b") for number in range(20)}
    assert len(keys) == 20
    assert {len(key) for key in keys} == {6}


@pytest.mark.parametrize(
    ("logged", "told"),
    [
        ("Failed to send JSON POST notification: unknown, error=418.", "it answered 418"),
        ("Socket Exception: (535, b'5.7.8 no')", "it refused the user or the password"),
        ("[SSL: CERTIFICATE_VERIFY_FAILED]", "no encrypted connection to it could be made"),
        ("[Errno 111] Connection refused", "it refuses connections"),
        ("[Errno -2] Name or service not known", "its host is not known"),
        ("[Errno 101] Network is unreachable", "there is no way to its host"),
        ("Read timed out. (read timeout=4.0)", "it did not answer in time"),
        ("Connection reset by peer", "it broke off the connection"),
        (f"token {PASSWORD} is odd", OTHER),
    ],
)
def test_a_reason_is_one_of_a_few_that_reveal_nothing(logged, told):
    ears = Eavesdropper()
    ears.handle(logging.makeLogRecord({"msg": logged, "thread": threading.get_ident()}))
    assert ears.reason() == told
    assert ears.reason() == OTHER  # each message has its own


def test_the_sender_ends_by_itself_when_nobody_can_end_it():
    with Silent() as silent:
        one = {"address": silent.address, "messages": [[0, vars(MESSAGE)]]}
        task = json.dumps({"seconds": 1.0 - GRACE, "rounds": [one]}).encode()
        with subprocess.Popen(delivery.POSTMAN, stdin=subprocess.PIPE) as process:
            with pytest.raises(subprocess.TimeoutExpired):
                process.communicate(task, 0.01)
            assert process.wait(60) == -signal.SIGALRM


def test_the_sender_loads_nothing_from_the_folder_it_is_in(tmp_path, monkeypatch):
    (tmp_path / "apprise.py").write_text("raise SystemExit(3)", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with Webhook() as hook:
        assert deliver([PARCEL], hook.address, seconds=LONG).faults == ()


ROOT = Path(__file__).parents[2]
READS = """
import apprise, sys
print([url for url in sys.argv[1:] if apprise.Apprise.instantiate(url) is None])
"""


def test_addresses_in_the_documentation_are_what_apprise_reads():
    text = (ROOT / "docs" / "alerts.md").read_text("utf-8")
    addresses = re.findall(r"(?m)^\| .*\| `(\w+://[^`]+)` \|$", text)
    assert len(addresses) == 6
    read = [sys.executable, "-c", READS, *addresses]
    assert subprocess.run(read, capture_output=True, text=True).stdout.strip() == "[]"


def test_what_is_said_of_an_address_is_explained_in_the_documentation():
    text = (ROOT / "docs" / "alerts.md").read_text("utf-8")
    assert "## When nothing arrives" in text
    told = [words.format(404) for _, words in REASONS] + [OTHER, UNREADABLE]
    missing = {words for words in told if f'"{words}"' not in text}
    assert missing == set()
