"""A host of files on this machine that knows ranges, and can break off."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Host:
    """What it serves, and what it was asked."""

    files: dict[str, bytes] = field(default_factory=dict)
    breaks_at: int | None = None
    """Bytes of an answer after which it hangs up."""
    knows_ranges: bool = True
    version: str = '"1"'
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    """Name and Range of each request."""
    url: str = ""


@contextmanager
def serving() -> Iterator[Host]:
    """Serve until the end of the block."""
    host = Host()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self, host)

        def log_message(self, *given: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    host.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()


def answer(request: BaseHTTPRequestHandler, host: Host) -> None:
    """Send a file, or the rest of it that was asked for."""
    name, wanted = request.path.strip("/"), request.headers.get("Range")
    host.asked.append((name, wanted))
    content = host.files.get(name)
    if content is None:
        request.send_error(404)
        return
    begin = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and host.knows_ranges else 0
    if request.headers.get("If-Range", host.version) != host.version:
        begin = 0
    if begin > len(content):
        request.send_error(416)
        return
    request.send_response(206 if begin else 200)
    request.send_header("ETag", host.version)
    request.send_header("Content-Length", str(len(content) - begin))
    request.end_headers()
    end = len(content) if host.breaks_at is None else begin + host.breaks_at
    request.wfile.write(content[begin:end])
