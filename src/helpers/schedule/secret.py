"""The addresses that alerts go to: taken in so that no notebook can read them.

Whatever a process was started with stays readable to its user for as long as it lives, in
``/proc/PID/environ``, and notebooks run as that user. So a process that finds the addresses in its
environment puts them into a pipe and starts itself anew, in its own place and without them.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from helpers.data.errors import ReportError
from helpers.data.project import ALERTS_VARIABLE

# Number of the file that a process started anew, or a child, reads the addresses from.
HANDED_VARIABLE = "KARABAKH_ALERTS_FILE"


def take_addresses() -> str:
    """Take the addresses that alerts go to; call this before anything else.

    When they are in the environment this does not return: the process begins anew, with the same
    arguments and the same number, and comes here again.

    Returns
    -------
    str
        Addresses separated by whitespace; empty for none. They are gone from the environment, and
        a second call returns nothing.

    Raises
    ------
    ReportError
        They are too long, or where they should be read from is not there.
    """
    if os.environ.get(ALERTS_VARIABLE, "").strip():
        _start_anew()
    os.environ.pop(ALERTS_VARIABLE, None)
    handed = os.environ.pop(HANDED_VARIABLE, "")
    return _read(handed) if handed else ""


@contextmanager
def handed_over(addresses: str) -> Iterator[tuple[dict[str, str], tuple[int, ...]]]:
    """Hand the addresses over to a child that calls `take_addresses`.

    Parameters
    ----------
    addresses : str

    Yields
    ------
    tuple
        What `subprocess.Popen` takes as ``env`` and as ``pass_fds``; start one child with it.

    Raises
    ------
    ReportError
        They are too long.
    """
    gone = (ALERTS_VARIABLE, HANDED_VARIABLE)
    environment = {name: value for name, value in os.environ.items() if name not in gone}
    if not addresses:
        yield environment, ()
        return
    reader = _pipe_with(addresses)
    try:
        yield environment | {HANDED_VARIABLE: str(reader)}, (reader,)
    finally:
        os.close(reader)


def _start_anew() -> None:
    """Become the same command again, with the addresses in a pipe."""
    reader = _pipe_with(os.environ.pop(ALERTS_VARIABLE))
    os.set_inheritable(reader, True)
    os.environ[HANDED_VARIABLE] = str(reader)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    # Not sys.argv: options of Python itself, and -m, are in the original arguments only.
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 # nosec B606 # ourselves


def _pipe_with(addresses: str) -> int:
    """Return the end of a pipe that the addresses can be read from; they are on no disk."""
    content = os.fsencode(addresses)
    reader, writer = os.pipe()
    try:
        os.set_blocking(writer, False)  # what does not fit would wait for a reader for ever
        if os.write(writer, content) < len(content):
            raise ReportError(
                f"{ALERTS_VARIABLE}: {len(content):,} bytes are too many; name fewer addresses"
            )
    except BaseException:
        os.close(reader)
        raise
    finally:
        os.close(writer)
    return reader


def _read(handed: str) -> str:
    try:
        with os.fdopen(int(handed), "rb") as file:
            return os.fsdecode(file.read())
    except (OSError, ValueError):
        raise ReportError(
            f"{HANDED_VARIABLE}={handed}: there is no such open file; "
            f"unset it, and put addresses into {ALERTS_VARIABLE}"
        ) from None
