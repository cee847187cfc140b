from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from tasks.parts import pictures
from tasks.parts.context import FolderContext
from tasks.parts.features import Features
from tasks.parts.retrained import Retrained
from tests.tasks.chain import Trial

ROWS = torch.tensor([5, 0, 3])


def fraction(shown: Tensor) -> Tensor:
    return shown.float() / 255


@pytest.fixture(scope="module")
def net(classed: Trial) -> Retrained:
    """A frozen convolution and a trained layer behind it, over 24 pictures of 64 pixels."""
    torch.manual_seed(0)
    layers = nn.Sequential()
    layers.add_module("conv", nn.Conv2d(3, 2, kernel_size=8, stride=8))
    layers.add_module("flatten", nn.Flatten())
    layers.add_module("fc", nn.Linear(128, 3))
    return Retrained(
        frozen=layers[:1],
        trained=layers[1:],
        shown=pictures.read(classed.artifacts),
        normalise=fraction,
        batch_size=2,
    )


@pytest.fixture
def context(tmp_path: Path) -> FolderContext:
    return FolderContext(root=tmp_path, data=tmp_path)


def test_stored_output_is_what_is_computed_anew(net: Retrained, context: FolderContext) -> None:
    with torch.no_grad():
        values = net.frozen(net.normalise(net.shown.batch(torch.arange(24))))
    again = replace(net, stored=Features(names=net.shown.names, values=values, key="", notes={}))

    assert again.load(ROWS).shape == (3, 2, 8, 8)
    assert torch.allclose(again.predict(ROWS, context), net.predict(ROWS, context), atol=1e-6)


def test_logits_are_those_of_the_rows_in_their_order(net: Retrained, context: FolderContext) -> None:
    backwards = net.predict(ROWS.flip(0), context)

    assert torch.allclose(net.predict(ROWS, context), backwards.flip(0), atol=1e-6)


def test_both_parts_are_saved_under_their_names(net: Retrained, tmp_path: Path) -> None:
    net.save(tmp_path / "net.safetensors", {})

    assert load_file(tmp_path / "net.safetensors").keys() == {
        "conv.weight",
        "conv.bias",
        "fc.weight",
        "fc.bias",
    }
