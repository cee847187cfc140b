"""The page of a kind of file: all keys, in the order in which one writes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docs.hooks.examples import examples
from docs.hooks.keys import anchor_of, parts_of
from docs.hooks.type_words import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docs.hooks.keys import Key, Part
    from orchestrator.schemas.kinds import FileKind

INTRODUCTIONS: Mapping[FileKind, str] = {
    "study": "Every key that a study file may have. What one writes first stands first.",
    "report": "Every key that a report file may have: `report:` in a study file names such files.",
    "profile": (
        "Every key of a cluster's profile: a file in `slurm/`, whose name `--cluster` takes, or a file that "
        "it is given. `python -m orchestrator doctor --write FILE` writes one."
    ),
}
_EDITORS = (
    "Editors with the YAML language server complete and explain these keys while you write: "
    "[`schema`](verbs.md#schema) prints what they need."
)


def key_page(kind: FileKind) -> str:
    """Return the page as Markdown; raises UnexplainedError for a key without a description."""
    parts = parts_of(kind)
    lines = [f"# {kind.capitalize()} files", "", INTRODUCTIONS[kind], _EDITORS, ""]
    lines += ['??? abstract "The whole file at a glance"', "", *(f"    {line}" for line in _map(parts)), ""]
    under = _under(parts)
    for number, part in enumerate(parts):
        lines += [f"## {part.title} {{ #{anchor_of(part.name)} }}", "", part.text, ""]
        if number:
            lines += [f"Stands in {listed(under[part.model])}.", ""]
        if part.one_of:
            lines += [f"Exactly one of {' and '.join(f'`{key}`' for key in part.one_of)} is given.", ""]
        for key in part.keys:
            lines += _key(key, examples(kind).get((part.model, key.name), ""))
    return "\n".join(lines) + "\n"


def _key(key: Key, example: str) -> Iterator[str]:
    """Yield the lines of a key: its heading, what it takes, what it is for, how it looks."""
    facts = [key.takes]
    if key.required:
        facts.append("**required**")
    elif key.default:
        facts.append(f"default `{key.default}`")
    yield from (f"### `{key.name}` {{ #{key.anchor} }}", "", " · ".join(facts), "{ .takes }", "")
    yield from (key.text, "")
    if example:
        yield from (f"`#!yaml {example}`", "{ .example }", "")


def _under(parts: Sequence[Part]) -> dict[str, list[str]]:
    """Return where each part stands: model -> links to the keys it stands below."""
    found: dict[str, list[str]] = {part.model: [] for part in parts}
    for part in parts:
        for key in part.keys:
            for model in dict.fromkeys(key.inside):
                found[model].append(
                    f"[`{key.name}`](#{key.anchor}) of {part.title[0].lower()}{part.title[1:]}"
                )
    return found


def _map(parts: Sequence[Part]) -> Iterator[str]:
    """Yield the whole file as one would write it, each key a link; a part is shown where it first stands."""
    known, shown = {part.model: part for part in parts}, {parts[0].model}
    lines = "\n".join(_mapped(parts[0], "", known, shown))
    yield from f'<pre class="map"><code>{lines}</code></pre>'.splitlines()


def _mapped(part: Part, indent: str, known: Mapping[str, Part], shown: set[str]) -> Iterator[str]:
    for key in part.keys:
        only = re.fullmatch(r"`(\w+)`", key.takes)
        yield f'{indent}<a href="#{key.anchor}">{key.name}</a>:' + (f" {only[1]}" if only else "")
        for model in dict.fromkeys(key.inside):
            inner = known[model]
            if model in shown or not inner.keys:
                continue
            shown.add(model)
            deeper = indent + "  "
            if " with " in key.takes:  # under names of one's own
                yield f"{deeper}<i>NAME</i>:"
                deeper += "  "
            lines = list(_mapped(inner, deeper, known, shown))
            if key.takes.startswith("a list"):
                lines = [f"{deeper}- {lines[0].strip()}", *(f"  {line}" for line in lines[1:])]
            yield from lines
