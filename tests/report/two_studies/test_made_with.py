from typing import Any

from orchestrator.evidence.evidence import Result
from orchestrator.report.two_studies.made_with import made_differently, made_with


def result(**provenance: Any) -> Result:
    return Result(metrics={}, attempt=1, time=0, seconds=1, code="c", provenance=provenance)


def test_what_results_tell_is_counted() -> None:
    assert made_with([result(torch="2.2"), result(torch="2.1"), result(torch="2.2")]) == {
        "torch": "2.1 (1), 2.2 (2)"
    }


def test_another_number_of_results_is_no_difference() -> None:
    assert made_differently([result(torch="2.1")], [result(torch="2.1"), result(torch="2.1")]) == []


def test_another_package_is_told() -> None:
    assert made_differently([result(torch="2.1")], [result(torch="2.2")]) == [("torch", "2.1 (1)", "2.2 (1)")]


def test_what_only_one_side_tells_is_no_difference() -> None:
    assert made_differently([result(numpy="2.1")], [result()]) == []
