from orchestrator.report.methods.mishaps import mishaps
from tests.report.methods.described import attempt, seen


def test_that_nothing_went_wrong_is_told() -> None:
    assert mishaps(seen()).paragraphs == ("No attempt failed or was interrupted, and no trial was left out.",)


def test_a_failure_is_told_with_its_class() -> None:
    assert mishaps(seen(attempt("failed"))).items == (
        ("attempts that did not reach the end", "cuda out of memory (1), of 10 in all"),
        ("1 trial without a result", "failed: cuda out of memory (1)"),
    )


def test_an_interruption_is_told_though_the_trial_goes_on() -> None:
    assert mishaps(seen(attempt("interrupted"))).items == (
        ("attempts that did not reach the end", "interrupted (1), of 10 in all"),
    )
