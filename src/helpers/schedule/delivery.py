"""Delivering alerts: within a given time, to each address once, and without a word about addresses.

Who has taken a message is remembered by a key of the address. A key says nothing about an address
that could be used: it is short, so that countless others have the same, and slow to compute.
"""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from helpers.schedule.incidents import texts
from helpers.schedule.messages import Message

SECONDS = 20.0
# How long an address is given to take a message before that is of no use any more.
PATIENCE = timedelta(days=3)
POSTMAN = [sys.executable, "-P", "-m", "helpers.schedule.postman"]


@dataclass(frozen=True)
class Parcel:
    """A message on its way.

    Attributes
    ----------
    message : Message
    made : str
        When it was written, ISO 8601 in UTC.
    taken : frozenset of str
        Keys of the addresses that have it.
    """

    message: Message
    made: str
    taken: frozenset[str] = frozenset()

    def plain(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {
            "message": asdict(self.message),
            "made": self.made,
            "taken": sorted(self.taken),
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Parcel":
        """Read what `plain` wrote.

        Raises
        ------
        KeyError, TypeError, ValueError
            It makes no sense.
        """
        datetime.fromisoformat(plain["made"])
        return cls(Message(**texts(plain["message"])), plain["made"], frozenset(plain["taken"]))


@dataclass(frozen=True)
class Delivery:
    """What became of parcels.

    Attributes
    ----------
    parcels : tuple of Parcel
        As they were given, with who has taken them by now.
    keys : frozenset of str
        Of all addresses there are.
    faults : tuple of str
        One line for each address that did not take everything; it holds nothing of the address
        but its place among the others and its scheme.
    """

    parcels: tuple[Parcel, ...]
    keys: frozenset[str] = frozenset()
    faults: tuple[str, ...] = ()


@dataclass
class _Round:
    """One address, and what it is to get."""

    address: str
    number: int
    key: str
    messages: list[int] = field(default_factory=list)
    scheme: str = ""
    fault: str = ""

    def line(self, otherwise: str) -> str:
        """Say what went wrong, if anything did."""
        scheme = f" ({self.scheme})" if self.scheme else ""
        what = self.fault or (otherwise if self.messages else "")
        remedy = "see 'When nothing arrives' in docs/alerts.md"
        return f"alerts: address {self.number}{scheme}: {what}; {remedy}" if what else ""


def deliver(parcels: Sequence[Parcel], addresses: str, *, seconds: float = SECONDS) -> Delivery:
    """Take parcels to all addresses that don't have them yet, all addresses at the same time.

    Parameters
    ----------
    parcels : sequence of Parcel
        In the order in which they are to arrive.
    addresses : str
        Apprise URLs separated by whitespace; none is no error.
    seconds : float
        After so long everything that is still under way is given up for this time.

    Returns
    -------
    Delivery
        It never raises: whatever goes wrong with alerts is a line in `faults`.
    """
    rounds = _rounds(parcels, addresses)
    keys = frozenset(item.key for item in rounds)
    waiting = [item for item in rounds if item.messages]
    if not waiting:
        return Delivery(tuple(parcels), keys)
    told, otherwise = _send_out(waiting, parcels, seconds)
    taken: dict[int, set[str]] = {}
    for answer in told:
        item = waiting[answer["address"]]
        item.scheme = answer.get("scheme", item.scheme)
        item.fault = answer.get("fault", item.fault)
        if "taken" in answer:
            item.messages.remove(answer["taken"])
            taken.setdefault(answer["taken"], set()).add(item.key)
    after = (
        replace(parcel, taken=parcel.taken | taken.get(number, set()))
        for number, parcel in enumerate(parcels)
    )
    lines = (item.line(otherwise) for item in waiting)
    return Delivery(tuple(after), keys, tuple(line for line in lines if line))


def outstanding(delivery: Delivery, *, now: datetime) -> tuple[Parcel, ...]:
    """Return the parcels to try again later.

    Parameters
    ----------
    delivery : Delivery
    now : datetime
        Aware.

    Returns
    -------
    tuple of Parcel
        Those that some address has not taken. After three days they are given up.
    """
    return tuple(
        parcel
        for parcel in delivery.parcels
        if delivery.keys - parcel.taken and now - datetime.fromisoformat(parcel.made) < PATIENCE
    )


def _rounds(parcels: Sequence[Parcel], addresses: str) -> list[_Round]:
    """Say which address is to get which parcels; an address that is there twice counts once."""
    found: dict[str, _Round] = {}
    for number, address in enumerate(addresses.split(), 1):
        if address not in found:
            found[address] = _Round(address, number, _key(address) if parcels else "")
    for item in found.values():
        item.messages = [n for n, parcel in enumerate(parcels) if item.key not in parcel.taken]
    return list(found.values())


def _key(address: str) -> str:
    salt = b"karabakh-ledger alerts"
    content = address.encode("utf-8", "surrogateescape")
    return hashlib.scrypt(content, salt=salt, n=2**13, r=8, p=1, dklen=3).hex()


def _send_out(
    rounds: Sequence[_Round], parcels: Sequence[Parcel], seconds: float
) -> tuple[list[dict[str, Any]], str]:
    """Let a process carry the parcels; return its answers, and why others are missing."""
    letters = [(number, asdict(parcel.message)) for number, parcel in enumerate(parcels)]
    content = [
        {"address": item.address, "messages": [letters[number] for number in item.messages]}
        for item in rounds
    ]
    task = json.dumps({"seconds": seconds, "rounds": content}).encode()
    try:
        process = subprocess.Popen(  # noqa: S603 # nosec B603 # our own module
            POSTMAN,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback may quote an address
            start_new_session=True,
        )
    except OSError as error:
        return [], f"the process that sends could not be started ({error.strerror})"
    with process:
        try:
            output, _ = process.communicate(task, seconds)
            otherwise = f"the process that sends ended early, status {process.returncode}"
        except subprocess.TimeoutExpired:
            _kill(process)
            output, _ = process.communicate()
            otherwise = f"it did not answer within {seconds:g} s"
        except BaseException:
            _kill(process)
            raise
    *lines, _ = output.split(b"\n")  # the last may have been cut off
    return [json.loads(line) for line in lines], otherwise


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """End the process with all that it has started; no other has its group."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
