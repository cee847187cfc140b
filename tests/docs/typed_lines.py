"""Lines that pages say to type, checked against the command line as it is, without running them."""

from __future__ import annotations

import importlib.util
import re
import shlex
from typing import TYPE_CHECKING

from docs.hooks.verb_page import commands
from tests.docs.pages import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.docs.pages import Block

COMMANDS = commands()
AT_THE_TOP = {"--help", "--install-completion", "--show-completion"}
"""What stands in the place of a verb."""
_OURS = re.compile(r"(?:python -m )?orchestrator\b(?!\.)")
_ENDS = {"|", "||", "&&", ";", ">", ">>", "2>", "2>&1", "&"}
"""Words of a shell that end a command's own."""
_PLAIN = {"cd", "source", "export", "mkdir", "cat", "ls"}
"""What shells have, and no page can get wrong."""


def typed(block: Block) -> Iterator[tuple[int, str]]:
    """Yield the lines to type, each with its number; of a block of `console` those behind a prompt."""
    lines = block.text.splitlines()
    for number, line in enumerate(lines, start=block.line + 1):
        text = line.strip()
        if block.language == "console" and not text.startswith("$ "):
            continue
        text = text.removeprefix("$ ")
        if text and not text.startswith("#"):
            yield number, text


def wrong_in_line(text: str) -> str:
    """Return what is wrong with a line that calls this program; empty where nothing is."""
    words = _words(text)
    while words and re.fullmatch(r"\w+=.*", words[0]):
        words = words[1:]
    rest = words[3:] if words[:1] != ["orchestrator"] else words[1:]
    if not rest:
        return ""
    verb, *given = rest
    if verb in AT_THE_TOP or verb.isupper():
        return ""
    if verb not in COMMANDS:
        return f"there is no verb `{verb}`; there are {', '.join(COMMANDS)}"
    if "--help" in given:
        return ""
    try:
        COMMANDS[verb].make_context(verb, given)
    except Exception as error:  # click's own errors say what is wrong
        if not hasattr(error, "format_message"):
            raise
        return f"`{verb}` does not take this: {error.format_message()}"
    return ""


def is_ours(text: str) -> bool:
    """Say whether a line calls this program."""
    return bool(_OURS.match(re.sub(r"^(?:\w+=\S* )*", "", text)))


def is_known(text: str) -> bool:
    """Say whether all that a line of another kind names is there: modules, files, targets of make."""
    match _words(text):
        case ["python", "-m", module, *_]:
            return importlib.util.find_spec(module) is not None
        case ["sudo", *rest] if rest:
            return is_known(shlex.join(rest))
        case ["python", path, *_]:
            return (ROOT / path).is_file()
        case ["make", target, *_]:
            return re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE) is not None
        case [program, *_]:
            return program in _PLAIN
    return True


def _words(text: str) -> list[str]:
    """Return the words of a line up to where another command begins; as they are where a shell would fail."""
    try:
        words = shlex.split(text, comments=True)
    except ValueError:
        words = text.split()
    end = next((place for place, word in enumerate(words) if word in _ENDS), len(words))
    return words[:end]
