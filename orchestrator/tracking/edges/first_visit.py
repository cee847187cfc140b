"""MLflow's page as a newcomer shall find it; gunicorn reads this file as its settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SCRIPT = Path(__file__).with_name("assets") / "first_visit.js"
_STYLE = "[data-assistant-ui] { display: none !important; }"
"""The assistant's button: the server has no assistant."""
_HEAD = b"<head>"
_UNLIKE = frozenset({"content-length", "etag", "last-modified", "cache-control", "expires"})
"""What the server says of the page without our script."""
_CONDITIONS = frozenset({"HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE", "HTTP_IF_RANGE"})


class FirstVisit:
    """MLflow's application with our script and our style at the head of its one page."""

    def __init__(self, application: Any) -> None:
        self._application = application
        script = SCRIPT.read_text(encoding="utf-8")
        self._added = f"<style>{_STYLE}</style><script>{script}</script>".encode()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request, as WSGI has it."""
        if environ.get("PATH_INFO", "/") not in {"", "/"} or environ.get("REQUEST_METHOD") != "GET":
            answer: Iterable[bytes] = self._application(environ, start)
            return answer
        asked = {name: value for name, value in environ.items() if name not in _CONDITIONS}
        said: list[Any] = []
        parts = self._application(asked, lambda *given: said.extend(given))
        page = b"".join(parts)
        getattr(parts, "close", lambda: None)()
        status, headers, *_ = said
        page = page.replace(_HEAD, _HEAD + self._added, 1)
        kept = [(name, value) for name, value in headers if name.lower() not in _UNLIKE]
        start(status, [*kept, ("Content-Length", str(len(page))), ("Cache-Control", "no-store")])
        return [page]


def post_worker_init(worker: Any) -> None:
    """Put the application of a worker that has just started inside ours, as gunicorn calls it."""
    worker.wsgi = FirstVisit(worker.wsgi)
