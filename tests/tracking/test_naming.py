from orchestrator.evidence.evidence import Evidence, Result
from orchestrator.evidence.judge import judge
from orchestrator.evidence.state import Seen
from orchestrator.report.selection import Observation
from orchestrator.study.plan import Plan
from orchestrator.study.shape import Shape
from orchestrator.study.study import Point, Stage, Study
from orchestrator.tracking.naming import columns, flat_key, telling_metrics, trial_name
from tests.observations import observe


def study(*stages: str) -> Study:
    points = (Point(axes={}, seed=0, params={}),)
    return Study(
        name="s",
        stages=tuple(Stage(name=name, task="t", version=1, shape=Shape(), points=points) for name in stages),
    )


def seen(*observations: Observation) -> Seen:
    results = {
        one.trial.id: Evidence(
            result=Result(metrics=dict(one.metrics), attempt=1, time=0, seconds=1, code="c", provenance={})
        )
        for one in observations
        if one.metrics is not None
    }
    trials = tuple(one.trial for one in observations)
    return judge(Plan(study="s", trials=trials, openings=(), undecided={}), results)


def test_a_trial_is_called_by_its_stage_and_axes() -> None:
    trial = observe({}, stage="faces.segment", encoder="vgg16", hair=True, seed=3).trial

    assert trial_name(study("faces.segment"), trial) == "segment vgg16 hair=true seed=3"


def test_stages_of_two_parts_that_are_called_alike_keep_their_prefix() -> None:
    trial = observe({}, stage="faces.data").trial

    assert trial_name(study("faces.data", "hair.data"), trial) == "faces.data"


def test_metrics_that_tell_trials_apart_come_first() -> None:
    same, other = (observe({"count": 5, "iou": iou}, encoder=name) for name, iou in (("a", 0.1), ("b", 0.2)))

    assert telling_metrics(seen(same, other)) == ["iou", "count"]


def test_of_telling_metrics_those_of_most_trials_come_first() -> None:
    given = [observe({"acc": place, "zeal": place}, fold=place) for place in (1, 2)]
    more = [observe({"zeal": place}, stage="other", fold=place) for place in (1, 2)]

    assert telling_metrics(seen(*given, *more)) == ["zeal", "acc"]


def test_trials_without_a_result_have_no_metric() -> None:
    assert telling_metrics(seen(observe(None))) == []


def test_columns_are_axes_metrics_and_the_state() -> None:
    given = seen(observe({"iou": 0.5}, encoder="a"))

    assert columns(study("segment"), given) == [
        "params.`encoder`",
        "metrics.`result/iou`",
        "tags.`state`",
    ]


def test_a_value_that_is_a_mapping_has_a_column_for_each_part() -> None:
    given = seen(
        observe({"iou": 0.5}, opt={"name": "sgd"}), observe({"iou": 0.6}, opt={"name": "adam", "lr": 1})
    )

    assert columns(study("segment"), given)[:2] == ["params.`opt.name`", "params.`opt.lr`"]


def test_lists_and_null_stand_in_a_trial_name_with_their_axis() -> None:
    trial = observe({}, stage="a", layers=[64, 64], weights=None).trial

    assert trial_name(study("a"), trial) == "a layers=[64, 64] weights=null"


def test_keys_lead_nowhere_else() -> None:
    assert ".." not in flat_key("../../etc/passwd")
