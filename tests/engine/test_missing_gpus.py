"""GPUs that a study asks for and this machine does not have: told before anything is written."""

from pathlib import Path

import pytest

from orchestrator.engine.missing_gpus import on_cpu, refuse_without_gpus, short_of_gpus
from orchestrator.evidence.evidence import Evidence, Result
from orchestrator.evidence.judge import judge
from orchestrator.evidence.state import Seen, State
from orchestrator.messages.errors import UserError
from orchestrator.places.profile import LOCAL, Limits
from orchestrator.study.objective import Objective
from orchestrator.study.plan import Known, expand
from orchestrator.study.searches.search import Search
from orchestrator.study.shape import Shape
from orchestrator.study.study import Edge, Point, Stage, Study
from tests.toy_fixture import Toy
from tests.waiting import PATIENCE_S

ONE, TWO = Shape(gpus=1, cpus=4), Shape(gpus=2)
POINT = Point(axes={}, seed=0, params={})
NONE_HERE = Limits(workers=2, gpus=0, gpus_found="none")
SEARCH = Search(sampler="random", trials=2, space={"lr": [1, 2]}, objective=Objective(minimize="loss"))


def stage(name: str, shape: Shape = ONE, **more: object) -> Stage:
    point = POINT.model_copy(update={"params": {"of": name}})
    return Stage(**{"name": name, "task": "t", "version": 1, "shape": shape, "points": (point,), **more})


def look(study: Study, *done: str) -> Seen:
    """Return what is seen of a study of which these stages are done."""
    plan = expand(study, Known())
    result = Result(metrics={"loss": 1.0}, attempt=1, time=1, seconds=1, code="c")
    return judge(plan, {trial.id: Evidence(result=result) for name in done for trial in plan.of(name)})


def short(*stages: Stage, limits: Limits = NONE_HERE, done: tuple[str, ...] = ()) -> list[str]:
    study = Study(name="s", stages=stages)
    return [one.name for one in short_of_gpus(study, look(study, *done), limits)]


def test_every_stage_that_asks_for_more_than_there_is_counts() -> None:
    assert short(stage("a"), stage("b", TWO), stage("c", Shape())) == ["a", "b"]


def test_what_there_is_is_no_lack() -> None:
    assert short(stage("a"), stage("b", TWO), limits=Limits(workers=2, gpus=1)) == ["b"]


@pytest.mark.parametrize(("missing", "short_of"), [((), ["b"]), (("no data",), [])], ids=["all", "skipped"])
def test_what_gathers_trials_that_are_trained_counts(missing: tuple[str, ...], short_of: list[str]) -> None:
    lacking = POINT.model_copy(update={"missing": missing})
    gathers = stage("b", TWO, needs=(Edge(name="n", stage="a", all=()),))

    assert short(stage("a", Shape(), points=(lacking,)), gathers) == short_of


def test_where_a_scheduler_sees_to_gpus_nothing_lacks() -> None:
    assert short(stage("a"), limits=Limits(workers=2)) == []


def test_a_finished_stage_wants_nothing_any_more() -> None:
    assert short(stage("a"), stage("b"), done=("a",)) == ["b"]


def test_a_search_that_may_still_ask_wants_its_gpus() -> None:
    assert short(stage("a", search=SEARCH)) == ["a"]


def test_what_is_skipped_and_what_needs_it_want_nothing() -> None:
    skipped = POINT.model_copy(update={"missing": ("a dataset",)})
    need = Edge(name="source", stage="a")

    assert short(stage("a", points=(skipped,)), stage("b", needs=(need,))) == []


def test_what_waits_for_a_failed_trial_is_not_trained_now() -> None:
    study = Study(name="s", stages=(stage("a", Shape()), stage("b", needs=(Edge(name="x", stage="a"),))))
    plan = expand(study, Known())
    seen = judge(plan, {plan.of("a")[0].id: Evidence(damage="torn")})

    assert State.BLOCKED in seen.states.values()
    assert short_of_gpus(study, seen, NONE_HERE) == []


def test_on_cpu_no_stage_asks_for_a_gpu_and_all_else_stays() -> None:
    study = Study(name="s", stages=(stage("a", TWO), stage("b", ONE)))

    assert [one.shape for one in on_cpu(study).stages] == [Shape(), Shape(cpus=4)]
    assert [trial.id for trial in expand(on_cpu(study), Known()).trials] == [
        trial.id for trial in expand(study, Known()).trials
    ]


STUDY = """
study: s
axes: {seed: [0, 1]}
shapes: {big: {gpus: 2}, small: {gpus: 1}}
stages:
  first: {task: toy.train, over: [seed], shape: big}
  other: {task: toy.train, over: [seed], params: {steps: 3}, shape: small}
  third: {task: toy.train, over: [seed], params: {steps: 4}}
"""


@pytest.fixture
def bare(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> Toy:
    """Give a folder with a study that asks for GPUs, on a machine that hides all it may have."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    toy.study(STUDY)
    return toy


def test_submit_says_at_once_which_gpus_are_not_there(bare: Toy) -> None:
    told = bare.type("submit", "study.yaml", "--set", "third.steps=5", code=2).stderr

    assert "2 stages ask for more GPUs than there are here:" in told
    assert "nothing was written" in told
    assert "first asks for 2 GPUs" in told
    assert "other asks for 1 GPU" in told
    assert "none (CUDA_VISIBLE_DEVICES is empty)" in told
    assert "python -m orchestrator submit study.yaml --set third.steps=5 --cpu" in told
    assert "--cluster NAME" in told
    assert not (bare.folder / "runs").exists()


def test_plan_notes_it(bare: Toy) -> None:
    assert "note: 2 stages ask for more GPUs than there are here" in bare.type("plan", "study.yaml").stderr
    assert "GPUs" not in bare.type("plan", "study.yaml", "--cpu").stderr


def test_submit_on_the_cpu_trains_it_and_hints_say_so_again(bare: Toy) -> None:
    bare.type("submit", "study.yaml", "--cpu", "--only", "other")
    written = (bare.folder / "runs/studies/s/study.json").read_text()

    assert '"gpus": 0' in written
    assert '"--cpu"' in written
    assert len(list(Path(bare.folder, "runs").glob("trials/*/*/result.json"))) == 2


def test_a_rehearsal_is_of_the_gpus_too(bare: Toy) -> None:
    assert "drill study.yaml --cpu" in bare.type("drill", "study.yaml", code=2).stderr


MIXED = """
study: mixed
axes: {seed: [0]}
shapes: {gpu: {gpus: 1}}
stages:
  first: {task: toy.train, over: [seed], params: {held: true}}
  other: {task: toy.train, over: [seed], params: {steps: 3}, shape: gpu}
"""


def test_what_hinders_a_local_study_is_said_while_the_rest_goes_on(
    toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "GPU-that-is-not-there")
    toy.study(MIXED)
    driver = toy.start("submit", "study.yaml")
    try:
        toy.wait(lambda: "note: gpu_failure: no worker with 1 GPU" in (toy.folder / "typed.log").read_text())
    finally:
        toy.let_go()

    assert driver.wait(PATIENCE_S) == 1
    assert len(list((toy.folder / "runs").glob("trials/*/*/result.json"))) == 1


def test_one_point_that_asks_for_more_than_there_is_counts() -> None:
    large = Point(axes={"n": 2}, seed=0, params={"n": 2}, shape=TWO)

    assert short(stage("a", points=(POINT, large)), limits=Limits(workers=2, gpus=1)) == ["a"]


def test_on_the_cpu_no_point_asks_for_a_gpu() -> None:
    large = Point(axes={"n": 2}, seed=0, params={"n": 2}, shape=TWO)
    study = on_cpu(Study(name="s", stages=(stage("a", points=(POINT, large)),)))

    assert {shape.gpus for shape in study.stage("a").shapes} == {0}


def test_all_that_cannot_be_given_is_told_at_once() -> None:
    study = Study(name="s", stages=(stage("a", Shape(gpus=99, nodes=2)),))

    with pytest.raises(UserError, match=r"(?s)a asks for 99 GPUs.*a asks for 2 nodes"):
        refuse_without_gpus(study, look(study), LOCAL, "submit s.yaml")
