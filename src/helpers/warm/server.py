"""The warm parent's loop: forks kernels, tells their ends, and goes when nobody needs it."""

import fcntl
import os
import selectors
import shutil
import signal
import socket
import struct
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from helpers.warm.child import detach, run_kernel
from helpers.warm.startup import reason_against
from helpers.warm.wire import Line

CREDENTIALS = struct.Struct("3i")


class Client:
    """One connection: it may have one kernel at a time, and a folder for its sockets."""

    def __init__(self, line: Line, process: int) -> None:
        self.line = line
        # The line stays open as long as a fork of the client holds it; this tells of the client.
        self.watch = os.pidfd_open(process)
        self.folder = ""
        self.kernel = 0
        self.kernel_watch = -1

    def close(self) -> None:
        """Close every file held for the client."""
        self.line.close()
        for file in (self.watch, self.kernel_watch):
            if file >= 0:
                os.close(file)


class Server:
    """Serves one socket, in one thread.

    Parameters
    ----------
    listener : socket
        Listening Unix socket.
    path : Path
        Its name; removed in the end.
    linger : float
        Seconds to stay when nobody is connected.
    shared : bool
        Whether its folder is that of the shared parents; the last of them removes it.
    refusal : str
        Why kernels can't be forked here; told to everybody who asks. Empty if they can.
    """

    def __init__(
        self, listener: socket.socket, path: Path, *, linger: float, shared: bool, refusal: str
    ) -> None:
        self.listener = listener
        self.path = path
        self.linger = linger
        self.shared = shared
        self.refusal = refusal
        self.clients: dict[int, Client] = {}
        self.selector = selectors.DefaultSelector()
        self.stopping = False
        self._alarm, self._ring = socket.socketpair()
        self._idle_since = time.monotonic()
        self.selector.register(listener, selectors.EVENT_READ, self._accept)

    def serve(self) -> None:
        """Serve until told to stop, or until nobody was connected for `linger` seconds."""
        for end in (self._alarm, self._ring, self.listener):
            end.setblocking(False)
        signal.set_wakeup_fd(self._ring.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        self.selector.register(self._alarm, selectors.EVENT_READ, self._signalled)
        try:
            while not self._over():
                for key, _ in self.selector.select(self._patience()):
                    # What was handled before may have closed this one, and opened another.
                    current = self.selector.get_map().get(key.fd)
                    if current and current.data is key.data:
                        key.data()
        finally:
            self.stop()

    def stop(self) -> None:
        """End all kernels, hang up, and remove the socket."""
        for client in list(self.clients.values()):
            self._drop(client)
        self._unlist()
        for end in (self.selector, self._alarm, self._ring):
            end.close()

    def _patience(self) -> float | None:
        return None if self.clients else max(0, self._idle_since + self.linger - time.monotonic())

    def _over(self) -> bool:
        """Decide whether to end; a client that is just connecting keeps the parent alive."""
        if self.clients or (not self.stopping and self._patience()):
            return False
        with suppress(OSError):
            self._accept()
        return not self.clients

    def _signalled(self) -> None:
        self._alarm.recv(64)
        self.stopping = True
        for client in list(self.clients.values()):
            self._drop(client)

    def _unlist(self) -> None:
        """Take the socket's name away, so that newcomers start another parent."""
        if self.listener.fileno() < 0:
            return
        self.selector.unregister(self.listener)
        self.path.unlink(missing_ok=True)
        self.listener.close()
        if self.shared:
            _remove_unused(self.path.parent)

    def _accept(self) -> None:
        connection, _ = self.listener.accept()
        size = CREDENTIALS.size
        raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
        process, user, _ = CREDENTIALS.unpack(raw)
        if user != os.getuid():
            connection.close()
            return
        try:
            client = Client(Line(connection), process)
        except ProcessLookupError:
            connection.close()
            return
        self.clients[connection.fileno()] = client
        self.selector.register(client.line, selectors.EVENT_READ, lambda: self._read(client))
        self.selector.register(client.watch, selectors.EVENT_READ, lambda: self._drop(client))

    def _read(self, client: Client) -> None:
        try:
            for message in client.line.receive():
                self._answer(client, message)
        except (ValueError, TypeError, AttributeError, KeyError):
            client.line.open = False  # it doesn't speak our language, and others need us
        if not client.line.open:
            self._drop(client)

    def _answer(self, client: Client, message: dict[str, Any]) -> None:
        self.linger = message.get("linger", self.linger)
        client.folder = message.get("folder", client.folder)
        if message.get("stop"):
            self.stopping = True
            self._unlist()
        if "env" in message:
            with ExitStack() as stack:
                files = client.line.files[:]
                client.line.files.clear()
                for file in files:
                    stack.callback(os.close, file)
                self._fork(client, message, files)
        if message.get("hello"):
            self._tell(client, {"refusal": self.refusal})

    def _fork(self, client: Client, request: dict[str, Any], files: list[int]) -> None:
        refusal = self.refusal or reason_against(request["env"], Path(request["cwd"]))
        if refusal:
            self._tell(client, {"refusal": refusal})
            return
        parent = os.getpid()
        masked = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        try:
            client.kernel = os.fork()
        except OSError as error:
            signal.pthread_sigmask(signal.SIG_SETMASK, masked)
            self._tell(client, {"refusal": f"fork: {error}"})
            return
        if not client.kernel:
            try:
                detach(parent, files)
                self._abandon(client)
                run_kernel(request, client.line)
            finally:
                os._exit(1)  # whatever happens, nothing of the parent's may run on here
        signal.pthread_sigmask(signal.SIG_SETMASK, masked)
        client.kernel_watch = os.pidfd_open(client.kernel)
        self.selector.register(
            client.kernel_watch, selectors.EVENT_READ, lambda: self._reap(client)
        )

    def _abandon(self, own: Client) -> None:
        """Close, in a child, everything that is the parent's, but for its own client's line."""
        self.selector.close()
        for end in (self.listener, self._alarm, self._ring):
            end.close()
        for client in self.clients.values():
            if client is own:
                os.close(client.watch)
            else:
                client.close()

    def _reap(self, client: Client) -> None:
        """Tell the client how its kernel ended, by Popen's rule for killed ones."""
        _, status = os.waitpid(client.kernel, 0)
        self.selector.unregister(client.kernel_watch)
        os.close(client.kernel_watch)
        client.kernel, client.kernel_watch = 0, -1
        self._tell(client, {"exit": os.waitstatus_to_exitcode(status)})

    def _tell(self, client: Client, message: dict[str, Any]) -> None:
        try:
            client.line.send(message)
        except OSError:  # gone; the selector tells as well
            client.line.open = False

    def _drop(self, client: Client) -> None:
        """Forget a client; nothing of it stays behind."""
        if client.kernel:
            with suppress(ProcessLookupError):
                os.killpg(client.kernel, signal.SIGKILL)
            os.kill(client.kernel, signal.SIGKILL)  # it may not have its group yet
            self._reap(client)
        self.selector.unregister(client.line)
        self.selector.unregister(client.watch)
        del self.clients[client.line.fileno()]
        client.close()
        if client.folder:
            shutil.rmtree(client.folder, ignore_errors=True)
        if not self.clients:
            self._idle_since = time.monotonic()


def _remove_unused(folder: Path) -> None:
    """Remove the folder of sockets unless it has any, or somebody is just about to make one."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            folder.rmdir()
        finally:
            os.close(handle)
