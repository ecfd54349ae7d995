"""Where alerts can arrive, on this machine: mail, webhooks, and what never answers."""

import json
import socket
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "ledger", "s3cr3t-w0rd"


class Webhook(ThreadingHTTPServer):
    """Takes what is posted, or refuses it with a status of its own."""

    daemon_threads = True
    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Hook)
        self.posted: list[dict[str, Any]] = []
        self.arrived = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"json://{USER}:{PASSWORD}@127.0.0.1:{self.server_port}/{PASSWORD}?rto=600"

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Webhook)
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.status == 200:
            self.server.posted.append(json.loads(content))
        self.send_response(self.server.status)
        self.end_headers()
        self.server.arrived.set()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Write nothing."""


class Silent:
    """Takes connections and never answers; counts them as they come."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.connected = threading.Event()
        self.taken: list[socket.socket] = []
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.taken.append(connection)
            self.connected.set()

    @property
    def address(self) -> str:
        port = self.listener.getsockname()[1]
        return f"json://127.0.0.1:{port}/{PASSWORD}?rto=600&cto=600"

    def hang_up(self) -> None:
        for connection in self.taken:
            connection.close()

    def __enter__(self) -> "Silent":
        return self

    def __exit__(self, *_: object) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()
        self.hang_up()


class Mailbox(Controller):
    """A mail server that knows one password."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        super().__init__(
            self,
            hostname="127.0.0.1",
            port=port,
            authenticator=self._authenticate,
            server_hostname="localhost",
            auth_require_tls=False,
        )

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, kind: str, data: LoginPassword
    ) -> AuthResult:
        right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert envelope.content is not None
        content = envelope.content
        mail = message_from_bytes(
            content if isinstance(content, bytes) else content.encode(), policy=policy.default
        )
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"

    def address(self, password: str = PASSWORD) -> str:
        return (
            f"mailto://{USER}:{password}@127.0.0.1:{self.port}"
            "?mode=insecure&from=ledger@example.org&to=ana@example.org"
        )

    def __enter__(self) -> "Mailbox":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
