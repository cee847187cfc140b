"""Links of pages to files of the repository: the site has no address for them, so it shows them itself."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parents[2]
PAGES = {"README.md": "index.md", "CHANGELOG.md": "changelog.md", "DESIGN.md": "design.md"}
"""Files at the top of the repository that are pages of the site."""
SHOWN = "repository"
"""The folder of the pages that show a file."""
NOTEBOOK = ".ipynb"
"""Such a file has a page that shows it."""
_LINK = re.compile(r"(?<=\]\()(?!\w+:|#|/)([^)#\s]+)(?=[)#])")
_LANGUAGES = {
    ".py": "python",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".json": "json",
    ".toml": "toml",
    ".md": "markdown",
}


def linked(text: str, place: str) -> list[str]:
    """Return the files outside of `docs/` that a page links to; `place` is where it stands itself."""
    found = (_target(link, place) for link in _LINK.findall(text))
    return [path for path in dict.fromkeys(found) if _is_shown(path)]


def relinked(text: str, place: str, page: str) -> str:
    """Return a page with its links led to pages of the site.

    `place` is where its text stands in the repository, `page` its name in the site.
    """

    def led(found: re.Match[str]) -> str:
        path = _target(found[1], place)
        if path.startswith("docs/"):
            target = path.removeprefix("docs/") + ".md" * path.endswith(NOTEBOOK)
        elif path in PAGES:
            target = PAGES[path]
        elif _is_shown(path):
            target = page_of(path)
        else:
            return found[1]  # MkDocs tells of it
        return posixpath.relpath(target, posixpath.dirname(page) or ".")

    return _LINK.sub(led, text)


def page_of(path: str) -> str:
    """Return the name of the page that shows a file."""
    return f"{SHOWN}/{path}.md"


def shown_file(path: str) -> str:
    """Return the page that shows a file of the repository."""
    text = (ROOT / path).read_text(encoding="utf-8")
    fence = "`" * (1 + max((len(run) for run in re.findall(r"`+", text)), default=2))
    language = _LANGUAGES.get(Path(path).suffix, "text")
    return f"---\nsearch: {{exclude: true}}\n---\n# `{path}`\n\n{fence}{language}\n{text}\n{fence}\n"


def all_linked(pages: Iterable[tuple[str, str]]) -> list[str]:
    """Return the files that any of these pages links to; each page is its place and its text."""
    return sorted({path for place, text in pages for path in linked(text, place)})


def _target(link: str, place: str) -> str:
    """Return the file of the repository that a link of the file at a place means."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(place), link))


def _is_shown(path: str) -> bool:
    return not path.startswith(("docs/", "..")) and path not in PAGES and (ROOT / path).is_file()
