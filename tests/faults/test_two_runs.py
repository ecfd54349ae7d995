"""Two runs on one folder: the second says who is first, and changes nothing."""

import os
import re
import signal

from ledgers import NAMES, wait_until


def test_the_second_run_says_who_holds_the_folder(ledger):
    signs = [ledger.hang(name) for name in NAMES]
    with ledger.start("--force", "--jobs", "1") as process:
        wait_until(lambda: any(sign() for sign in signs), or_end_of=process)
        before, records = ledger.pages(), ledger.records()
        status, out, err = ledger.run("--force")
        assert (status, out) == (1, "")
        assert re.fullmatch(
            rf"{re.escape(str(ledger.out))}: another run is writing here: "
            rf"process {process.pid} on {re.escape(os.uname().nodename)} "
            r"since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, for \d+ min "
            r"\(karabakh report --force --jobs 1\); "
            r"wait until it ends, or choose another folder with --out\n",
            err,
        )
        assert (ledger.pages(), ledger.records()) == (before, records)
        assert process.poll() is None

        # Whoever only reads is not kept waiting.
        listed = ledger.command("list")
        assert listed.returncode == 0
        assert "second" in listed.stdout

        process.send_signal(signal.SIGTERM)
        process.communicate()
    assert process.returncode == 143
    ledger.assert_nothing_is_left()
    ledger.assert_the_next_run_completes()
