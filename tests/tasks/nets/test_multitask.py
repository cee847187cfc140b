import pytest
import torch

from tasks.nets.multitask import MultitaskNet, figure_3_5


def test_multitask_net_has_1524740_parameters() -> None:
    assert figure_3_5(tasks=2)["parameters"] == 1_524_740


def test_two_nets_of_one_task_have_1525060_parameters() -> None:
    assert 2 * figure_3_5(tasks=1)["parameters"] == 1_525_060


@pytest.mark.parametrize("size", [16, 50])
def test_every_task_has_two_logits(size: int) -> None:
    assert MultitaskNet(tasks=3, image_size=size)(torch.zeros(4, 1, size, size)).shape == (4, 3, 2)


def test_answer_of_one_task_trains_its_branch_and_the_shared_part() -> None:
    net = MultitaskNet(tasks=2, image_size=16)
    net(torch.rand(1, 1, 16, 16))[:, 0].sum().backward()
    trained = {name for name, parameter in net.named_parameters() if torch.any(parameter.grad != 0)}

    assert {name.rsplit(".", 2)[0] for name in trained} == {"shared", "branches.0"}
