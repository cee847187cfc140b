from orchestrator.study.edges.task_source import find_task
from orchestrator.study.parameters import check

TRAIN = find_task("tests.toy_tasks.train")


def test_defaults_are_filled_in_as_json_values() -> None:
    assert check(TRAIN, {"lr": 1}) == (
        {"net": "small", "lr": 1.0, "epochs": 2, "layers": [8], "note": ""},
        [],
    )


def test_what_the_task_refuses_is_told() -> None:
    params, (mistake,) = check(TRAIN, {"lr": 0})

    assert (params, mistake.keys, mistake.message) == ({}, ("lr",), "`0` must be more than 0")


def test_names_that_the_task_does_not_have_are_left_to_the_caller() -> None:
    assert check(TRAIN, {"rate": 1})[1] == []
