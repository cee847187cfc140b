"""What pages name in code within their sentences: options, verbs, keys and names of Python."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import orchestrator
from docs.hooks.keys import parts_of
from docs.hooks.python_page import FOR_TASKS
from orchestrator.schemas.kinds import MODELS
from orchestrator.study.other_words import words_at
from tests.docs.pages import ROOT
from tests.docs.typed_lines import AT_THE_TOP, COMMANDS, is_ours, wrong_in_line

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS = {key.name for kind in MODELS for part in parts_of(kind) for key in part.keys}
OF_OTHERS = {word for place in ("study", "stage", "search") for word in words_at(place)}
"""What other tools call a key: a page may say how it is called here."""
OPTIONS = {
    name: {word for one in command.params for word in [*one.opts, *one.secondary_opts]}
    for name, command in COMMANDS.items()
}
_OF_SCRIPTS = {
    word
    for folder in ("benchmarks", "slurm", "tasks", "docs")
    for path in (ROOT / folder).rglob("*.py")
    for word in re.findall(r"\"(--[a-z][\w-]+)\"", path.read_text(encoding="utf-8"))
}
"""The options of programs beside this one."""
_OF_OTHER_PROGRAMS = {"--nproc_per_node"}
"""Of torchrun."""
_SAID = "next"
"""With `next:` a verb says what to type next."""
_OPTION = re.compile(r"(?<![\w-])--[a-z][\w-]*")
_KEY = re.compile(r"([a-z_]+):(?: .*)?")
_FREE = re.compile(r"`([^`\n]+)`")


def wrong_names(prose: str, own: set[str]) -> Iterator[tuple[str, str]]:
    """Yield each code in a page's sentences that names what is not there, with what is wrong with it.

    `own` are the names that the page's own files give: axes, parameters, stages.
    """
    for code in _FREE.findall(prose):
        if wrong := "; ".join(_wrong(code, own)):
            yield code, wrong


def _wrong(code: str, own: set[str]) -> Iterator[str]:
    words = code.split()
    if is_ours(code):
        wrong = wrong_in_line(code)
        if wrong and "Missing argument" not in wrong:
            yield wrong
    elif words[0] in COMMANDS:
        yield from (
            f"`{words[0]}` has no `{one}`" for one in _OPTION.findall(code) if one not in OPTIONS[words[0]]
        )
    elif words[0].startswith("--"):
        known = (AT_THE_TOP | _OF_SCRIPTS | _OF_OTHER_PROGRAMS).union(*OPTIONS.values())
        yield from (f"no verb has `{one}`" for one in _OPTION.findall(code) if one not in known)
    for name in re.findall(r"\bcontext\.(\w+)", code):
        if name not in FOR_TASKS:
            yield f"a task's context has no `{name}`"
    for name in re.findall(r"\borchestrator\.(\w+)\(", code):
        if name not in orchestrator.__all__:
            yield f"`import orchestrator` gives no `{name}`"
    key = _KEY.fullmatch(code)
    if key and " = " not in code and key[1] not in KEYS | OF_OTHERS | own | {_SAID}:
        yield f"no file has a key `{key[1]}`; write an axis or a parameter with what it stands below"
