import pytest
import torch

from tasks.nets.multitask import MultitaskNet, figure_2_2, figure_3_5


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


def test_narrow_net_has_its_share_of_maps_and_neurons() -> None:
    with torch.device("meta"):
        net = MultitaskNet(2, 32, width=0.25)
        assert net(torch.empty(3, 1, 32, 32)).shape == (3, 2, 2)
        weights = [tuple(tensor.shape) for name, tensor in net.named_parameters() if name.endswith("weight")]
    branch = [(16, 8, 3, 3), (24, 16 * 6**2), (2, 24)]
    assert weights == [(8, 1, 3, 3), *branch, *branch]


def test_layers_of_one_branch_add_up_to_a_network_of_one_task() -> None:
    counted = figure_2_2()
    parameters = [count for name, count in counted.items() if name.endswith("_parameters")]

    assert sum(parameters) == figure_3_5(tasks=1)["parameters"]
    assert counted["conv2d_1_outputs"] == 32 * 48 * 48


def test_first_maps_are_those_before_pooling() -> None:
    net = MultitaskNet(tasks=1, image_size=50)
    maps = net.first_maps(torch.rand(2, 1, 50, 50))

    assert maps.shape == (2, 32, 48, 48)
    assert float(maps.detach().min()) == 0
