"""Pages and their blocks, as all tests of pages read them.

A block has a name where `title="NAME"` stands behind its language, where the line before it names a file in
code, as "and in `x.yaml`:" or "Save this as `x.py`.", where "Save it as `x.py`" follows it, or where it is
the last of its language in a section whose heading does. A study without a name is a file called like it.
A comment on the line before it says what cannot be seen from it: `<!-- not run: why -->`.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PATHS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))

_FENCE = re.compile(r"^(?P<indent> *)(?P<fence>`{3,})(?P<language>[\w+-]*)(?P<more>[^`]*)$")
_FILE = re.compile(r"`([\w./-]+\.\w+)`")
_SUFFIXES = {"python": (".py",), "yaml": (".yaml", ".yml")}
"""Language -> how the names of its files end; a block of another has a name only where its fence says so."""
_COMMENT = re.compile(r"^\s*<!-- (.*) -->\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What stands between two fences."""

    page: str
    line: int
    """Of its first fence."""
    language: str
    name: str
    """Of the file that it is; empty where the page names none."""
    comment: str
    """What stands before it for those who check it."""
    section: str
    """The heading above it."""
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    def reason(self, word: str) -> str:
        """Return why it is `not run`, or `not checked`; empty where nobody says so."""
        return self.comment.removeprefix(f"{word}: ") if self.comment.startswith(f"{word}: ") else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page with its blocks."""

    name: str
    text: str
    blocks: tuple[Block, ...]

    def all(self, language: str) -> list[str]:
        """Return the texts of the blocks of a language, from above."""
        return [block.text for block in self.blocks if block.language == language]

    @property
    def files(self) -> dict[str, str]:
        """The blocks that are files: name -> text."""
        named = {block.name: block.text for block in self.blocks if block.name}
        for text in self.all("yaml"):
            if study := re.search(r"^study: ([\w.-]+)$", text, re.MULTILINE):
                named.setdefault(f"{study[1]}.yaml", text)
        return named

    @property
    def links(self) -> list[str]:
        """Where its links lead, without those to other sites and within the page."""
        return re.findall(r"\]\((?!\w+:|#)([^)#\s]+)", self.prose)

    @property
    def prose(self) -> str:
        """The page without its blocks."""
        return re.sub(r"^ *(`{3,}).*?^ *\1 *$", "", self.text, flags=re.MULTILINE | re.DOTALL)

    @property
    def typed(self) -> list[str]:
        """What it says to type in blocks of bash, a line each."""
        return [line for text in self.all("bash") for line in text.splitlines() if line.strip()]


def page(name: str) -> Page:
    """Return a page of `docs/`, or `README.md`."""
    path = ROOT / name if name == "README.md" else ROOT / "docs" / name
    text = path.read_text(encoding="utf-8")
    return Page(name=name, text=text, blocks=tuple(read_blocks(name, text)))


def pages() -> list[Page]:
    """Return all pages."""
    return [page(path.name) for path in PATHS]


def read_blocks(name: str, text: str) -> Iterator[Block]:
    """Yield the blocks of a page."""
    lines, number, section = text.splitlines(), 0, ""
    while number < len(lines):
        opened = _FENCE.match(lines[number])
        if opened is None:
            section = lines[number].lstrip("# ") if lines[number].startswith("#") else section
            number += 1
            continue
        end = next(
            place for place in range(number + 1, len(lines)) if lines[place].strip() == opened["fence"]
        )
        inside = textwrap.dedent("\n".join(lines[number + 1 : end]))
        before = [line for line in lines[:number] if line.strip()][-2:]
        comment = _COMMENT.match(before[-1]) if before else None
        yield Block(
            page=name,
            line=number + 1,
            language=opened["language"],
            name=_name(opened, before[0 if comment else -1] if before else "", section, lines[end + 1 :]),
            comment=comment[1] if comment else "",
            section=section,
            text=f"{inside}\n",
        )
        number = end + 1


def _name(opened: re.Match[str], before: str, section: str, after: list[str]) -> str:
    """Return the name of the file that a block is: from its fence, the line before it or its heading."""
    if titled := re.search(r'title="([^"]+)"', opened["more"]):
        return titled[1]
    language, suffixes = opened["language"], _SUFFIXES.get(opened["language"], ())
    said = before.strip()
    below = next((line for line in after if line.strip()), "")
    if told := re.match(r"Save it as `([^`]+)`", below):
        return told[1]
    if saved := re.search(r"\b[Ss]aved? .*?\bas `([^`]+)`", said):
        said = f"`{saved[1]}`:"
    if said.endswith(":") or said.startswith(("**", "and in ")):
        for name in reversed(_FILE.findall(said)):
            if name.endswith(suffixes):
                return str(name)
    rest = re.split(r"^#", "\n".join(after), maxsplit=1, flags=re.MULTILINE)[0]
    named = [name for name in _FILE.findall(section) if name.endswith(suffixes)]
    return named[-1] if named and not re.search(rf"^```{language}\b", rest, re.MULTILINE) else ""
