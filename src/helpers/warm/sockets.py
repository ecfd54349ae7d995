"""Sockets of warm parents, and the command that serves one."""

import json
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from helpers.warm.startup import parent_environment
from helpers.warm.wire import Line

BACKLOG = 128


def listen(path: Path) -> socket.socket:
    """Make a socket for this user alone; clients may connect from now on.

    Raises
    ------
    OSError
        The name is taken or too long, or the folder not writable.
    """
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen(BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener


def connect_to(path: Path) -> socket.socket:
    """Connect to the parent that listens at `path`.

    Raises
    ------
    OSError
        None does.
    """
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(path))
    except BaseException:
        connection.close()
        raise
    return connection


def spawn(
    listener: socket.socket, path: Path, once: Mapping[str, str], *options: str
) -> subprocess.Popen[bytes]:
    """Start a parent on a listening socket, away from the terminal and its Ctrl-C.

    Parameters
    ----------
    listener : socket
        From `listen`.
    path : Path
        Its name.
    once : mapping of str to str
        From `helpers.warm.startup.taken_once`.
    options : str
        Of `helpers.warm.parent`.
    """
    command = [sys.executable, "-m", "helpers.warm.parent", str(path), *options]
    return subprocess.Popen(  # noqa: S603 # nosec B603 # our own module
        command,
        stdin=listener.fileno(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env=parent_environment(once),
        start_new_session=True,
    )


def converse(connection: socket.socket, message: dict[str, Any]) -> dict[str, Any]:
    """Send a message and wait for the answer; empty when the parent hung up."""
    line = Line(connection)
    line.send(message)
    connection.setblocking(True)
    with suppress(OSError):
        if data := connection.makefile("rb").readline():
            return json.loads(data)
    return {}
