"""The process that carries alerts; nothing it says, and no trace of it, holds an address.

It reads who is to get what from its standard input and answers in lines of JSON. Apprise runs here
and not in the caller's process: it may wait for long, which only a killed process surely stops
doing, and it writes addresses to its log.
"""

import json
import logging
import os
import re
import signal
import sys
import threading
from typing import Any

import apprise

# So much later than told to, it ends by itself, if whoever started it has died and cannot end it.
GRACE = 5.0
# What can be said of a failure, by what apprise logs of it; never its own words, which quote.
REASONS = (
    (r"error=(\d{3})\b", "it answered {}"),
    (r"(?i)authenticat|\b535\b", "it refused the user or the password"),
    (r"(?i)certificate|\bSSL|TLS", "no encrypted connection to it could be made"),
    (r"(?i)refused", "it refuses connections"),
    (
        r"(?i)name or service|name resolution|failed to resolve|getaddrinfo|no address",
        "its host is not known",
    ),
    (r"(?i)unreachable|no route", "there is no way to its host"),
    (r"(?i)timed? ?out", "it did not answer in time"),
    (r"(?i)reset|closed|aborted|disconnected", "it broke off the connection"),
)
OTHER = "it did not take the message"
UNREADABLE = "apprise cannot read it, or lacks a library for it"


class Eavesdropper(logging.Handler):
    """Keeps what apprise logs, by the thread that it sends from."""

    def __init__(self) -> None:
        super().__init__()
        self._heard: dict[int, list[str]] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self._heard.setdefault(record.thread or 0, []).append(record.getMessage())

    def reason(self) -> str:
        """Say why this thread's last message was not taken, in words that reveal nothing."""
        text = "\n".join(self._heard.pop(threading.get_ident(), ()))
        for pattern, words in REASONS:
            if found := re.search(pattern, text):
                return words.format(*found.groups())
        return OTHER


class Postman:
    """Carries messages to one address, and tells how it went.

    Parameters
    ----------
    number : int
        How the address is called in what is told.
    address : str
        An apprise URL.
    out : int
        Open file to tell it to.
    ears : Eavesdropper
    """

    def __init__(self, number: int, address: str, out: int, ears: Eavesdropper) -> None:
        self._number, self._out, self._ears = number, out, ears
        scheme = address.partition("://")[0].lower()
        known = scheme in apprise.NotificationManager().schemas()
        self._tell(scheme=scheme if known else "")
        self._plugin = _read(address)
        if self._plugin is None:
            self._tell(fault=UNREADABLE)
        elif self._plugin.notify_format == apprise.NotifyFormat.HTML and "format=" not in address:
            self._plugin.notify_format = apprise.NotifyFormat.TEXT

    def carry(self, messages: list[tuple[int, dict[str, str]]]) -> None:
        """Carry messages one after another, up to the first that is not taken."""
        if self._plugin is None:
            return
        carrier = apprise.Apprise()
        carrier.add(self._plugin)
        for number, message in messages:
            taken = carrier.notify(
                title=message["title"],
                body=message["body"],
                notify_type=apprise.NotifyType(message["kind"]),
                body_format=apprise.NotifyFormat.TEXT,
            )
            if not taken:
                self._tell(fault=self._ears.reason())
                return
            self._tell(taken=number)

    def _tell(self, **what: Any) -> None:
        # One write each, so that the lines of several threads do not mix.
        os.write(self._out, json.dumps({"address": self._number, **what}).encode() + b"\n")


def _read(address: str) -> apprise.NotifyBase | None:
    asset = apprise.AppriseAsset(storage_mode="memory", secure_logging=True)
    try:
        return apprise.Apprise.instantiate(address, asset=asset)
    except Exception:
        # Apprise catches most of what a wrong address raises, but not bytes that are no UTF-8.
        return None


def main() -> None:
    """Carry what standard input says."""
    task = json.load(sys.stdin)
    signal.setitimer(signal.ITIMER_REAL, task["seconds"] + GRACE)
    out = os.dup(1)
    os.dup2(2, 1)  # whatever else is printed is nobody's business
    ears = Eavesdropper()
    logger = logging.getLogger("apprise")
    logger.handlers, logger.propagate = [ears], False
    logger.setLevel(logging.DEBUG)
    rounds = [
        (Postman(number, item["address"], out, ears), item["messages"])
        for number, item in enumerate(task["rounds"])
    ]
    threads = [
        threading.Thread(target=postman.carry, args=(messages,), daemon=True)
        for postman, messages in rounds
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
