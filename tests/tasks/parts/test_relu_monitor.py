from __future__ import annotations

from collections import OrderedDict

import torch
from torch import nn

from tasks.parts import relu_monitor


def test_unit_that_is_zero_on_all_pictures_is_dead() -> None:
    net = nn.Sequential(OrderedDict(fc6=nn.Linear(1, 4), relu6=nn.ReLU()))
    net.load_state_dict(
        {"fc6.weight": torch.tensor([[1.0], [-1.0], [0.0], [0.0]]), "fc6.bias": torch.tensor([0.0, 0, 1, -1])}
    )
    with relu_monitor.watch(net) as watched:
        net(torch.tensor([[2.0]]))  # units 0 and 2 answer
        net(torch.tensor([[-2.0]]))  # units 1 and 2 answer

    assert watched.dead_shares() == {"dead_fc6": 0.25}


def test_filter_counts_as_one_unit() -> None:
    net = nn.Sequential(OrderedDict(conv=nn.Conv2d(1, 2, 1, bias=False), relu=nn.ReLU()))
    net.load_state_dict({"conv.weight": torch.tensor([1.0, -1.0]).view(2, 1, 1, 1)})
    picture = torch.zeros(1, 1, 3, 3)
    picture[0, 0, 1, 1] = 5
    with relu_monitor.watch(net) as watched:
        net(picture)

    assert watched.dead_shares() == {"dead_conv": 0.5}


def test_every_relu_is_named_after_the_layer_before_it() -> None:
    layers = OrderedDict(
        a=nn.Linear(2, 2), a_relu=nn.ReLU(), drop=nn.Dropout(), b=nn.Linear(2, 2), r=nn.ReLU()
    )
    net = nn.Sequential(layers)
    with relu_monitor.watch(net) as watched:
        net(torch.ones(1, 2))

    assert list(watched.alive) == ["a", "b"]


def test_nothing_is_watched_afterwards() -> None:
    net = nn.Sequential(OrderedDict(fc=nn.Linear(1, 1), relu=nn.ReLU()))
    with relu_monitor.watch(net) as watched:
        pass
    net(torch.ones(1, 1))

    assert watched.alive == {}
