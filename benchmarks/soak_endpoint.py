"""Where the soak's alerts go."""

import http.server
import threading
from typing import Any


class Endpoint:
    """A web server that takes alerts; while it is broken it takes none."""

    def __init__(self) -> None:
        self.received: list[str] = []
        self.broken = False
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                text = self.rfile.read(int(self.headers["Content-Length"])).decode()
                if not endpoint.broken:
                    endpoint.received.append(text)
                self.send_response(503 if endpoint.broken else 200)
                self.end_headers()

            def log_message(self, *about: Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self.address = f"json://127.0.0.1:{self._server.server_port}/alerts"

    def start(self) -> None:
        """Take what comes."""
        self._thread.start()

    def stop(self) -> None:
        """Take nothing any more."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
