"""What people write who know other tools, or guess: one message each, which says what to write instead."""

from pathlib import Path
from typing import NamedTuple

import pytest

from orchestrator.messages.errors import Problem, StudyFileError
from orchestrator.messages.problems import Problems
from orchestrator.study.other_words import instead, words_at
from orchestrator.study.read import read_study
from orchestrator.study.searches.search import Search
from orchestrator.study.study_file import StageEntry, StudyFile, checked


class Guess(NamedTuple):
    """A study file with one wrong guess, what is told, and what to write instead."""

    text: str
    message: str
    hint: str


TASK = "tests.toy_tasks.train"
HEAD = f"""\
study: toy
axes:
  net: [small, big]
  seed: [0, 1]
stages:
  train:
    task: {TASK}
    over: [net, seed]
"""
NEXT = f"{HEAD}  b:\n    task: {TASK}\n    over: [net, seed]\n"


def in_stage(text: str) -> str:
    return f"{HEAD}    {text}\n"


def at_top(text: str) -> str:
    return f"{HEAD}{text}\n"


def axis(text: str) -> str:
    """Return a study with an axis that is written so."""
    return HEAD.replace("axes:", f"axes:\n  lr: {text}").replace("[net, seed]", "[net, seed, lr]")


def space(text: str) -> str:
    """Return a study with a search whose space is written so."""
    return f"{HEAD}    search: {{trials: 3, objective: {{minimize: loss}}, space: {{lr: {text}}}}}\n"


def searched(text: str) -> str:
    """Return a study whose search is written so."""
    return f"{HEAD}    search:\n      space: {{lr: {{low: 0.1, high: 1}}}}\n      {text}\n"


def command(words: str) -> str:
    """Return a study of a command over an axis."""
    return f"study: toy\naxes: {{lr: [0.1, 0.2]}}\nstages:\n  train:\n    command: {words}\n    over: [lr]\n"


def ended(key: str) -> str:
    """Return a study whose only stage has this instead of a task."""
    return f"study: toy\nstages:\n  train: {{{key}}}\n"


SPACES = {
    "{min: 0.1, max: 1}": ("unknown keys `min`, `max`", "write `lr: {low: 0.1, high: 1}`"),
    "{low: 0.1, max: 1}": ("unknown key `max`", "write `lr: {low: 0.1, high: 1}`"),
    "{from: 0.1, to: 1}": ("unknown keys `from`, `to`", "write `lr: {low: 0.1, high: 1}`"),
    "{values: [0.1, 1]}": ("unknown key `values`", "write `lr: [0.1, 1]`"),
    "{type: choice, options: [1, 2]}": ("unknown keys `type`, `options`", "write `lr: [1, 2]`"),
    "{value: 1}": ("unknown key `value`", "write `lr: [1]`"),
    "{distribution: log_uniform_values, min: 0.1, max: 1}": (
        "unknown keys `distribution`, `min`, `max`",
        "write `lr: {low: 0.1, high: 1, log: true}`",
    ),
    '"0.1, 0.2"': ("`0.1, 0.2` is text", "write `lr: [0.1, 0.2]`"),
    '"loguniform(1e-3, 1)"': (
        "`loguniform(1e-3, 1)` is text",
        "write `lr: {low: 0.001, high: 1, log: true}`",
    ),
    "choice(0.1,1)": ("`choice(0.1,1)` is text", "write `lr: [0.1, 1]`"),
    '"uniform(0.1, 1)"': ("`uniform(0.1, 1)` is text", "write `lr: {low: 0.1, high: 1}`"),
    "{distribution: q_uniform, min: 0.1, max: 1, q: 0.1}": (
        "unknown keys `distribution`, `min`, `max`, `q`",
        "write `lr: {low: 0.1, high: 1, step: 0.1}`",
    ),
    "\"suggest_float('lr', 1e-3, 1, log=True)\"": (
        "`suggest_float('lr', 1e-3, 1, log=True)` is text",
        "write `lr: {low: 0.001, high: 1, log: true}`",
    ),
    '"tune.lograndint(1, 9)"': (
        "`tune.lograndint(1, 9)` is text",
        "write `lr: {low: 1, high: 9, log: true}`",
    ),
    "3": ("`3` is a number, but must be a list or a mapping", "write `lr: [3]`"),
}
AXES = {
    "range(1, 4)": ("`range(1, 4)` is text, but must be a list", "write `lr: [1, 2, 3]`"),
    "choice(0.1,0.2)": ("`choice(0.1,0.2)` is text", "write `lr: [0.1, 0.2]`"),
    "uniform(0.1, 1)": ("`uniform(0.1, 1)` is text", "write `lr: {from: 0.1, to: 1, num: 5}`"),
    "1-4": ("`1-4` is text", "write `lr: [1, 2, 3, 4]`"),
    '"0.1, 0.2"': ("`0.1, 0.2` is text", "write `lr: [0.1, 0.2]`"),
    "{values: [0.1, 0.2]}": ("unknown key `values`", "write `lr: [0.1, 0.2]`"),
    "{min: 0.1, max: 1}": ("unknown keys `min`, `max`", "write `lr: {from: 0.1, to: 1, num: 5}`"),
    "": ("`null` is empty, but must be a list", "write `lr: [VALUE, VALUE]`; `lr: [null]` is the value null"),
}
IN_STAGE = {
    "epochs: 10": "write `params: {epochs: 10}`",
    "parameters: {lr: 1}": "write `params: {lr: 1}`",
    "samples: 1": "write `sample: 1`",
    "n_trials: 20": "write `search: {trials: 20, ...}`",
    "repeats: 3": "write `seed: [0, 1, 2]` under `axes:` of the study, and `seed` in `over:` of the stage",
    "n_seeds: 2": "write `seed: [0, 1]` under `axes:`",
    "gpus: 2": "write `shapes: {large: {gpus: 2}}` in the study, and `shape: large` in the stage",
    "resources: {gpus: 1}": "write `shapes: {large: {gpus: 1, cpus: 4, memory: 16GB, time: 4h}}`",
    "matrix: {lr: [1, 2]}": "write `axes: {lr: [1, 2]}` in the study, and `over: [lr]` in the stage",
    "strategy: {matrix: {lr: [1, 2]}}": "write `axes: {lr: [1, 2]}` in the study",
    "grid: {lr: [1, 2]}": "write `axes: {lr: [1, 2]}` in the study",
    "foreach: [1, 2]": "write `axes: {NAME: [1, 2]}` in the study, and `over: [NAME]` in the stage",
}
AT_TOP = {
    "sbatch: {time: 1h}": "a partition or an account in a profile, which `--cluster` names",
    "matrix: {lr: [1, 2]}": "write `axes: {lr: [1, 2]}`",
    "repeats: 3": "write `seed: [0, 1, 2]` under `axes:`",
    "seml: {executable: x.py}": "write `stages: {train: {command: python x.py}}`",
    "fixed: {lr: 0.1}": "write `params: {lr: 0.1}` in each stage",
    "grid: {lr: {type: choice, options: [1, 2]}}": "write `axes: {lr: [1, 2]}`",
    "defaults: [base]": "write `extends: base.yaml`",
    "method: bayes": "write `search: {sampler: tpe, ...}` in a stage",
    "parameters: {lr: {min: 0.1, max: 1}}": "write `search: {space: {lr: {low: 0.1, high: 1}}, ...}`",
    "metric: {name: loss, goal: minimize}": "write `search: {objective: {minimize: loss}, ...}` in a stage",
    "program: x.py": "write `stages: {train: {command: python x.py}}`",
    "task: tests.toy_tasks.train": "write `stages: {train: {task: tests.toy_tasks.train}}`",
    "over: [lr]": "it stands in a stage: `stages: {train: {over: [lr]}}`",
    "momentum: 0.9": "write `params: {momentum: 0.9}` in each stage",
}
IN_SEARCH = {
    "{n_trials: 3, objective: {minimize: loss}}": ("n_trials", "write `trials: 3`"),
    "{samples: 3, objective: {minimize: loss}}": ("samples", "write `trials: 3`"),
    "{trials: 3, method: bayes, objective: {minimize: loss}}": ("method", "write `sampler: tpe`"),
    "{trials: 3, directions: [minimize, maximize]}": (
        "directions",
        "write `objective: [{minimize: METRIC}, {maximize: METRIC_2}]`",
    ),
    "{trials: 3, objectives: [{maximize: iou}, loss]}": (
        "objectives",
        "write `objective: [{maximize: iou}, {minimize: loss}]`",
    ),
    "{trials: 3, time_limit: 2h, objective: {minimize: loss}}": ("time_limit", "write `timeout: 2h`"),
    "{trials: 3, target_value: 0.1, objective: {minimize: loss}}": ("target_value", "write `target: 0.1`"),
    "{trials: 3, batch_size: 8, objective: {minimize: loss}}": ("batch_size", "write `rounds: 8`"),
    "{trials: 3, early_stopping: 7, objective: {minimize: loss}}": ("early_stopping", "write `patience: 7`"),
    "{trials: 3, early_stopping: {patience: 7}, objective: {minimize: loss}}": (
        "early_stopping",
        "write `patience: 7`",
    ),
    "{trials: 3, algorithm: Gaussian_Process, objective: {minimize: loss}}": (
        "algorithm",
        "write `sampler: gp`",
    ),
    "{trials: 3, random_state: 7, objective: {minimize: loss}}": ("random_state", "write `seed: 7`"),
    "{trials: 3, points_to_evaluate: [{lr: 1}], objective: {minimize: loss}}": (
        "points_to_evaluate",
        "write `enqueue: [{lr: 1}]`",
    ),
    "{trials: 3, conditions: lr > 0, objective: {minimize: loss}}": (
        "conditions",
        "write `constraints: [lr > 0]`",
    ),
    "{trials: 3, minimize: loss}": ("minimize", "write `objective: {minimize: loss}`"),
    "{trials: 3, metric: {name: loss, goal: maximize}}": ("metric", "write `objective: {maximize: loss}`"),
}
COMMAND_KEYS = ("cmd", "run", "script", "program")
REFERENCES = ("{lr}", "{{lr}}", "$lr", "%(lr)s", "{{ lr }}")
NEEDS = {
    "needs: [train]": ("`[train]` is a list, but must be a mapping", "write `needs: {train: train}`"),
    "needs: train": ("`train` is text, but must be a mapping", "write `needs: {train: train}`"),
    "depends: train": ("unknown key `depends`", "write `needs: {train: train}`"),
    "depends_on: [train]": ("unknown key `depends_on`", "write `needs: {train: train}`"),
    "after: [train]": ("unknown key `after`", "write `needs: {train: train}`"),
    "dependencies: [train]": ("unknown key `dependencies`", "write `needs: {train: train}`"),
}


def unknown(text: str) -> str:
    return f"unknown key `{text.partition(':')[0]}`"


GUESSES = {
    **{f"space: {text}": Guess(space(text), *told) for text, told in SPACES.items()},
    **{f"axis: {text}": Guess(axis(text), *told) for text, told in AXES.items()},
    **{f"stage: {text}": Guess(in_stage(text), unknown(text), hint) for text, hint in IN_STAGE.items()},
    **{f"top: {text}": Guess(at_top(text), unknown(text), hint) for text, hint in AT_TOP.items()},
    **{
        f"search: {text}": Guess(
            f"{HEAD}    search: {text[:-1]}, space: {{lr: [1, 2]}}}}\n", f"unknown key `{key}`", hint
        )
        for text, (key, hint) in IN_SEARCH.items()
    },
    **{f"needs: {text}": Guess(f"{NEXT}    {text}\n", *told) for text, told in NEEDS.items()},
    **{
        f"stage: {key}": Guess(ended(f"{key}: echo x"), f"unknown key `{key}`", "write `command: echo x`")
        for key in COMMAND_KEYS
    },
    **{
        f"command: {text}": Guess(command(f'"echo {text}"'), f"`{text}` is no reference", "write `${lr}`")
        for text in REFERENCES
    },
    "a range inside of a branch": Guess(
        f"{HEAD}    search: {{trials: 3, objective: {{minimize: loss}}, "
        "space: {epochs: {1: {lr: {min: 0.1, max: 1}}, 2: }}}\n",
        "unknown keys `min`, `max`",
        "write `lr: {low: 0.1, high: 1}`",
    ),
    "a sampler of another name": Guess(
        searched("trials: 3\n      objective: {minimize: loss}\n      sampler: CmaEsSampler"),
        "there is no sampler `CmaEsSampler`",
        "write `cmaes`; allowed: `grid`, `random`",
    ),
    "a metric with its direction": Guess(
        searched("trials: 3\n      metric: loss\n      direction: maximize"),
        "unknown keys `metric`, `direction`",
        "write `objective: {maximize: loss}`",
    ),
    "several metrics with their directions": Guess(
        searched("trials: 3\n      metrics: [loss, speed]\n      directions: [minimize, maximize]"),
        "unknown keys `metrics`, `directions`",
        "write `objective: [{minimize: loss}, {maximize: speed}]`",
    ),
    "several objectives without directions": Guess(
        searched("trials: 3\n      objective: [loss, speed]"),
        "`[loss, speed]` has texts in it, but must have mappings (`key: value`)",
        "write `objective: [{minimize: loss}, {minimize: speed}]`",
    ),
    "an objective with its direction": Guess(
        searched("trials: 3\n      objective: {metric: loss, direction: maximize}"),
        "unknown keys `metric`, `direction`",
        "write `objective: {maximize: loss}`",
    ),
    "an objective without a direction": Guess(
        searched("trials: 3\n      objective: loss"),
        "`loss` is text, but must be a mapping",
        "write `objective: {minimize: loss}`",
    ),
    "a pruner of other tools": Guess(
        searched("trials: 3\n      objective: {minimize: loss}\n      early_terminate: {type: hyperband}"),
        "unknown key `early_terminate`",
        "write `pruner: hyperband`",
    ),
    "seeds as text": Guess(
        HEAD.replace("[0, 1]", "['0', '1']"),
        "seeds `0`, `1` are text",
        "write `seed: [0, 1]`, without quotes",
    ),
    "a number of seeds": Guess(
        HEAD.replace("[0, 1]", "3"), "`3` is a number, but must be a list", "or `[0, 1, 2]` for 3 seeds"
    ),
    "reference without quotes": Guess(
        in_stage("params: {note: ${net}}"), "`${net}` is not in quotes", 'write `"${net}"`'
    ),
    "reference within a text without quotes": Guess(
        in_stage("params: {lr: 1, note: on ${net}}"), "`on ${net}` is not in quotes", 'write `"on ${net}"`'
    ),
    "reference in two pairs of brackets": Guess(
        in_stage("params: {note: {{net}}}"), "key `{net: null}` is not text", 'write `"${net}"`'
    ),
    "an axis of seeds by another name": Guess(
        HEAD.replace("seed: [", "seeds: [").replace("seed]", "seeds]"),
        "axis `seeds` changes nothing",
        "did you mean `seed`?",
    ),
    "joins of many": Guess(
        f"{NEXT.replace('[net, seed]', '[net]')}".replace("over: [net]", "over: [net, seed]", 1)
        + "    needs: {a: train}\n",
        "joins 2 trials of `train`",
        "gather them with `all: [seed]`",
    ),
    "GPUs beside a command": Guess(
        ended("cmd: echo x, task: tests.toy_tasks.train"), "unknown key `cmd`", "write `command: echo x`"
    ),
}


def problems_of(path: Path, *set_: str) -> tuple[Problem, ...]:
    with pytest.raises(StudyFileError) as caught:
        read_study(path, set_=set_)
    return caught.value.problems


@pytest.mark.parametrize("guess", GUESSES.values(), ids=GUESSES)
def test_a_wrong_guess_is_told_once_with_what_to_write(guess: Guess, tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(guess.text, encoding="utf-8")

    (problem,) = problems_of(path)

    assert guess.message in problem.message
    assert guess.hint in str(problem.hint)


def test_a_key_of_the_stage_that_is_set_as_a_parameter_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(searched("trials: 3\n      objective: {minimize: loss}"), encoding="utf-8")

    (problem,) = problems_of(path, "train.search.trials=25")

    assert problem.where == "--set train.search.trials=25"
    assert problem.hint == "`search` is a key of the stage: type `--set stages.train.search.trials=25`"


def test_a_key_of_the_stage_among_its_parameters_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(in_stage("params: {sample: 1}"), encoding="utf-8")

    (problem,) = problems_of(path)

    assert problem.hint == "`sample` is a key of the stage: write it beside `params:`"


def test_a_sign_that_the_command_has_for_itself_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(command('"echo --lr ${lr} --name {lr}"'), encoding="utf-8")

    assert read_study(path).study.stages


def test_a_sign_of_an_axis_that_is_used_otherwise_is_a_doubt(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(
        command("'echo ${lr} $seed'")
        .replace("over: [lr]", "over: [lr, seed]")
        .replace("axes: {", "axes: {seed: [0, 1], "),
        encoding="utf-8",
    )

    (warning,) = read_study(path).warnings

    assert warning.message == "`$seed` is no reference: it stands for itself"


def test_a_variable_of_the_environment_is_no_guess(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    text = command("[sh, -c, 'echo $seed', '${lr}']") + "    environment: {seed: 3}\n"
    path.write_text(
        text.replace("over: [lr]", "over: [lr, seed]").replace("axes: {", "axes: {seed: [0, 1], "),
        encoding="utf-8",
    )

    assert not read_study(path).warnings


MODELS = {
    "study": StudyFile,
    "stage": StageEntry,
    "search": Search,
}


@pytest.mark.parametrize("place", MODELS)
def test_no_word_of_ours_is_taken_for_one_of_another_tool(place: str) -> None:
    assert not words_at(place).keys() & MODELS[place].model_fields.keys()


ODD = (None, True, 3, -1.5, "x", [], [1], [{}], {}, {"a": None}, {"a": {"b": [1]}}, {"matrix": 3})


@pytest.mark.parametrize("place", MODELS)
def test_a_word_of_another_tool_may_have_any_value(place: str) -> None:
    hints = [instead(key, value, word) for key, word in words_at(place).items() for value in ODD]

    assert all(hints)


@pytest.mark.parametrize("value", ODD, ids=str)
def test_a_guess_of_any_form_is_told_and_no_traceback(value: object) -> None:
    problems = Problems(lambda _: "")
    stage = {"task": TASK, "over": ["a"], **dict.fromkeys(words_at("stage"), value), "needs": value}
    search = {**dict.fromkeys(words_at("search"), value), "space": {"a": value}}
    data = {"study": "s", "axes": {"a": value}, "stages": {"b": {**stage, "search": search}}}

    checked({**data, **dict.fromkeys(words_at("study"), value)}, problems)

    assert len(problems.found) > len(words_at("stage"))


def test_needs_of_a_composed_study_are_named_as_in_their_own_file(tmp_path: Path) -> None:
    (tmp_path / "part.yaml").write_text(f"{NEXT}    needs: [train]\n", encoding="utf-8")
    path = tmp_path / "whole.yaml"
    path.write_text("study: whole\nstudies: [part.yaml]\n", encoding="utf-8")

    (problem,) = problems_of(path)

    assert problem.hint == "write `needs: {train: train}`"


@pytest.mark.parametrize("place", ["stages.train.gpus", "train.gpus"])
def test_a_word_of_another_tool_that_is_set_is_told_with_what_to_write(place: str, tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(HEAD, encoding="utf-8")

    (problem,) = problems_of(path, f"{place}=2")

    assert problem.where == f"--set {place}=2"
    assert problem.hint == "write `shapes: {large: {gpus: 2}}` in the study, and `shape: large` in the stage"
