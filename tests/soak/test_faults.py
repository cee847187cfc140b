"""The schedule of the faults."""

from itertools import islice

from tests.soak.faults import FAULTS, schedule


def test_the_seed_alone_decides() -> None:
    first, again = (list(islice(schedule(seed=3, gap=4.0), 100)) for _ in range(2))

    assert first == again


def test_another_seed_decides_otherwise() -> None:
    assert list(islice(schedule(seed=3, gap=4.0), 100)) != list(islice(schedule(seed=4, gap=4.0), 100))


def test_every_kind_has_its_turn() -> None:
    assert {planned.fault.name for planned in islice(schedule(seed=3, gap=4.0), len(FAULTS))} == {
        fault.name for fault in FAULTS
    }
