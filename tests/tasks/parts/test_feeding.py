import threading
from dataclasses import dataclass

import pytest
import torch
from torch import Tensor

from tasks.parts import feeding


@dataclass(frozen=True)
class Pair:
    first: Tensor
    second: Tensor


@pytest.mark.parametrize("threads", [1, 3])
def test_items_come_in_their_order_with_what_is_loaded(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "threads", lambda: threads)
    found = feeding.ahead(range(9), torch.tensor)
    assert [(item, int(loaded)) for item, loaded in found] == [(item, item) for item in range(9)]


def test_the_next_are_loaded_before_they_are_asked_for() -> None:
    later = threading.Event()

    def load(item: int) -> Tensor:
        if item == 1:
            later.set()
        return torch.tensor(item)

    found = feeding.ahead(range(5), load)
    next(found)
    assert later.wait(60)


def test_what_goes_wrong_in_a_thread_is_told_where_it_is_used() -> None:
    def load(item: int) -> Tensor:
        if item == 2:
            raise ValueError("no such picture")
        return torch.tensor(item)

    found = feeding.ahead(range(5), load)
    assert [item for item, _ in (next(found), next(found))] == [0, 1]
    with pytest.raises(ValueError, match="no such picture"):
        next(found)


def test_tensors_of_tuples_and_dataclasses_are_sent() -> None:
    one = torch.ones(1)
    ((_, (plain, pair)),) = feeding.ahead([0], lambda _: (one, Pair(one, one + 1)))
    assert (float(plain), float(pair.first), float(pair.second)) == (1, 1, 2)


def test_rows_are_taken() -> None:
    assert feeding.rows_of(torch.arange(5) * 10, torch.tensor([3, 1])).tolist() == [30, 10]


def test_a_cpu_keeps_data_where_it_is() -> None:
    values = torch.ones(3)
    assert feeding.resident(values) is values
