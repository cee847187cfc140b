"""What can be wrong with a stage that is a command, found before anything runs; and the task that it is."""

from __future__ import annotations

import itertools
import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, create_model

from orchestrator.messages.problems import Keys, Problems, brief, nearest
from orchestrator.study.command import EACH, NEED, PLACES, TASK, Command, CommandParameters, references
from orchestrator.study.searches.tree import every

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from orchestrator.study.parameters import TaskDescription
    from orchestrator.study.study_file import StageEntry

_OPERATORS = {"|", "||", "&", "&&", ";", ">", ">>", "<", "2>", "2>&1", "&>"}
_SHELLS = {"sh", "bash", "dash", "zsh", "ksh"}
_GUESS = re.compile(r"(?<!\$)\{\{?\s*([\w.]+)\s*\}\}?|\$(\w+)|%\(([\w.]+)\)[a-z]?")
"""A reference as templates, shells and Python write it: `{lr}`, `{{ lr }}`, `$lr`, `%(lr)s`."""
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ONLY_COMMANDS = ("resume", "environment", "metrics", "result", "lines", "stop_signal", "version")
_OWN_NAME = "name the axis or parameter otherwise"


@dataclass(frozen=True, slots=True)
class CommandTask:
    """A command as the checks of parameters see it: a task that takes what its words refer to."""

    model: type[BaseModel]
    version: int
    lockstep: None = None


def command_task(entry: StageEntry, command: Command) -> CommandTask:
    """Return the task that a stage's command is: it must be given each parameter that it refers to."""
    fields: dict[str, Any] = {name: (Any, ...) for name in parameters(command) if not name.startswith("_")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a parameter may be called `json` or `copy`, as pydantic's methods
        model = create_model("Command", __base__=CommandParameters, **fields)
    return CommandTask(model, entry.version)


def task_of(entry: StageEntry, tasks: Mapping[str, TaskDescription]) -> TaskDescription | None:
    """Return what has to be known of a stage's task; None where it cannot be imported."""
    return command_task(entry, entry.described) if entry.described else tasks.get(entry.task)


def parameters(command: Command) -> list[str]:
    """Return the names that a command refers to, but for places and the seed, which each trial has."""
    names = references(command.texts)
    return [name for name in names if name not in (*PLACES, "seed") and not name.startswith((NEED, EACH))]


def guessed_references(entry: StageEntry) -> dict[str, str]:
    """Return the axes and parameters that a command refers to in another way -> how.

    A name that it refers to as it should is left out: then the other sign means something else.
    """
    if entry.described is None:
        return {}
    space = entry.search.names if entry.search else ()
    texts = [" ".join(entry.command), " ".join(entry.resume), *entry.described.texts]
    proper = set(references(texts))
    found = {next(filter(None, one.groups())): one[0] for text in texts for one in _GUESS.finditer(text)}
    known = {*entry.over, *entry.params, *space} - proper - entry.environment.keys()
    return {name: text for name, text in found.items() if name in known}


def check_guesses(entry: StageEntry, keys: Keys, problems: Problems, used: Collection[str] = ()) -> None:
    """Note references as others write them, but for names that are `used` in another way: these may be so."""
    for name, text in guessed_references(entry).items():
        if name not in used:
            here = f"${{{name}}}"
            hint = f"write `{here}`; to pass `{text}` itself on, refer to `{here}` under `environment:`"
            problems.add((*keys, "command"), f"`{text}` is no reference: it stands for itself", hint)


def check_command(entry: StageEntry, keys: Keys, problems: Problems, used: Collection[str] = ()) -> None:
    """Note what is wrong with the words, patterns and names of a command, or given where there is none.

    `used` are axes that matter though the command may not refer to them.
    """
    command = entry.described
    if command is None:
        for key in _ONLY_COMMANDS:
            if key in entry.model_fields_set:
                hint = "remove it: a task returns its metrics, and its module says `VERSION = 2`"
                problems.add((*keys, key), f"`{key}` is for stages with a `command:`", hint)
        if entry.task == TASK:
            hint = "write for example `command: python train.py --lr ${lr}`, or name a task `module.function`"
            problems.add((*keys, "task"), f"`task: {TASK}` says no command", hint)
        return
    _check_shell(command, keys, problems)
    _check_patterns(command, keys, problems)
    check_guesses(entry, keys, problems, used)
    for name in command.environment:
        if not _VARIABLE.fullmatch(name):
            hint = "use letters, digits and `_`"
            problems.add((*keys, "environment", name), f"`{name}` cannot be the name of a variable", hint)
    _check_references(entry, command, keys, problems)


def _check_shell(command: Command, keys: Keys, problems: Problems) -> None:
    """Note what only a shell understands: no shell reads the words."""
    words = command.words
    if found := [word for word in words if word in _OPERATORS]:
        message = f"`{found[0]}` is a word like any other here: no shell reads a command"
        hint = "put it into a script, or write `command: [bash, -c, 'FIRST && SECOND']`"
        problems.add((*keys, "command"), message, hint)
    shell = words[0].rpartition("/")[2] in _SHELLS
    script = next((text for flag, text in itertools.pairwise(words) if flag == "-c"), "")
    if shell and (names := references([script])):
        name = names[0]
        message = f"a shell would read the value of `${{{name}}}` as part of its script"
        hint = f'write `"$1"` there, and `{words[0]}`, `${{{name}}}` as the next words'
        problems.add((*keys, "command"), message, hint)


def _check_patterns(command: Command, keys: Keys, problems: Problems) -> None:
    for metric, pattern in command.metrics.items():
        place = (*keys, "metrics", metric)
        try:
            found = re.compile(pattern)
        except re.error as error:
            problems.add(
                place, f"`{pattern}` is no pattern: {error}", "see Python's `re` for how they are written"
            )
            continue
        named = set(found.groupindex)
        if not (found.groups == 1 and not named - {"value"}) and "value" not in named:
            message = f"`{brief(pattern)}` has {found.groups} groups, and one has to be the number"
            hint = r"put it into brackets, `acc ([\d.]+)`; of several groups name it, `(?P<value>[\d.]+)`"
            problems.add(place, message, hint)


def _check_references(entry: StageEntry, command: Command, keys: Keys, problems: Problems) -> None:
    """Note needs that are referred to and may not be there, and names that mean something else."""
    for name in {"metrics", "result"}.intersection(references([command.result, command.lines])):
        problems.add(keys, f"`${{{name}}}` is what `result:` and `lines:` say", "name a file there")
    for name in references(command.texts):
        if name.startswith("_"):
            problems.add((*keys, "command"), f"`${{{name}}}` begins with `_`", _OWN_NAME)
        kind = next((kind for kind in (NEED, EACH) if name.startswith(kind)), None)
        if kind is not None:
            _check_need(entry, kind, name, (*keys, "command"), problems)
    if found := references([*command.environment.values(), command.result, command.lines]):
        for name in (name for name in found if name.startswith(EACH)):
            problems.add(
                keys, f"`${{{name}}}` becomes several words, and here is one text", "use the command"
            )
    meant = {TASK, *PLACES}.intersection([TASK, *references(command.texts)])
    for place, name in _names(entry, keys):
        if name in meant or name.startswith((NEED, EACH)):
            problems.add(place, f"`{name}` has a meaning of its own in a command", _OWN_NAME)


def _check_need(entry: StageEntry, kind: str, name: str, place: Keys, problems: Problems) -> None:
    """Note a reference to what is no need, to one that may not hold, or to each trial where there is one."""
    need = name.removeprefix(kind)
    if need not in entry.needs:
        message = f"`${{{name}}}` is no need of this stage"
        problems.add(place, message, nearest(need, entry.needs, prefix=kind))
    elif entry.needs[need].when:
        message = f"`${{{name}}}` holds only for some points, and the others have nothing to put there"
        problems.add(place, message, f"let the program read {need_variable(need)}, if it is there")
    elif kind == EACH and entry.needs[need].all is None:
        message = f"`${{{name}}}` is for needs with `all`, and `{need}` is one trial"
        problems.add(place, message, f"write `${{{NEED}{need}}}`")


def _names(entry: StageEntry, keys: Keys) -> Iterator[tuple[Keys, str]]:
    yield from (((*keys, "over", index), axis) for index, axis in enumerate(entry.over))
    yield from (((*keys, "params", name), name) for name in entry.params)
    if entry.search is not None:
        yield from (((*keys, "search", "space", *one.keys), one.name) for one in every(entry.search.space))


def need_variable(need: str) -> str:
    """Return the environment variable that names the artifacts folder of a need."""
    return f"ORCHESTRATOR_NEED_{re.sub('[^A-Za-z0-9]', '_', need).upper()}"
