"""The page of all verbs: usage, options, examples, and what exit codes say."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

from orchestrator import cli
from orchestrator.messages import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = "python -m orchestrator"
_KINDS = {"str": "NAME", "list[str]": "NAME", "path": "PATH", "Path": "PATH", "int": "N", "float": "NUMBER"}
_BEGINNING = """# Verbs

`python -m orchestrator VERB` is what one types; `orchestrator VERB` is the same where the environment is \
activated. `--help` behind a verb prints what stands here. A verb ends with `next:`, the one command that \
follows, on standard error.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An argument or an option of a verb."""

    word: str
    """What is typed, as `--set STAGE.PARAM=VALUE`."""
    anchor: str
    text: str
    """What it is for, whether it is required, and what holds without it, as Markdown."""


def commands() -> dict[str, Any]:  # typer names the type of a command nowhere public
    """Return the commands by their names, as the command line knows them."""
    return dict(typer.main.get_group(cli.app).commands)


def verb_page() -> str:
    """Return the page as Markdown."""
    lines = [_BEGINNING]
    known = commands()
    for purpose, verbs in cli.VERBS.items():
        lines += [f"## {purpose}", ""]
        for verb in verbs:
            lines += _verb(verb.__name__, known[verb.__name__])
    return "\n".join([*lines, *_exit_codes()]) + "\n"


def options(name: str, command: Any) -> list[Option]:
    """Return the arguments and options of a verb in the order in which `--help` has them."""
    context = command.make_context(name, [], resilient_parsing=True)
    records = [(one, one.get_help_record(context)) for one in command.params]
    return [_option(name, one, *record) for one, record in records if record is not None]


def _option(verb: str, parameter: Any, word: str, text: str) -> Option:
    text, _, inside = text.removesuffix("]").partition("  [") if text.endswith("]") else (text, "", "")
    text = re.sub(r"(?<![`\w-])(--[a-z][\w-]*)", r"`\1`", text)
    sentences = [text, *(_sentence(part.strip()) for part in inside.split(";") if part)]
    if parameter.nargs == 1 and getattr(parameter, "multiple", False):
        sentences.append("May be given several times.")
    shown = re.sub(r"<([\w\[\]]+)(?: range)?>", lambda found: _KINDS.get(found[1], found[0]), word)
    if not word.startswith("-"):
        shown = _argument(parameter)
    return Option(word=shown, anchor=f"{verb}-{parameter.opts[0].lstrip('-')}", text=" ".join(sentences))


def _argument(parameter: Any) -> str:
    name = (parameter.metavar or parameter.name).strip("[]").upper()
    return f"{name}..." if parameter.nargs != 1 else name


def _sentence(part: str) -> str:
    """Return as a sentence one of the facts that `--help` sets in brackets."""
    name, colon, value = part.partition(": ")
    if not colon:
        return "Required." if part == "required" else f"Allowed: `{part}`."
    return f"Or the variable `{value}`." if name == "env var" else f"Default: `{value}`."


def _verb(name: str, command: Any) -> Iterator[str]:
    yield from (f"### `{name}` {{ #{name} }}", "")
    text, _, typed = inspect.cleandoc(command.help).replace("\b", "").partition("Examples:")
    yield from (text.strip(), "")
    shown = " ".join(_usage(command))
    yield from ("```text", f"{PROGRAM} {name} {shown}".strip(), "```", "")
    for option in options(name, command):
        yield f"`{option.word}`{{ #{option.anchor} }}"
        yield f":   {option.text}"
        yield ""
    yield from ("```bash", *(line.strip() for line in typed.strip().splitlines()), "```", "")


def _usage(command: Any) -> Iterator[str]:
    """Yield what stands behind a verb: options as a whole, each argument."""
    yield "[OPTIONS]"
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            yield _argument(parameter) if parameter.required else f"[{_argument(parameter)}]"


def _exit_codes() -> Iterator[str]:
    yield from ("## Exit codes", "", "| code | what it says |", "|---|---|")
    told = re.search(r"Exit codes: (.*?)\.\n", f"{cli.__doc__}\n", re.DOTALL)
    assert told is not None
    for part in " ".join(told[1].split()).split(" · "):
        code, _, text = part.partition(" ")
        yield f"| `{code}` | {text} |"
    yield from ("", "Of errors that are told on purpose:", "", "| error | code | |", "|---|---|---|")
    for error in _errors(errors.OrchestratorError):
        yield f"| `{error.__name__}` | `{error.exit_code}` | {inspect.getdoc(error)} |"


def _errors(error: type[errors.OrchestratorError]) -> Iterator[type[errors.OrchestratorError]]:
    for inner in error.__subclasses__():
        yield inner
        yield from _errors(inner)
