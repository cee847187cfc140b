from pathlib import Path
from typing import Any

import pytest

from orchestrator.files.yaml_file import Document
from orchestrator.messages.problems import Problems
from orchestrator.study.edges.overrides import kept, overridden
from orchestrator.study.study_file import StudyFile

DATA: dict[str, Any] = {
    "study": "own",
    "axes": {"seed": [0]},
    "shapes": {"gpu": {"gpus": 1}},
    "stages": {
        "one.train": {"task": "t", "over": ["net"], "axes": {"net": ["a"]}, "params": {"lr": 1}},
        "one.train.late": {"task": "t", "needs": {"x": "one.train"}},
        "two.train": {"task": "t"},
        "two.score": {"task": "t", "needs": {"x": {"stage": "two.train"}}},
    },
}


def given(*texts: str) -> tuple[Document, list[str]]:
    """Return what the command line makes of the document, and what is wrong with it."""
    problems = Problems(lambda _: "")
    document = overridden(Document(source="f", data=DATA, marks={}), texts, problems)
    return document, [f"{found.where}: {found.message} | {found.hint}" for found in problems.found]


def value(data: Any, *keys: str) -> Any:
    return value(data[keys[0]], *keys[1:]) if keys else data


@pytest.mark.parametrize(
    ("text", "keys", "wanted"),
    [
        ("two.train.lr=1e-3", ("stages", "two.train", "params", "lr"), 1e-3),
        ("one.train.late.lr=2", ("stages", "one.train.late", "params", "lr"), 2),
        ("late.lr=2", ("stages", "one.train.late", "params", "lr"), 2),
        ("score.deep.inner=[1]", ("stages", "two.score", "params", "deep", "inner"), [1]),
        ("score.note=", ("stages", "two.score", "params", "note"), None),
        ("score.note=a=b", ("stages", "two.score", "params", "note"), "a=b"),
        ("axes.seed=[0, 1]", ("axes", "seed"), [0, 1]),
        ("axes.net=[b]", ("axes", "net"), ["b"]),
        ("shapes.gpu.time=1h", ("shapes", "gpu", "time"), "1h"),
        ("stages.score.shape=gpu", ("stages", "two.score", "shape"), "gpu"),
        ("stages.two.score.search.trials=5", ("stages", "two.score", "search", "trials"), 5),
        ("study=other", ("study",), "other"),
    ],
)
def test_a_place_on_the_command_line(text: str, keys: tuple[str, ...], wanted: object) -> None:
    document, problems = given(text)

    assert (value(document.data, *keys), problems) == (wanted, [])


RECORDS = {"small": {"width": 64, "opt": {"lr": 1}}, "v1.5": {"width": 8}}
LINKED: dict[str, Any] = {
    "axes": {"model": RECORDS, "lr": {"from": 0, "to": 1, "num": 3}, "seed": [0]},
    "stages": {},
}
COMPOSED: dict[str, Any] = {
    "stages": {
        "a.x": {"axes": {"model": RECORDS}},
        "a.y": {"axes": {"model": RECORDS, "seed": [0]}},
        "b.z": {"axes": {"model": {"tiny": {"width": 1}}}},
    }
}


def set_in(data: dict[str, Any], *texts: str) -> tuple[dict[str, Any], list[str]]:
    """Return what the command line makes of a study, and what is wrong with it."""
    problems = Problems(lambda _: "")
    document = overridden(Document(source="f", data=data, marks={}), texts, problems)
    return document.data, [f"{found.message} | {found.hint}" for found in problems.found]


@pytest.mark.parametrize(
    ("text", "keys", "wanted"),
    [
        ("axes.model=[small]", ("axes", "model"), {"small": RECORDS["small"]}),
        ("axes.model=[v1.5, small]", ("axes", "model", "v1.5"), {"width": 8}),
        ("axes.model.small.width=32", ("axes", "model", "small", "width"), 32),
        ("axes.model.small.opt.lr=2", ("axes", "model", "small", "opt"), {"lr": 2}),
        ("axes.model.v1.5.width=2", ("axes", "model", "v1.5"), {"width": 2}),
        ("axes.model.new={width: 9}", ("axes", "model", "new"), {"width": 9}),
        ("axes.model={one: {width: 9}}", ("axes", "model"), {"one": {"width": 9}}),
        ("axes.lr.num=5", ("axes", "lr"), {"from": 0, "to": 1, "num": 5}),
        ("axes.lr=[0.5]", ("axes", "lr"), [0.5]),
    ],
)
def test_a_part_of_an_axis_on_the_command_line(text: str, keys: tuple[str, ...], wanted: object) -> None:
    data, problems = set_in(LINKED, text)

    assert (value(data, *keys), problems) == (wanted, [])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("axes.model=[smal]", "axis `model` has no record `smal` | did you mean `small`?"),
        ("axes.model=[[1]]", "axis `model` has no record `[1]` | allowed: `small`, `v1.5`"),
        ("axes.model.smal.width=3", "axis `model` has no record `smal` | did you mean `small`?"),
        ("axes.seed.small=3", "`seed` has no parts | set `seed` as a whole: `axes.seed=[VALUE]`"),
        ("axes.modle.small=3", "the study has no axis `modle.small` | "),
    ],
)
def test_a_part_that_an_axis_does_not_have_is_told(text: str, message: str) -> None:
    (problem,) = set_in(LINKED, text)[1]

    assert problem.startswith(message)


def test_a_field_is_set_in_each_stage_of_a_composed_study_that_has_the_record() -> None:
    data, _ = set_in(COMPOSED, "axes.model.small.width=32")
    widths = {
        stage: {name: record["width"] for name, record in entry["axes"]["model"].items()}
        for stage, entry in data["stages"].items()
    }

    assert widths == {"a.x": {"small": 32, "v1.5": 8}, "a.y": {"small": 32, "v1.5": 8}, "b.z": {"tiny": 1}}


def test_the_command_line_is_where_it_was_written() -> None:
    assert given("two.train.lr=0")[0].where(("stages", "two.train", "params", "lr")) == "--set two.train.lr=0"


def test_the_file_itself_is_not_changed() -> None:
    given("one.train.lr=5")

    assert DATA["stages"]["one.train"]["params"] == {"lr": 1}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lr", "there is no `=` in it | write `--set STAGE.PARAMETER=VALUE`"),
        ("two.trian.lr=1", "there is no stage `two` | allowed: "),
        ("scoer.lr=1", "there is no stage `scoer` | did you mean `score`?"),
        ("train.lr=1", "`train` may be any of `one.train`, `two.train` | write the whole name: `one.train`"),
        ("two.score=1", "`two.score` names no parameter | write `--set two.score.PARAMETER=VALUE`"),
        (
            "two.train.=1",
            "`two.train.` has an empty name between its dots | write `--set STAGE.PARAMETER=VALUE`",
        ),
        ("train..lr=1", "`train..lr` has an empty name between its dots | "),
        ("axes.=[1]", "`axes.` has an empty name between its dots | write `--set axes.AXIS=[VALUE]`"),
        ("=1", "there is no name before the `=` | write `--set STAGE.PARAMETER=VALUE`"),
        ("axes.sed=[1]", "the study has no axis `sed` | did you mean `seed`?"),
        ("shapes.gpuu.time=1h", "the study has no shape `gpuu` | did you mean `gpu`?"),
        ("shapes.gpu.tim=1h", "a shape has no key `tim` | did you mean `time`?"),
        ("stages.score.shap=gpu", "a stage has no key `shap` | did you mean `shape`?"),
        ("score.lr=[1", "this is not YAML: expected ',' or ']', but got '<stream end>' | None"),
    ],
)
def test_what_the_study_does_not_have_is_told(text: str, message: str) -> None:
    (problem,) = given(text)[1]

    assert problem.startswith(f"--set {text}: {message}")


@pytest.mark.parametrize(
    ("only", "stages"),
    [
        ([], ["one.train", "one.train.late", "two.train", "two.score"]),
        (["two.score"], ["two.train", "two.score"]),
        (["late"], ["one.train", "one.train.late"]),
        (["two"], ["two.train", "two.score"]),
        (["one", "score"], ["one.train", "one.train.late", "two.train", "two.score"]),
        (["one.train", "two.train"], ["one.train", "two.train"]),
    ],
)
def test_only_keeps_stages_and_what_they_need(only: list[str], stages: list[str]) -> None:
    problems = Problems(lambda _: "")

    assert list(kept(StudyFile.model_validate(DATA), only, problems).stages) == stages


@pytest.mark.parametrize(("given", "near"), [("scor", "score"), ("two.scor", "two.score"), ("tow", "two")])
def test_only_an_unknown_stage_is_told(given: str, near: str) -> None:
    problems = Problems(lambda _: "")
    kept(StudyFile.model_validate(DATA), [given], problems)

    assert (
        str(problems.found[0])
        == f"--only {given}: there is no stage `{given}`\n    hint: did you mean `{near}`?"
    )


def test_only_and_set_find_the_same_stage(tmp_path: Path) -> None:
    problems = Problems(lambda _: "")
    (name,) = kept(StudyFile.model_validate(DATA), ["two.train"], problems).stages

    assert "params" in given("two.train.lr=1")[0].data["stages"][name]
