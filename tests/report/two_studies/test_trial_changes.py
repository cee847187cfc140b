from orchestrator.report.two_studies.trial_changes import metric_changes, stage_trials
from tests.observations import gather, observe


def test_a_trial_is_shared_where_its_content_is_the_same() -> None:
    one = gather(observe({"m": 1}, lr=1), observe({"m": 1}, lr=2))
    (found,) = stage_trials(one, gather(observe({"m": 1}, lr=2), observe(None, lr=3)))

    assert (found.stage, found.shared, len(found.only_before), len(found.only_after)) == ("segment", 1, 1, 1)


def test_a_trial_under_another_stage_s_name_is_shared_too() -> None:
    seen = observe({"m": 1}, lr=1)
    renamed = gather(seen)

    assert stage_trials(gather(seen), renamed.__class__(stages={"other": [seen]}))[0].shared == 1


def test_the_same_result_is_no_change() -> None:
    both = gather(observe({"m": float("nan"), "timing_s": 1}))

    assert metric_changes(both, gather(observe({"m": float("nan"), "timing_s": 2}))) == []


def test_a_metric_that_changed_is_told_with_both_numbers() -> None:
    (found,) = metric_changes(gather(observe({"m": 1.0}, lr=1)), gather(observe({"m": 2.0}, lr=1)))

    assert (found.metric, found.axes, found.before, found.after) == ("m", "lr=1", 1.0, 2.0)


def test_a_trial_that_one_has_not_finished_is_no_change() -> None:
    assert metric_changes(gather(observe({"m": 1.0})), gather(observe(None))) == []
