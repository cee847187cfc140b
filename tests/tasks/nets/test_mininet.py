import pytest
import torch

from tasks.nets import mininet
from tasks.nets.encoders import count_parameters


def test_mininet_has_29667_parameters() -> None:
    assert count_parameters(mininet.build()) == 29_667


@pytest.mark.parametrize("size", [32, 64])
def test_mininet_gives_one_logit_for_each_class(size: int) -> None:
    assert mininet.build(size)(torch.zeros(2, 3, size, size)).shape == (2, 3)
