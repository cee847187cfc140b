from orchestrator.tracking.naming import flat_key, short_stage, trial_params
from tests.observations import observe
from tests.tracked_study import points, stage, submission


def test_a_stage_is_called_without_its_part() -> None:
    study = submission("s", stage("faces.segment", points(seed=[0]))).study

    assert short_stage(study, "faces.segment") == "segment"


def test_stages_of_two_parts_that_are_called_alike_keep_their_part() -> None:
    study = submission("s", *(stage(name, points(seed=[0])) for name in ("faces.data", "hair.data"))).study

    assert short_stage(study, "faces.data") == "faces.data"


def test_a_value_that_is_a_mapping_has_a_parameter_for_each_part() -> None:
    assert trial_params(observe({}, opt={"name": "adam", "lr": 1}).trial) == {
        "opt.name": "adam",
        "opt.lr": "1",
        "seed": "0",
    }


def test_keys_lead_nowhere_else() -> None:
    assert ".." not in flat_key("../../etc/passwd")
