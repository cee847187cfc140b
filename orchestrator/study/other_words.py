"""What other tools, and those who guess, call a key of the study file; and how it is written here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.messages.problems import brief
from orchestrator.study.other_values import as_axis, as_space, counted, meant
from orchestrator.study.searches.sampler import meant_by

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SHAPE = "{gpus: 1, cpus: 4, memory: 16GB, time: 4h}"
_SEEDS = "write `seed: <seeds>` under `axes:` of the study, and `seed` in `over:` of the stage"
_SITE = "and what the site wants, as a partition or an account in a profile, which `--cluster` names"
_AXES = "write `axes: <axes>` in the study, and `over: <names>` in the stage"
_RESOURCES = f"write `shapes: {{large: {_SHAPE}}}` in the study, and `shape: large` in the stage"
_STAGE = "write `stages: {train: {command: <command>}}`, or name a function of yours with `task:`"
_IN_SEARCH = "write `search: {<key>: <value>, ...}` in "


@dataclass(frozen=True, slots=True)
class OtherWord:
    """What to write instead of a key."""

    write: str
    """In it `<value>` and the like stand for forms of what was given: see `_FORMS`."""
    key: str = ""
    """The key of here that means the same; empty where that is written elsewhere."""
    form: str = "value"
    """In which form that key takes what was given."""


def _own(key: str, form: str = "value") -> OtherWord:
    return OtherWord(f"write `{key}: <{form}>`", key, form)


_WORDS: Mapping[str, Mapping[str, OtherWord]] = {
    "study": {
        "name experiment_name": _own("study"),
        "jobs experiments": _own("stages"),
        "axis": _own("axes"),
        "matrix strategy grid sweep foreach": OtherWord(_AXES),
        "repeats repeat repetitions replicates n_seeds num_seeds seeds seed": OtherWord(_SEEDS),
        "sbatch slurm resources gpus cpus time": OtherWord(f"{_RESOURCES}; {_SITE}"),
        "seml program cmd run script command executable": OtherWord(_STAGE),
        "fixed params": OtherWord("write `params: <value>` in each stage"),
        "random": OtherWord("write `sample: 20` in a stage, or `search: {sampler: random, ...}`"),
        "defaults": OtherWord("write `extends: <base>` to start from another study; what varies is an axis"),
        "hydra": OtherWord("values to try stand under `axes:`, the cluster is named with `--cluster`"),
        "method": OtherWord("write `search: {sampler: <sampler>, ...}` in a stage"),
        "parameters": OtherWord(
            "write `search: {space: <space>, ...}` in a stage; for a grid they are lists under `axes:`"
        ),
        "metric": OtherWord("write `search: {objective: <objective>, ...}` in a stage"),
        "run_cap count n_trials": OtherWord("write `search: {trials: <value>, ...}` in a stage"),
        "task": OtherWord("write `stages: {train: {task: <value>}}`"),
        "over needs shape search include exclude zip sample keep": OtherWord(
            "it stands in a stage: `stages: {train: {<key>: <value>}}`"
        ),
    },
    "stage": {
        "cmd run script program executable entrypoint": _own("command", "command"),
        "function func fn target _target_": _own("task"),
        "parameters args arguments kwargs config hparams hyperparameters fixed": _own("params"),
        "depends depends_on after dependencies deps requires upstream": _own("needs", "needs"),
        "samples n_samples num_samples": _own("sample"),
        "env": _own("environment"),
        "matrix strategy grid sweep foreach": OtherWord(_AXES),
        "repeats repeat repetitions replicates n_seeds num_seeds seeds seed": OtherWord(_SEEDS),
        "gpus cpus memory time": OtherWord(
            "write `shapes: {large: {<key>: <value>}}` in the study, and `shape: large` in the stage"
        ),
        "gpu cpu mem walltime resources requirements sbatch slurm": OtherWord(f"{_RESOURCES}; {_SITE}"),
        "trials sampler objective space parallel": OtherWord(f"{_IN_SEARCH}the stage"),
        "n_trials": OtherWord("write `search: {trials: <value>, ...}` in the stage"),
        "outs outputs": OtherWord("a task writes to `context.artifact(NAME)`, a command into `${artifacts}`"),
    },
    "search": {
        "n_trials num_trials max_trials samples n_samples num_samples budget count max_evals run_cap": (
            _own("trials")
        ),
        "method algorithm algo search_alg": _own("sampler", "sampler"),
        "parameters params search_space": _own("space", "space"),
        "n_jobs max_concurrent max_concurrent_trials workers": _own("parallel"),
        "repeats repeat n_repeats repetitions replicates n_seeds num_seeds": _own("seeds"),
        "batch batches batch_size round": _own("rounds"),
        "time_limit time_budget time_budget_s max_time max_duration duration": _own("timeout"),
        "target_value target_loss stop_at stop_value": _own("target"),
        "early_stopping early_stopping_rounds early_stop max_no_improvement": _own("patience", "patience"),
        "enqueue_trial points_to_evaluate initial_points initial_configs warm_start start_points": (
            _own("enqueue", "list")
        ),
        "random_seed random_state rng_seed sampler_seed": _own("seed"),
        "constraint conditions restrictions parameter_constraints": _own("constraints", "list"),
        "early_terminate scheduler pruning": OtherWord(
            "write `pruner: hyperband`, or `median`, `successive_halving` (ASHA) and others"
        ),
    },
}

_METRICS = ("metric", "metrics", "name", "objectives")
_DIRECTIONS = ("goal", "direction", "directions", "mode")
OF_OBJECTIVE = (*_METRICS, *_DIRECTIONS)
"""What a metric and its direction are called inside of an objective."""


def words_at(place: str) -> Mapping[str, OtherWord]:
    """Return the words of others that are known in the study, a stage or a search."""
    return {name: word for names, word in _WORDS[place].items() for name in names.split()}


def instead(key: str, given: Any, word: OtherWord) -> str:
    """Return what to write instead of a key with this value."""
    forms = {"key": lambda _: key, **_FORMS}
    return re.sub(r"<(\w+)>", lambda found: brief(forms[found[1]](given)), word.write)


def elsewhere(name: str, given: Any) -> str | None:
    """Return where it is written what a parameter of that name hardly means; None for other names."""
    word = words_at("stage").get(name)
    return instead(name, given, word) if word and not word.key else None


def in_form(given: Any, word: OtherWord) -> Any:
    """Return what the key that a word stands for is given."""
    return _FORMS[word.form](given)


def _axes(given: Any) -> Any:
    """Return what is written under `axes:` of the study for the values of a grid."""
    if isinstance(given, dict) and isinstance(given.get("matrix"), dict):
        given = given["matrix"]
    if isinstance(given, list) and given and not isinstance(given[0], dict):
        return {"NAME": given}
    if not isinstance(given, dict):
        return {"lr": [0.1, 0.2]}
    return {name: _axis(values) for name, values in given.items()}


def _axis(given: Any) -> Any:
    if (found := meant(given)) is not None:
        return as_axis(found)
    return given if isinstance(given, list | dict) else [given]


def _space(given: Any) -> Any:
    """Return what is written under `space:` of a search for the parameters of a sweep."""
    if not isinstance(given, dict):
        return given
    found = {name: (meant(values), values) for name, values in given.items()}
    return {name: values if known is None else as_space(known) for name, (known, values) in found.items()}


def objective_form(given: Any) -> Any:
    """Return a metric, and the direction that stands beside it, as `objective:` takes them; several too."""
    if isinstance(given, list):
        return [objective_form(one) for one in given]
    if not isinstance(given, dict):
        return {"minimize": given}
    if own := {key: given[key] for key in ("minimize", "maximize") if isinstance(given.get(key), str)}:
        return own
    names = _several(next((given[key] for key in _METRICS if key in given), "METRIC"))
    goals = _several(next((given[key] for key in _DIRECTIONS if key in given), ""))
    names += [f"METRIC_{number}" for number in range(len(names) + 1, len(goals) + 1)]
    goals += goals[-1:] * (len(names) - len(goals))
    forms = [_directed(name, goal) for name, goal in zip(names, goals, strict=True)]
    return forms if len(forms) > 1 else forms[0]


def _several(given: Any) -> list[Any]:
    return list(given) if isinstance(given, list) and given else [given]


def _directed(metric: Any, goal: Any) -> Any:
    if isinstance(metric, dict):
        return objective_form(metric)
    return {"maximize" if str(goal).lower().startswith("max") else "minimize": metric}


def _patience(given: Any) -> Any:
    """Return the one whole number of a rule by which others stop early."""
    inside = list(given.values()) if isinstance(given, dict) else [given]
    numbers = [value for value in inside if isinstance(value, int) and not isinstance(value, bool)]
    return numbers[0] if numbers else 20


def _sampler(given: Any) -> Any:
    found = meant_by(given) if isinstance(given, str) else None
    return found or ("tpe" if "bayes" in str(given).lower() else given)


def _command(given: Any) -> Any:
    """Return a program and its words; a Python file is run by Python."""
    script = given.get("executable", "python train.py") if isinstance(given, dict) else given
    return f"python {script}" if isinstance(script, str) and re.fullmatch(r"\S+\.py", script) else script


def needs_form(given: Any) -> Any:
    """Return stages that are needed as `needs:` takes them: each under its own name."""
    stages = given if isinstance(given, list) else [given]
    if isinstance(given, dict) or not all(isinstance(stage, str) for stage in stages):
        return given
    return {stage: stage for stage in stages}


def _base(given: Any) -> str:
    names = [name for name in given if isinstance(name, str)] if isinstance(given, list) else []
    return f"{next((name for name in names if name != '_self_'), 'other')}.yaml"


def _seeds(given: Any) -> Any:
    if isinstance(given, list):
        return given
    return counted(given) if isinstance(given, int) and 1 <= given <= 10_000 else [0, 1, 2]


_FORMS: Mapping[str, Callable[[Any], Any]] = {
    "value": lambda given: given,
    "list": lambda given: given if isinstance(given, list) else [given],
    "axes": _axes,
    "names": lambda given: list(_axes(given)),
    "base": _base,
    "seeds": _seeds,
    "command": _command,
    "needs": needs_form,
    "sampler": _sampler,
    "space": _space,
    "objective": objective_form,
    "patience": _patience,
}
