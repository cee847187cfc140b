"""What is added to MLflow's page, and what is passed on as it is."""

from collections.abc import Iterable
from typing import Any

from orchestrator.tracking.edges.first_visit import SCRIPT, FirstVisit


def application(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    """Answer with the path, and with nothing to whoever has the page already."""
    if "HTTP_IF_NONE_MATCH" in environ:
        start("304 NOT MODIFIED", [])
        return [b""]
    start("200 OK", [("ETag", "x"), ("Content-Length", "13")])
    return [b"<html><head>", environ["PATH_INFO"].encode()]


def asked(path: str, **more: str) -> tuple[str, dict[str, str], bytes]:
    said: list[Any] = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, **more}
    body = b"".join(FirstVisit(application)(environ, lambda *given: said.extend(given)))
    return said[0], dict(said[1]), body


def test_the_page_has_our_script_before_any_other() -> None:
    _, headers, body = asked("/")

    assert body.startswith(b"<html><head><style>")
    assert SCRIPT.read_bytes() in body
    assert headers["Content-Length"] == str(len(body))


def test_a_page_that_a_browser_kept_is_given_anew() -> None:
    status, headers, _ = asked("/", HTTP_IF_NONE_MATCH="x")

    assert (status, headers["Cache-Control"], headers.get("ETag")) == ("200 OK", "no-store", None)


def test_everything_else_is_passed_on() -> None:
    assert asked("/health") == ("200 OK", {"ETag": "x", "Content-Length": "13"}, b"<html><head>/health")
