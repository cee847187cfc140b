import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.report.comparison.difference import PAIRED, TEST_NAMES, TestName, difference, smallest_p

DRUG_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
DRUG_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
"""Hours of sleep gained: Student (1908), "The probable error of a mean"."""
FIRST_VISIT = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
SECOND_VISIT = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
"""Depression scale: Hollander & Wolfe (1973), table 3.1."""
NULLS = 1000


def test_paired_t_gives_students_own_answer() -> None:
    found = difference("paired-t", DRUG_1, DRUG_2, 0.05)

    assert (found.estimate, found.p) == pytest.approx((-1.58, 0.002833), abs=1e-6)
    assert (found.low, found.high) == pytest.approx((-2.4598858, -0.7001142))


def test_effect_of_pairs_is_the_mean_gap_in_its_own_deviations() -> None:
    gaps = np.subtract(DRUG_1, DRUG_2)

    assert difference("paired-t", DRUG_1, DRUG_2, 0.05).effect == pytest.approx(-1.2846, abs=1e-4)
    assert difference("bootstrap", DRUG_1, DRUG_2, 0.05).effect == pytest.approx(
        gaps.mean() / gaps.std(ddof=1)
    )


def test_welch_gives_the_textbook_answer() -> None:
    found = difference("welch", DRUG_1, DRUG_2, 0.05)

    assert found.p == pytest.approx(0.07939, abs=1e-5)
    assert (found.low, found.high) == pytest.approx((-3.3654832, 0.2054832))


def test_effect_of_groups_is_corrected_for_their_size() -> None:
    """Cohen's d of these groups is -0.8322; the factor for 18 degrees of freedom 1 - 3 / 71."""
    found = difference("welch", DRUG_1, DRUG_2, 0.05)

    assert found.effect == pytest.approx(-0.8321811 * (1 - 3 / 71), abs=1e-6)


def test_wilcoxon_gives_the_textbook_answer() -> None:
    """R: wilcox.test(x, y, paired = TRUE, conf.int = TRUE)."""
    found = difference("wilcoxon", FIRST_VISIT, SECOND_VISIT, 0.05)

    assert (found.p, found.estimate) == pytest.approx((0.0390625, 0.46))
    assert (found.low, found.high) == pytest.approx((0.010, 0.786), abs=1e-9)


def test_rank_biserial_correlation_is_one_where_all_pairs_agree() -> None:
    assert difference("wilcoxon", [2, 4, 6, 8], [1, 2, 3, 4], 0.05).effect == 1.0


def test_a_rank_interval_is_open_where_so_few_pairs_allow_none() -> None:
    found = difference("wilcoxon", [1, 2, 3, 4, 5], [0, 0, 0, 0, 0], 0.05)

    assert (found.low, found.high, found.p) == (None, None, 0.0625)


def test_bootstrap_agrees_with_student_where_many_values_are_normal() -> None:
    drawn = np.random.default_rng(5)
    one, other = drawn.normal(0.2, 1, 400), drawn.normal(0, 1, 400)
    found, known = (difference(test, one, other, 0.05) for test in ("bootstrap", "paired-t"))

    assert (found.low, found.high) == pytest.approx((known.low, known.high), abs=0.01)


@pytest.mark.parametrize("test", TEST_NAMES)
def test_one_value_tells_no_p(test: TestName) -> None:
    found = difference(test, [0.606], [0.592], 0.05)

    assert (found.p, found.low, found.estimate) == (None, None, pytest.approx(0.014))


@pytest.mark.parametrize("test", TEST_NAMES)
def test_values_that_do_not_vary_tell_no_p(test: TestName) -> None:
    assert difference(test, [0.6] * 5, [0.5] * 5, 0.05).p is None


@pytest.mark.parametrize("test", sorted(PAIRED))
def test_the_same_values_do_not_differ(test: TestName) -> None:
    found = difference(test, [0.1, 0.2, 0.3], [0.1, 0.2, 0.3], 0.05)

    assert (found.p, found.estimate) == (1.0, 0.0)


@pytest.mark.parametrize("test", sorted(PAIRED))
def test_rounding_is_no_difference(test: TestName) -> None:
    assert difference(test, [0.1 + 0.2, 0.7, 0.5], [0.3, 0.7, 0.5], 0.05).p == 1.0


def test_values_without_a_partner_are_refused() -> None:
    with pytest.raises(ValueError, match="2 values cannot be paired with 3"):
        difference("paired-t", [1, 2], [1, 2, 3], 0.05)


@pytest.mark.parametrize("test", TEST_NAMES)
@pytest.mark.parametrize("values", [6, 10])
def test_false_positives_stay_at_the_level(test: TestName, values: int) -> None:
    """1,000 comparisons of what does not differ; 71 is the 99.9 % point of a binomial with 0.05."""
    drawn = np.random.default_rng(values)
    samples = drawn.normal(size=(NULLS, 2, values))
    found = [difference(test, one, other, 0.05).p for one, other in samples]

    assert sum(p is not None and p <= 0.05 for p in found) <= 71


@pytest.mark.parametrize("test", TEST_NAMES)
def test_intervals_hold_what_is_true_as_often_as_they_say(test: TestName) -> None:
    """Of 1,000 true differences of 1, at most 71 lie outside a 95 % interval."""
    drawn = np.random.default_rng(3)
    samples = drawn.normal(size=(NULLS, 2, 10))
    found = [difference(test, one + 1, other, 0.05) for one, other in samples]

    assert sum(not (one.low or 0) <= 1 <= (one.high or 0) for one in found) <= 71


@pytest.mark.parametrize("test", TEST_NAMES)
def test_a_true_difference_is_found(test: TestName) -> None:
    drawn = np.random.default_rng(4)
    samples = drawn.normal(size=(100, 2, 10))
    found = [difference(test, one + 3, other, 0.05).p for one, other in samples]

    assert sum(p is not None and p <= 0.05 for p in found) >= 95


@given(st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=12, unique=True), st.sampled_from(TEST_NAMES))
def test_the_other_way_round_is_the_same_with_the_other_sign(values: list[float], test: TestName) -> None:
    others = [value * 0.5 + 1 for value in reversed(values)]
    one, other = difference(test, values, others, 0.05), difference(test, others, values, 0.05)

    assert one.estimate == pytest.approx(-other.estimate, abs=1e-9)
    assert one.p == pytest.approx(other.p, abs=1e-9)


@pytest.mark.parametrize("test", TEST_NAMES)
@pytest.mark.parametrize("values", [2, 4, 6])
def test_no_p_is_below_the_smallest(test: TestName, values: int) -> None:
    """But for what 9,999 resamples leave to chance."""
    found = difference(test, [100 + n for n in range(values)], [0.1 * n for n in range(values)], 0.05)

    assert found.p is not None
    assert found.p >= smallest_p(test, values) * 0.9


def test_five_pairs_are_too_few_for_ranks() -> None:
    assert [smallest_p("wilcoxon", pairs) for pairs in (5, 6)] == [0.0625, 0.03125]
