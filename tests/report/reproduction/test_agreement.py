import math
from typing import Any

import pytest

from orchestrator.evidence.evidence import Result
from orchestrator.report.reproduction.agreement import TrialPair, agree, compared, environment_lines
from tests.observations import observe

TRIAL = observe({}).trial


def result(metrics: dict[str, float], **provenance: Any) -> Result:
    return Result(metrics=metrics, attempt=1, time=0, seconds=1, code="c0de", provenance=provenance)


def pair(before: Result, after: Result, tolerance: float = 0.0) -> TrialPair:
    return compared(TRIAL, before, after, tolerance=tolerance, of_cell=True)


@pytest.mark.parametrize(
    ("before", "after", "tolerance", "expected"),
    [
        (0.1, 0.1, 0, True),
        (0.1, math.nextafter(0.1, 1), 0, False),
        (0.1, math.nextafter(0.1, 1), 1e-12, True),
        (1000.0, 1001.0, 1e-3, True),
        (1000.0, 1001.1, 1e-3, False),
        (0.0, 1e-9, 1e-3, False),
        (math.nan, math.nan, 0, True),
        (math.nan, 1.0, 1, False),
        (math.inf, math.inf, 0, True),
        (math.inf, -math.inf, 1, False),
        (math.inf, 1.0, 1, False),
    ],
)
def test_numbers_agree_within_a_share_of_the_larger(
    before: float, after: float, tolerance: float, expected: bool
) -> None:
    assert agree(before, after, tolerance) is expected


def test_metrics_of_the_machine_are_left_out() -> None:
    found = pair(result({"loss": 1, "timing_epoch_s": 2}), result({"loss": 1, "timing_epoch_s": 3}))

    assert [one.name for one in found.metrics] == ["loss"]


@pytest.mark.parametrize(("before", "after"), [({"loss": 1.0}, {}), ({}, {"loss": 1.0})])
def test_a_metric_that_one_of_them_lacks_differs(before: dict[str, float], after: dict[str, float]) -> None:
    (metric,) = pair(result(before), result(after), 1).metrics

    assert (metric.within, metric.difference) == (False, None)


def test_another_machine_is_told_once_for_all_trials() -> None:
    one = pair(result({}, host="a", gpu="A100"), result({}, host="b"))

    assert environment_lines([one, one]) == [
        "host: a before, b now (2 of 2 trials)",
        "gpu: A100 before, none now (2 of 2 trials)",
    ]


def test_a_package_that_only_one_program_had_imported_is_no_difference() -> None:
    one = pair(result({}, numpy="2.0", torch="2.1"), result({}, torch="2.2"))

    assert environment_lines([one]) == ["torch: 2.1 before, 2.2 now (1 of 1 trials)"]


def test_training_in_lockstep_before_is_told() -> None:
    one = pair(result({}, lockstep=4), result({}))

    assert environment_lines([one]) == [
        "trained in lockstep before, alone now, which rounds otherwise (1 of 1 trials)"
    ]
