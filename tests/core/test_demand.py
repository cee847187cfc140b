import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.demand import Limits, Live, Order, orders
from orchestrator.core.shape import Shape

SMALL = Shape(cpus=1)
GPU = Shape(gpus=1, cpus=4)
MANY = Limits(workers=10)


def live(shape: Shape = SMALL, *, busy: bool = False, job: str = "1") -> Live:
    return Live(job=job, shape=shape, busy=busy)


@pytest.mark.parametrize(
    ("wish", "alive", "limits", "count"),
    [
        (3, [], MANY, 3),
        (3, [live()], MANY, 2),
        (3, [live(busy=True)], MANY, 3),
        (3, [live(), live(), live(), live()], MANY, 0),
        (30, [live()], MANY, 9),
        (3, [], Limits(workers=10, cpus=2), 2),
        (3, [live(busy=True)], Limits(workers=10, cpus=2), 1),
        (3, [live(busy=True), live(busy=True)], Limits(workers=10, cpus=2), 0),
    ],
)
def test_orders_of_one_shape(wish: int, alive: list[Live], limits: Limits, count: int) -> None:
    expected = [Order(shape=SMALL, count=count)] if count else []

    assert orders({SMALL: wish}, alive, limits) == expected


def test_a_shape_larger_than_the_machine_still_gets_one_worker() -> None:
    assert orders({GPU: 5}, [], Limits(workers=10, cpus=2)) == [Order(shape=GPU, count=1)]


def test_a_shape_may_limit_its_workers() -> None:
    shape = Shape(cpus=1, workers=2)

    assert orders({shape: 5}, [live(shape, busy=True)], MANY) == [Order(shape=shape, count=1)]


def test_an_idle_gpu_worker_does_not_count_for_trials_without_gpu() -> None:
    assert orders({SMALL: 1}, [live(GPU)], MANY) == [Order(shape=SMALL, count=1)]


@given(
    st.dictionaries(st.sampled_from([SMALL, GPU, Shape(cpus=2)]), st.integers(1, 50)),
    st.lists(st.builds(live, st.sampled_from([SMALL, GPU]), busy=st.booleans()), max_size=8),
    st.integers(1, 20),
)
def test_the_limit_on_workers_holds(wishes: dict[Shape, int], alive: list[Live], most: int) -> None:
    started = sum(order.count for order in orders(wishes, alive, Limits(workers=most)))

    assert started <= max(0, most - len(alive))
