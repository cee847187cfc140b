"""Whatever stands in a study file, it is read or its mistakes are told: nothing else happens."""

import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.messages.errors import StudyFileError
from orchestrator.study.read import read_study

TASK = "tests.toy_tasks.train"
GOOD: dict[str, Any] = {
    "study": "toy",
    "axes": {
        "net": ["small", "big"],
        "seed": [0, 1],
        "epochs": {"from": 1, "to": 9, "num": 5},
        "model": {"a": {"lr": 1, "more": {"x": "y"}}, "b": {"lr": 2, "more": {"x": "z"}}},
        "layers": [[64, 64], [128]],
    },
    "shapes": {"cpu": {"memory": "3GB"}},
    "stages": {
        "a": {"task": TASK, "over": ["net", "seed"], "zip": [["net", "seed"]], "shape": "cpu"},
        "b": {
            "task": TASK,
            "over": ["seed"],
            "params": {"note": "seed ${seed}"},
            "needs": {"x": {"stage": "a", "best": {"minimize": "loss"}, "when": {"seed": 1}}},
            "search": {
                "trials": 3,
                "space": {"lr": {"low": 1, "high": 2}, "epochs": [1, 2]},
                "objective": {"maximize": "acc"},
            },
            "exclude": [{"seed": 0}],
            "include": [{"seed": 7}],
        },
        "c": {
            "task": TASK,
            "over": ["model", "layers", "epochs"],
            "params": {"note": "${model.more.x}"},
            "sample": {"points": 3, "seed": 1},
        },
        "d": {"task": TASK, "include": [{"lr": 1, "layers": [1]}, {"lr": 2, "layers": []}]},
    },
}


def places(value: Any, keys: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return every place inside a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [keys, *(place for key, item in inner for place in places(item, (*keys, key)))]


def with_part(value: Any, keys: tuple[str | int, ...], part: Any) -> Any:
    """Return the value with one part of it replaced."""
    if not keys:
        return part
    first, *rest = keys
    changed = dict(value) if isinstance(value, dict) else dict(enumerate(value))
    changed[first] = with_part(changed[first], tuple(rest), part)
    return changed if isinstance(value, dict) else list(changed.values())


PARTS = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        2.5,
        10**30,
        "",
        "a",
        "net",
        "${no}",
        [],
        [[]],
        [1],
        ["seed"],
        {},
        {"a": 1},
        {"low": 1},
        {"from": 0, "to": 1},
        {"a": {"lr": 1}},
        [None, [1]],
    ]
)


def test_the_good_file_that_mistakes_are_put_into_is_good(tmp_path: Path) -> None:
    path = tmp_path / "good.yaml"
    path.write_text(json.dumps(GOOD), encoding="utf-8")

    assert read_study(path).study.name == "toy"


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(places(GOOD)[1:]), PARTS)
def test_whatever_is_written_is_read_or_told(tmp_path: Path, keys: tuple[str | int, ...], part: Any) -> None:
    path = tmp_path / "any.yaml"
    path.write_text(json.dumps(with_part(GOOD, keys, part), indent=1), encoding="utf-8")

    try:
        found = read_study(path).warnings
    except StudyFileError as error:
        found = error.problems

    assert all(problem.where.startswith(f"{path}:") for problem in found)
