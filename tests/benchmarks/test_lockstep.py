from benchmarks.lockstep import largest_difference


def test_the_largest_difference_is_relative_where_a_metric_is_not_small() -> None:
    wanted = [{"loss": 2.0, "small": 0.0, "timing_seconds": 1.0}, {"loss": 1.0, "small": 0.0}]
    found = [{"loss": 2.1, "small": 0.0, "timing_seconds": 9.0}, {"loss": 1.0, "small": 0.0001}]

    assert largest_difference(wanted, found) == 0.0001 / 0.001
