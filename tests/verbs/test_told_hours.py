from orchestrator.evidence.judge import judge
from orchestrator.evidence.state import Seen
from orchestrator.study.plan import Known, expand
from orchestrator.study.shape import Shape
from orchestrator.study.study import Study
from orchestrator.verbs.show_plan import plan_totals
from orchestrator.verbs.told_hours import told_hours
from tests.tracked_study import points, stage

SHAPE = Shape(gpus=1, cpus=6, slots=2)
TWINS = Study(
    name="s",
    stages=tuple(
        stage("a", points(seed=[0, 1])).model_copy(update={"name": name, "shape": SHAPE}) for name in "ab"
    ),
)
HOURS = {("a", 0): 1.0, ("a", 1): 3.0, ("b", 0): 1.0, ("b", 1): 3.0}


def seen_of(study: Study) -> Seen:
    return judge(expand(study, Known()), {})


def test_a_stage_costs_the_hours_of_its_trials_on_the_share_of_a_worker_that_each_has() -> None:
    told = told_hours(TWINS, seen_of(TWINS), HOURS, {"a": "one A100"})

    assert told.of("a") == {"cpu_hours": 12, "gpu_hours": 2, "on": "one A100"}


def test_a_task_that_says_it_of_one_trial_alone_says_nothing() -> None:
    assert told_hours(TWINS, seen_of(TWINS), {("a", 0): 1.0}, {}).of("a") is None


def test_trials_of_two_stages_cost_once() -> None:
    seen = seen_of(TWINS)
    told = told_hours(TWINS, seen, HOURS, {})

    assert plan_totals(TWINS, seen, told=told)["told"] == {"cpu_hours": 12, "gpu_hours": 2}


def test_the_whole_is_not_known_where_a_task_says_nothing() -> None:
    seen = seen_of(TWINS)
    told = told_hours(TWINS, seen, {key: took for key, took in HOURS.items() if key[0] == "b"}, {})

    assert plan_totals(TWINS, seen, told=told)["told"] == {"cpu_hours": None, "gpu_hours": None}


def test_a_stage_without_gpus_leaves_open_only_the_hours_of_cores() -> None:
    gpu = stage("a", points(seed=[1])).model_copy(update={"name": "b", "shape": Shape(gpus=1)})
    study = Study(name="s", stages=(stage("a", points(seed=[0])), gpu))
    seen = seen_of(study)
    told = told_hours(study, seen, {("b", 0): 2.0}, {})

    assert plan_totals(study, seen, told=told)["told"] == {"cpu_hours": None, "gpu_hours": 2}
