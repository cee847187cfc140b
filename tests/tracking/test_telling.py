"""What tells trials apart, and what is only counted."""

from orchestrator.evidence.judge import judge
from orchestrator.evidence.state import Seen
from orchestrator.study.objective import Best
from orchestrator.study.plan import Known, expand
from orchestrator.study.study import Edge, Study
from orchestrator.tracking.telling import Telling, telling
from tests.evidence.searched import done, search_of, seen_of, study_of
from tests.tracked_study import points, stage, submission

NEEDS = stage("after", points(k=[0], seed=[0]), (Edge(name="data", stage="train"),))


def seen(study: Study, *results: dict[str, float]) -> Seen:
    """Return the study after its first trials had these results."""
    plan = expand(study, Known())
    return judge(plan, {trial.id: done(**one) for trial, one in zip(plan.trials, results, strict=False)})


def told(*results: dict[str, float], needed: bool = False) -> Telling:
    """Return what tells the trials of a stage over two axes and a seed apart."""
    train = stage("train", points(lr=[0.1, 0.2], width=[8], seed=[0, 1]))
    study = submission("s", train, *[NEEDS] * needed).study
    return telling(study, seen(study, *results))["train"]


def test_axes_are_those_that_vary_with_the_seed_last() -> None:
    assert told().axes == ("lr", "seed")


def test_the_first_metric_is_on_validation_data() -> None:
    assert told({"test_acc": 0.1, "val_acc": 0.2}).metrics == ("val_acc", "test_acc")


def test_what_the_study_says_goes_first() -> None:
    best = Edge(name="best", stage="train", best=Best(maximize="score"))
    after = stage("after", points(k=[0], seed=[0]), (best,))
    study = submission("s", stage("train", points(lr=[0.1, 0.2], seed=[0])), after).study
    one = telling(study, seen(study, {"val_loss": 1.0, "score": 2.0}))["train"]

    assert (one.metrics, one.better) == (("score", "val_loss"), "higher")


def test_what_a_search_chooses_is_an_axis() -> None:
    study = study_of(search_of())

    assert telling(study, seen_of(search_of(), 1.0))["sweep"].axes == ("lr",)


def test_a_metric_without_direction_that_is_alike_in_all_results_is_a_count() -> None:
    assert told({"iou": 0.1, "images": 5}, {"iou": 0.2, "images": 5}).counts == {"images"}


def test_a_metric_that_varies_is_none() -> None:
    assert told({"iou": 0.1, "images": 5}, {"iou": 0.1, "images": 6}).counts == frozenset()


def test_a_stage_that_has_nothing_else_is_compared_by_what_it_has() -> None:
    assert told({"score": 5}).metrics == ("score",)


def test_a_stage_with_counts_alone_that_others_need_only_prepares() -> None:
    assert not told({"images": 5}, needed=True).trains(())


def test_a_stage_that_logs_curves_trains() -> None:
    assert told({"images": 5}, needed=True).trains(("energy",))


def test_curves_begin_with_what_the_stage_is_about() -> None:
    one, given = told({"val_acc": 0.1}), ["lr", "train_loss", "val_loss", "val_acc"]

    assert one.by_use(given) == given[::-1]
