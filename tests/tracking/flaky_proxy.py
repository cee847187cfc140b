"""A way to a server on which half of all requests go wrong, by a seeded pattern.

python -m tests.tracking.flaky_proxy http://127.0.0.1:5000 SEED

Prints its own address. A request is refused, or done and its answer lost or cut off, or answered by 503, or
slow; each on a connection of its own.
"""

from __future__ import annotations

import http.client
import random
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

FATES = ("passed", "passed", "passed", "passed", "slow", "refused", "lost", "lost", "cut off", "503")
_SLOW_S = 0.2


class Flaky(BaseHTTPRequestHandler):
    """Hands on a request, or not."""

    upstream = ""
    drawn = random.Random(0)
    lock = threading.Lock()
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.close_connection = True
        with self.lock:
            fate = self.drawn.choice(FATES)
        if fate == "refused":
            return
        if fate == "503":
            self._answer(503, b"", 0)
            return
        if fate == "slow":
            time.sleep(_SLOW_S)
        status, answer = self._ask(body)
        if fate != "lost":
            self._answer(status, answer[: len(answer) // 2] if fate == "cut off" else answer, len(answer))

    def _ask(self, body: bytes) -> tuple[int, bytes]:
        server = http.client.HTTPConnection(self.upstream, timeout=60)
        headers = {name: text for name, text in self.headers.items() if name.lower() != "connection"}
        server.request(self.command, self.path, body, headers)
        answer = server.getresponse()
        return answer.status, answer.read()

    def _answer(self, status: int, sent: bytes, length: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(length))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(sent)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _handle  # noqa: N815 - names of http.server


if __name__ == "__main__":
    Flaky.upstream = urlsplit(sys.argv[1]).netloc
    Flaky.drawn = random.Random(int(sys.argv[2]))
    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Flaky)
    print(f"http://127.0.0.1:{proxy.server_port}", flush=True)
    proxy.serve_forever()
