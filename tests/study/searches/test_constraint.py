from typing import Any

import pytest

from orchestrator.study.searches.constraint import ConstraintError, fulfilled, holds, names_in


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("lr * batch <= 1", {"lr", "batch"}),
        ("opt.lr < 1 and not flag", {"opt.lr", "flag"}),
        ("min(lr, 2) in [1, 2]", {"lr"}),
        ("net == null or deep == true", {"net", "deep"}),
        ("layers[0] > 2 if len(layers) > 1 else true", {"layers"}),
    ],
)
def test_a_condition_speaks_of_names(condition: str, names: set[str]) -> None:
    assert names_in(condition) == names


@pytest.mark.parametrize(
    "condition",
    [
        "lr <",
        "",
        "open('x')",
        "[x for x in y]",
        "lambda: 1",
        "f'{lr}'",
        "lr.real()",
        "max(lr, key=1)",
        "a := 1",
    ],
)
def test_what_is_no_condition_is_refused(condition: str) -> None:
    with pytest.raises(ConstraintError):
        names_in(condition)


PARAMS: dict[str, Any] = {
    "lr": 0.5,
    "batch": 2,
    "opt": {"lr": 0.1, "items": 3},
    "layers": [64, 64],
    "net": None,
}


@pytest.mark.parametrize(
    ("condition", "true"),
    [
        ("lr * batch <= 1", True),
        ("opt.lr > lr", False),
        ("net == null and len(layers) == 2", True),
        ("layers in [[64, 64], [32]]", True),
        ("log10(opt.lr) < -0.5", True),
        ("opt.items > 2", True),
    ],
)
def test_a_condition_is_true_or_false_of_parameters(condition: str, true: bool) -> None:
    assert holds(condition, PARAMS) is true


@pytest.mark.parametrize("condition", ["lr < 'a'", "sqrt(0 - lr) > 0", "lr.__class__ == 1", "nothing > 1"])
def test_what_cannot_be_computed_is_an_error_and_is_not_met(condition: str) -> None:
    with pytest.raises(ConstraintError):
        holds(condition, PARAMS)
    assert not fulfilled([condition], PARAMS)


def test_a_condition_on_what_is_not_searched_here_is_met() -> None:
    assert fulfilled(["momentum < 0.1", "lr < 1"], PARAMS, ["momentum"])
