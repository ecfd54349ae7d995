"""One call of the command: what became of it, and how it is disturbed."""

import json
import os
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Called:
    """What became of a call.

    Attributes
    ----------
    status : int
        Exit status, or minus the number of the signal that ended it.
    struck : str or None
        "kill" or "stop" when a signal was sent before it ended.
    editions : dict of str to str
        What it told of each edition: a status, "unchanged" or "held".
    marks : dict of str to datetime
        The newest slot of each edition that is remembered as dealt with.
    errors : str
        Its standard error.
    seconds : float
    memory : int
        Kilobytes that the largest of its processes took.
    left : Counter of str
        Processes and files that should not be there.
    """

    status: int
    struck: str | None
    editions: dict[str, str]
    marks: dict[str, datetime]
    errors: str
    seconds: float
    memory: int
    left: Counter[str] = field(default_factory=Counter)

    @property
    def worked(self) -> bool:
        """Whether it ran a notebook."""
        return bool({"succeeded", "failed"} & set(self.editions.values()))


def strike(process: subprocess.Popen[bytes], number: int, moment: float) -> bool:
    """Send a signal at a moment, unless the process has ended.

    Parameters
    ----------
    process : Popen
        Not reaped here.
    number : int
        Of the signal.
    moment : float
        By the monotonic clock.

    Returns
    -------
    bool
        Whether it was sent.
    """
    while time.monotonic() < moment:
        if os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return False
        time.sleep(0.005)
    os.kill(process.pid, number)
    return True


def editions(text: str) -> Iterator[tuple[str, str]]:
    """Read what a call told of editions; the last line may be cut off."""
    for line in text.splitlines():
        if line.endswith("}"):
            event = json.loads(line)
            if event["event"] == "edition":
                yield event["edition"], event["status"]
            elif event["event"] == "held_back":
                yield event["edition"], "held"
