"""Download one file over HTTP: what is there is kept, what broke off goes on, and the digest decides."""

from __future__ import annotations

import hashlib
import http.client
import json
import time
import urllib.error
import urllib.request
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

BLOCK = 1 << 20
TRIES = 4
"""Times in a row that a host may break off without sending anything."""
SILENCE_S = 60
AGENT = {"User-Agent": "study-orchestrator"}
"""Some hosts refuse the name that urllib gives itself."""


class FetchError(Exception):
    """A file could not be had, with what was found."""


def download(
    urls: Sequence[str], path: Path, digest: str, tell: Callable[[int, int | None], None], pause_s: float = 2
) -> None:
    """Write a file from the first of several addresses that has it.

    `digest` is `sha256:...` (a beginning is enough), `md5:...` or empty; `tell` is told the bytes that are
    there and those of the whole file, None where the host does not say. Raises FetchError with what each
    address said, OSError where the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    said = []
    for url in urls:
        partial = _Partial(path.with_name(f"{path.name}.part"), url)
        try:
            _complete(partial, tell, pause_s)
            wrong = mismatch(partial.path, digest)
            if wrong:
                partial.remove()
                raise FetchError(f"what it sent is not that file: {wrong}")
        except FetchError as error:
            said.append(f"{url}: {error}")
            continue
        partial.path.replace(path)
        partial.remove()
        return
    raise FetchError("; ".join(said) or "no address is known")


def mismatch(path: Path, digest: str) -> str:
    """Return how a file differs from its digest; empty where it does not, or where none is known."""
    if not digest:
        return ""
    kind, _, wanted = digest.partition(":")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, kind).hexdigest()
    return "" if found.startswith(wanted) else f"{kind} {found}, not {wanted}"


class _Partial:
    """What has come so far of a file, and beside it from where and which version of it."""

    def __init__(self, path: Path, url: str) -> None:
        self.path, self.url = path, url
        self._note = path.with_name(f"{path.name}.json")

    def size(self) -> int:
        """Return the bytes that are there of this address; those of another one are not counted."""
        return self.path.stat().st_size if self.path.is_file() and self._noted().get("url") == self.url else 0

    def version(self) -> str | None:
        """Return how the host named the version that has come."""
        found: str | None = self._noted().get("version")
        return found

    def begin(self, version: str | None) -> None:
        """Forget what has come, and note what comes now."""
        self.path.write_bytes(b"")
        self._note.write_text(json.dumps({"url": self.url, "version": version}), encoding="utf-8")

    def remove(self) -> None:
        """Remove what is left of it."""
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    def _noted(self) -> dict[str, Any]:
        with suppress(OSError, ValueError):
            found: dict[str, Any] = json.loads(self._note.read_text(encoding="utf-8"))
            return found
        return {}


def _complete(partial: _Partial, tell: Callable[[int, int | None], None], pause_s: float) -> None:
    """Ask again where a host breaks off, as long as anything comes."""
    failures = 0
    while True:
        before = partial.size()
        try:
            if _more(partial, tell):
                return
            reason = "the connection broke off"
        except urllib.error.HTTPError as error:
            if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and before:
                partial.remove()  # it is shorter now than what has come
            elif error.code < http.HTTPStatus.INTERNAL_SERVER_ERROR:
                raise FetchError(f"{error.code} {error.reason}") from error
            reason = f"{error.code} {error.reason}"
        except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
            reason = str(getattr(error, "reason", "") or error) or type(error).__name__
        failures = 0 if partial.size() > before else failures + 1
        if failures == TRIES:
            raise FetchError(f"{reason} (asked {TRIES} times)")
        time.sleep(pause_s)


def _more(partial: _Partial, tell: Callable[[int, int | None], None]) -> bool:
    """Append what a host sends; return whether the file is whole now."""
    have, version = partial.size(), partial.version()
    asked = {"Range": f"bytes={have}-", **({"If-Range": version} if version else {})} if have else {}
    request = urllib.request.Request(partial.url, headers={**AGENT, **asked})  # noqa: S310  addresses are ours
    with urllib.request.urlopen(request, timeout=SILENCE_S) as answer:  # noqa: S310
        if answer.status != http.HTTPStatus.PARTIAL_CONTENT:
            have = 0
            partial.begin(_version(answer.headers))
        length = answer.headers.get("Content-Length")
        whole = have + int(length) if length else None
        with partial.path.open("ab") as file:
            tell(have, whole)
            while block := answer.read(BLOCK):
                file.write(block)
                have += len(block)
                tell(have, whole)
    return whole is None or have == whole


def _version(headers: Mapping[str, str]) -> str | None:
    """Return what names the version of a file; a weak ETag does not name bytes."""
    tag = headers.get("ETag")
    return tag if tag and not tag.startswith("W/") else headers.get("Last-Modified")
