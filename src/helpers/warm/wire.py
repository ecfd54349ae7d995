"""Messages between a warm parent and its clients: one JSON object a line, over a Unix socket."""

import json
import os
import socket
from typing import Any

CHUNK = 1 << 16
MOST_FILES = 8


class Line:
    """One end of a connection, never blocking.

    Parameters
    ----------
    connection : socket
        A connected Unix stream socket; the line closes it.
    """

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.files: list[int] = []
        self.open = True
        self._received = b""
        connection.setblocking(False)

    def fileno(self) -> int:
        """Return the number of the socket, for selectors."""
        return self.socket.fileno()

    def receive(self) -> list[dict[str, Any]]:
        """Return the messages that have arrived; `open` turns false when the other end closed.

        Numbers of open files that came along are appended to `files`.
        """
        while self.open:
            try:
                data, files, _, _ = socket.recv_fds(self.socket, CHUNK, MOST_FILES)
            except BlockingIOError:
                break
            except OSError:
                data, files = b"", []
            self.files += files
            self._received += data
            self.open = bool(data)
        *lines, self._received = self._received.split(b"\n")
        return [json.loads(line) for line in lines]

    def send(self, message: dict[str, Any], files: tuple[int, ...] = ()) -> bytes:
        """Send a message, and with it open files.

        Returns
        -------
        bytes
            What the socket's buffer had no room for.

        Raises
        ------
        OSError
            The other end is gone.
        """
        data = json.dumps(message).encode() + b"\n"
        sent = socket.send_fds(self.socket, [data], files) if files else self.socket.send(data)
        return data[sent:]

    def close(self) -> None:
        """Close the socket, and files that came and were not taken."""
        self.open = False
        while self.files:
            os.close(self.files.pop())
        self.socket.close()
