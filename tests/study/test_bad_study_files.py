"""One bad file for each kind of mistake: its line, what it says, and what it says to type instead."""

from pathlib import Path
from typing import NamedTuple

import pytest

from orchestrator.messages.errors import Problem, StudyFileError
from orchestrator.study.read import read_study


class Bad(NamedTuple):
    """A study file with one mistake."""

    text: str
    line: int
    message: str
    hint: str | None = None


TASK = "tests.toy_tasks.train"
HEAD = """\
study: toy
axes:
  net: [small, big]
  seed: [0, 1]
shapes:
  cpu: {cpus: 1}
stages:
  train:
    task: tests.toy_tasks.train
    over: [net, seed]
"""

BAD = {
    "empty file": Bad("", 1, "the file is empty", "start with `study: NAME`"),
    "not a mapping": Bad("- a\n", 1, "is not a mapping", "`key: value`"),
    "syntax": Bad("study: [a\n", 2, "this is not YAML: expected ',' or ']'"),
    "tab": Bad("study: a\nstages:\n\tb: c\n", 3, "a tab is used", "spaces only"),
    "key twice": Bad(f"{HEAD}    over: [net]\n", 11, "key `over` is given twice", "keep one"),
    "tag": Bad("study: !!python/name:os.system x\n", 1, "the tag `tag:yaml.org,2002:python/name:os.system`"),
    "not finite": Bad(f"{HEAD}    params: {{lr: .nan}}\n", 11, "`nan` is not a finite number"),
    "second document": Bad("study: a\n---\nstudy: b\n", 2, "a second document starts here", "---"),
    "key that is no text": Bad("study: a\nstages:\n  1: x\n", 3, "key `1` is not text", "'1'"),
    "date": Bad("study: 2024-01-01\n", 1, "`2024-01-01` is a date", "quotes"),
    "no stages": Bad("study: a\n", 1, "`stages` is missing", "add `stages: ...`"),
    "unknown key of the study": Bad(f"{HEAD}repport: x\n", 11, "unknown key `repport`", "`report`?"),
    "unknown key of a stage": Bad(f"{HEAD}    prams: {{}}\n", 11, "unknown key `prams`", "`params`?"),
    "unknown key of a shape": Bad(HEAD.replace("cpus", "cpsu"), 6, "unknown key `cpsu`", "`cpus`?"),
    "unknown key of the code": Bad(
        f"{HEAD}code: {{largest: 5MB}}\n", 11, "unknown key `largest`", "largest_file"
    ),
    "size of a file": Bad(f"{HEAD}code: {{largest_file: much}}\n", 11, "`much` is not an amount of memory"),
    "unknown key of a need": Bad(
        f"{HEAD}  b:\n    task: {TASK}\n    needs:\n      a: {{stag: x, stage: c}}\n  c: {{task: {TASK}}}\n",
        14,
        "unknown key `stag`",
        "`stage`?",
    ),
    "no task": Bad("study: a\nstages:\n  b:\n    over: []\n", 3, "`task` is missing"),
    "wrong type": Bad(
        HEAD.replace("[net, seed]", "net"), 10, "`net` is text, but must be a list", "write `[net]`"
    ),
    "empty stage": Bad(f"{HEAD}  other:\n", 11, "`null` is empty, but must be a mapping"),
    "bad name": Bad(HEAD.replace("toy\n", "a/b\n"), 1, "`a/b` does not have the form", "letters, digits"),
    "empty axis": Bad(HEAD.replace("[small, big]", "[]"), 3, "`[]` is empty", "at least one value"),
    "axis that is no list": Bad(HEAD.replace("[0, 1]", "0"), 4, "`0` is a number, but must be a list", "[0]"),
    "seed that is a list": Bad(HEAD.replace("[0, 1]", "[[0]]"), 4, "seed `[0]` is not a whole number"),
    "numbers without a count": Bad(
        HEAD.replace("[0, 1]", "{from: 0, to: 1}"), 4, "give exactly one of `num: HOW_MANY` and `step: HOW"
    ),
    "steps of nothing in an axis": Bad(
        HEAD.replace("[0, 1]", "{from: 0, to: 1, step: 0}"), 4, "a step of 0 does not lead from 0 to 1"
    ),
    "unknown key of numbers": Bad(
        HEAD.replace("[0, 1]", "{from: 0, to: 1, num: 2, lgo: true}"), 4, "unknown key `lgo`", "`log`?"
    ),
    "end that is no number": Bad(
        HEAD.replace("[0, 1]", "{from: 0, to: much, num: 2}"), 4, "`much` is text, but must be a number"
    ),
    "no record": Bad(
        HEAD.replace("net: [small, big]", "net:\n    small: {lr: 1}\n    big: 3"),
        5,
        "`3` is a number, but must be a mapping",
    ),
    "field that nothing uses": Bad(
        HEAD.replace("net: [small, big]", "net:\n    small: {lr: 1}\n    big: {epoch: 3}"),
        5,
        "`epoch` changes nothing: no stage over `net` has a task with a parameter `epoch`",
        "did you mean `epochs`?",
    ),
    "field the task refuses": Bad(
        HEAD.replace("net: [small, big]", "net:\n    small: {lr: 1}\n    big:\n      lr: 0"),
        6,
        "`0` must be more than 0",
    ),
    "zipped values twice": Bad(
        HEAD.replace("[small, big]", "[small, small]").replace("[0, 1]", "[0, 0]")
        + "    zip: [[net, seed]]\n",
        11,
        "zipped axes have the values {net: small, seed: 0} twice",
    ),
    "value twice that is not zipped everywhere": Bad(
        f"{HEAD}    zip: [[net, seed]]\n  b: {{task: {TASK}, over: [net]}}\n".replace(
            "[small, big]", "[small, small]"
        ),
        3,
        "axis `net` has the value `small` twice",
        "or `zip` the axis with others in every stage that is over it",
    ),
    "value that the task refuses in a point": Bad(
        f"{HEAD}    include:\n      - {{net: small, seed: 7}}\n      - {{net: bgi, seed: 7}}\n",
        13,
        "`bgi` is not allowed here",
    ),
    "listed point without a value": Bad(
        f"{HEAD}  b:\n    task: {TASK}\n    include:\n      - {{lr: 1, epochs: 1}}\n      - {{lr: 2}}\n",
        15,
        "the point has no value of axis `epochs`, which has none under `axes:` either",
        "add `epochs: VALUE` to the point",
    ),
    "sample of too many": Bad(
        f"{HEAD}    sample: 5\n", 11, "5 settings are to be drawn, and the stage has 2", "leave `sample` out"
    ),
    "sample of nothing": Bad(f"{HEAD}    sample: {{points: 0}}\n", 11, "`0` must be at least 1"),
    "unknown key of a sample": Bad(
        f"{HEAD}    sample: {{pints: 1, points: 1}}\n", 11, "`pints`", "`points`?"
    ),
    "axis value twice": Bad(HEAD.replace("[0, 1]", "[0, 0]"), 4, "has the value `0` twice", "remove one"),
    "bad seed": Bad(HEAD.replace("[0, 1]", "[a]"), 4, "seed `a` is not a whole number", "seed: [0, 1, 2]"),
    "bad memory": Bad(HEAD.replace("cpus: 1", "memory: 3XB"), 6, "`3XB` is not an amount of memory"),
    "too few": Bad(HEAD.replace("cpus: 1", "cpus: 0"), 6, "`0` must be at least 1"),
    "unknown axis": Bad(HEAD.replace("[net, seed]", "[ent, seed]"), 10, "no axis `ent`", "mean `net`?"),
    "axis named twice": Bad(HEAD.replace("[net, seed]", "[net, net]"), 10, "axis `net` is named twice"),
    "axis value the task refuses": Bad(HEAD.replace("big", "huge"), 3, "`huge` is not allowed", "`small`"),
    "axis that changes nothing": Bad(
        HEAD.replace("net", "lrr").replace("small, big", "1, 2"), 10, "axis `lrr` changes nothing", "`lr`?"
    ),
    "unknown shape": Bad(f"{HEAD}    shape: cpuu\n", 11, "no shape `cpuu`", "did you mean `cpu`?"),
    "unknown stage": Bad(f"{HEAD}    needs: {{a: tran}}\n", 11, "no stage `tran`", "none to choose from"),
    "mean over no axis": Bad(
        f"{HEAD}  b:\n    task: {TASK}\n    needs:\n"
        "      a: {stage: train, best: {minimize: loss, mean: [sed]}}\n",
        14,
        "`sed` is not an axis of stage `train`",
        "did you mean `seed`?",
    ),
    "two that hand on one parameter": Bad(
        f"{HEAD}  more: {{task: {TASK}, over: [net, seed]}}\n  b:\n    task: {TASK}\n    over: [seed]\n"
        "    needs:\n      a: {stage: train, best: {minimize: loss}}\n"
        "      c: {stage: more, best: {minimize: loss}}\n",
        17,
        "`a` and `c` both hand on `net`",
        "give `net` under `params:`",
    ),
    "steps of nothing": Bad(
        f"{HEAD}    search: {{trials: 2, space: {{lr: {{low: 1, high: 2, step: 0}}}}, "
        "objective: {minimize: loss}}\n",
        11,
        "a step is above 0, not 0",
    ),
    "need of itself": Bad(f"{HEAD}    needs: {{a: train}}\n", 11, "circle: train → train"),
    "cyclic needs": Bad(
        f"{HEAD}    needs: {{a: b}}\n  b:\n    task: {TASK}\n    needs: {{a: train}}\n",
        14,
        "circle: train → b → train",
        "cut one",
    ),
    "task that is not there": Bad(
        HEAD.replace("toy_tasks.train", "toy_task.train"), 9, "there is no module", "`tests.toy_tasks`?"
    ),
    "function that is not there": Bad(
        HEAD.replace("toy_tasks.train", "toy_tasks.tran"), 9, "has no function `tran`", "mean `train`?"
    ),
    "task without parameters": Bad(
        HEAD.replace("toy_tasks.train", "toy_tasks.untyped"), 9, "annotated with a pydantic model", "Params"
    ),
    "unknown parameter": Bad(
        f"{HEAD}    params: {{epoch: 3}}\n",
        11,
        "`tests.toy_tasks.train` has no parameter `epoch`",
        "`epochs`?",
    ),
    "parameter out of range": Bad(f"{HEAD}    params:\n      lr: 0\n", 12, "`0` must be more than 0"),
    "parameter of a wrong type": Bad(
        f"{HEAD}    params: {{epochs: many}}\n", 11, "`many` is text, but must be a whole number"
    ),
    "parameter inside a list": Bad(
        f"{HEAD}    params:\n      layers:\n        - 1\n        - x\n", 14, "`x` is text"
    ),
    "parameter and axis": Bad(
        f"{HEAD}    params: {{net: big}}\n", 11, "`net` is given twice", "--set axes.net=[VALUE]"
    ),
    "seed as parameter": Bad(
        f"{HEAD}    params: {{seed: 3}}\n", 11, "has no parameter `seed`", "the seed is an axis"
    ),
    "missing parameter": Bad(
        "study: a\nstages:\n  b:\n    task: tests.toy_tasks.score\n",
        3,
        "parameter `metric` of `tests.toy_tasks.score` is missing",
        "add `metric:`",
    ),
    "unknown reference": Bad(
        f"{HEAD}    params: {{note: 'a ${{ned}}'}}\n", 11, "`${ned}` is not an axis", "`net`?"
    ),
    "reference to another axis": Bad(
        HEAD.replace("[net, seed]", "[seed]") + "    params: {note: '${net}'}\n",
        11,
        "`${net}` is not an axis of this stage",
        "add `net` to `over:`",
    ),
    "duplicate trial": Bad(
        f"{HEAD}    include: [{{net: big, seed: 1}}]\n", 8, "duplicate trial", "there already"
    ),
    "nothing left": Bad(f"{HEAD}    exclude: [{{net: [small, big]}}]\n", 8, "no point", "fewer"),
    "need that joins to many": Bad(
        f"{HEAD}  b:\n    task: {TASK}\n    over: [seed]\n    needs:\n      a: train\n",
        15,
        "point {seed: 0} (and 1 more) joins 2 trials of `train`",
        "they differ in `net`: add that to `over:` of stage `b`",
    ),
    "need that joins to none": Bad(
        f"{HEAD}    exclude: [{{net: big}}]\n  b:\n    task: {TASK}\n    over: [net, seed]\n"
        "    needs:\n      a: train\n",
        16,
        "joins no trial of `train`",
        "`train` has no point with {net: big}",
    ),
    "condition on another axis": Bad(
        f"{HEAD}  b:\n    task: {TASK}\n    needs: {{a: {{stage: train, when: {{net: big}}}}}}\n",
        13,
        "`net` is an axis of `train`, not of this stage",
        "write `where: {net: big}`",
    ),
    "condition on no axis": Bad(
        f"{HEAD}  b:\n    task: {TASK}\n    needs: {{a: {{stage: train, when: {{nte: big}}}}}}\n",
        13,
        "`nte` is not an axis of this stage",
    ),
    "where on no axis": Bad(
        f"{HEAD}  b:\n    task: {TASK}\n    over: [seed]\n"
        "    needs:\n      a:\n        stage: train\n        where: {nte: big}\n",
        17,
        "`nte` is not an axis of stage `train`",
        "did you mean `net`?",
    ),
    "where on no point": Bad(
        f"{HEAD}  b:\n    task: {TASK}\n    over: [seed]\n"
        "    needs:\n      a:\n        stage: train\n        where: {net: bgi}\n",
        17,
        "joins no trial of `train`",
        "`train` has no point with {net: bgi}: did you mean `big`?",
    ),
    "all over no axis": Bad(
        f"{HEAD}  b:\n    task: {TASK}\n    over: [net]\n"
        "    needs:\n      a:\n        stage: train\n        all: [sede]\n",
        17,
        "`sede` is not an axis of stage `train`",
        "did you mean `seed`?",
    ),
    "all over too few axes": Bad(
        f"{HEAD}  b:\n    task: {TASK}\n    needs:\n      a:\n        stage: train\n        all: [seed]\n",
        16,
        "joins trials of `train` that differ in `net` too",
        "add `net` to `all:`, or to `over:` of stage `b`",
    ),
    "more required than there are": Bad(
        f"{HEAD}  b:\n    task: {TASK}\n    over: [net]\n"
        "    needs:\n      a:\n        stage: train\n        all: [seed]\n        require: 3\n",
        18,
        "3 trials are required, and point {net: small} has 2",
        "write a number from 1 to 2, or `all`",
    ),
    "require without all": Bad(
        f"{HEAD}  b:\n    task: {TASK}\n    over: [net, seed]\n"
        "    needs: {a: {stage: train, require: 2}}\n",
        14,
        "`require` counts the trials of `all`, and there is no `all`",
        "add `all: true`",
    ),
    "all that is no list": Bad(
        f"{HEAD}  b:\n    task: {TASK}\n    over: [net]\n    needs: {{a: {{stage: train, all: seed}}}}\n",
        14,
        "`all: seed`: write `all: true`, or a list of axes as `all: [seed]`",
    ),
    "require of nothing": Bad(
        f"{HEAD}  b:\n    task: {TASK}\n    needs: {{a: {{stage: train, all: true, require: 0}}}}\n",
        13,
        "`require: 0`: write a whole number from 1 on, or `all`",
    ),
    "best without a direction": Bad(
        f"{HEAD}  b:\n    task: {TASK}\n    needs: {{a: {{stage: train, best: loss}}}}\n",
        13,
        "`best: loss` has no direction",
        "`best: {minimize: loss}`",
    ),
    "report that is not there": Bad(f"{HEAD}report: no.yaml\n", 11, "there is no file"),
    "extends nothing": Bad("extends: no.yaml\nstudy: a\n", 1, "there is no file", "beside it: nothing"),
    "extends no file": Bad("study: a\nextends: [1]\n", 2, "`extends` does not name files", "other.yaml"),
    "extends itself": Bad("extends: bad.yaml\n", 1, "circle: bad.yaml → bad.yaml", "remove one"),
}

SEARCH = f"""\
{HEAD}    search:
      sampler: %s
      trials: 3
      objective: {{minimize: loss}}
      space:
"""

BAD |= {
    "searched parameter the task lacks": Bad(
        SEARCH % "tpe" + "        lrr: [1, 2]\n", 16, "has no parameter `lrr`", "`lr`?"
    ),
    "searched value the task refuses": Bad(
        SEARCH % "tpe" + "        lr: [1, 0]\n", 16, "`0` must be more than 0"
    ),
    "searched end the task refuses": Bad(
        SEARCH % "tpe" + "        lr: {low: 1, high: 11}\n", 16, "`11` must be at most 10"
    ),
    "searched and an axis": Bad(
        SEARCH % "tpe" + "        net: [small]\n", 16, "`net` is given twice: here and as an axis"
    ),
    "range upside down": Bad(
        SEARCH % "tpe" + "        lr: {low: 2, high: 1}\n", 16, "low (2) must be below high (1)"
    ),
    "range without an end": Bad(
        SEARCH % "tpe" + "        lr: {low: 2}\n", 16, "`high` is missing", "add `high: ...`"
    ),
    "neither list nor range": Bad(
        SEARCH % "tpe" + "        lr: 3\n", 16, "`3` is a number, but must be a list or a mapping"
    ),
    "unknown sampler": Bad(SEARCH % "tpee" + "        lr: [1]\n", 12, "there is no sampler `tpee`", "`tpe`?"),
    "grid with a number of trials": Bad(SEARCH % "grid" + "        lr: [1]\n", 11, "leave `trials` out"),
    "which trial of a search": Bad(
        SEARCH % "tpe" + f"        lr: [1]\n  b:\n    task: {TASK}\n    over: [net, seed]\n"
        "    needs: {a: train}\n",
        20,
        "is a search with many trials",
        "`{stage: train, best: loss}`",
    ),
}


def problems_of(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(StudyFileError) as caught:
        read_study(path)
    return caught.value.problems


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_mistake_is_told_with_its_line_and_what_to_type(bad: Bad, tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(bad.text, encoding="utf-8")

    (problem,) = problems_of(path)

    assert problem.where == f"{path}:{bad.line}"
    assert bad.message in problem.message
    assert bad.hint is None or bad.hint in str(problem.hint)


def test_an_axis_that_many_stages_use_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "part.yaml").write_text(
        HEAD.replace("big", "bgi") + f"  again:\n    task: {TASK}\n    over: [net]\n", encoding="utf-8"
    )
    path = tmp_path / "full.yaml"
    path.write_text("study: full\nstudies: [part.yaml]\n", encoding="utf-8")

    assert [problem.where for problem in problems_of(path)] == [f"{tmp_path / 'part.yaml'}:3"]


def test_all_mistakes_of_all_kinds_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(
        f"{HEAD}    params: {{lr: 0, epoch: 1}}\n"
        "  b:\n    tsk: x\n"
        "  c:\n    task: nowhere.at_all\n    needs: {a: tran}\n"
        "reprot: x\n",
        encoding="utf-8",
    )

    lines = [int(problem.where.rpartition(":")[2]) for problem in problems_of(path)]

    assert lines == [11, 11, 12, 13, 15, 16, 17]


def test_a_file_that_is_not_there_is_told_with_the_nearest_one(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(HEAD, encoding="utf-8")

    (problem,) = problems_of(tmp_path / "studdy.yaml")

    assert problem.hint == f"did you mean `{tmp_path / 'study.yaml'}`?"


def test_a_bad_study_file_ends_the_program_with_two() -> None:
    assert StudyFileError([]).exit_code == 2
