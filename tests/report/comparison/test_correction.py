import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.report.comparison.correction import corrected
from orchestrator.report.comparison.definition import Correction

P = [0.01, 0.04, 0.03, 0.005]


@pytest.mark.parametrize(
    ("correction", "after"),
    [
        ("holm", [0.03, 0.06, 0.06, 0.02]),
        ("bonferroni", [0.04, 0.16, 0.12, 0.02]),
        ("benjamini-hochberg", [0.02, 0.04, 0.04, 0.02]),
        ("none", P),
    ],
)
def test_p_is_corrected_as_r_does_it(correction: Correction, after: list[float]) -> None:
    """R: p.adjust(c(0.01, 0.04, 0.03, 0.005), ...)."""
    assert corrected(P, correction) == pytest.approx(after)


def test_what_is_not_known_does_not_count() -> None:
    assert corrected([0.02, None, 0.03], "holm") == pytest.approx([0.04, None, 0.04])


def test_nothing_known_stays_so() -> None:
    assert corrected([None], "holm") == [None]


@given(st.lists(st.floats(0, 1), min_size=1))
def test_no_correction_makes_p_smaller(found: list[float]) -> None:
    assert all(
        after is not None and after >= p - 1e-12
        for p, after in zip(found, corrected(found, "holm"), strict=True)
    )
