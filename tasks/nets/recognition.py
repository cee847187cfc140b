"""ResNet-50 as the authors of VGGFace2 trained it in Caffe, with one output for each person.

The stride of a block is in its first 1x1 convolution, the first pooling rounds up, no convolution has a bias,
and the input is blue, green, red minus the mean of the training pictures. 41,192,951 parameters with 8,631
outputs, of which 17,684,919 in the last layer.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal, TypeAlias

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn
from torchvision.models.resnet import Bottleneck

from tasks.nets import pickled, weights
from tasks.nets import width as width_notes
from tasks.nets.published import VGGFACE2
from tasks.nets.resnet import resnet50

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor

    from tasks.nets.resnet import ScaledResNet

BatchNorm: TypeAlias = Literal["drifting", "frozen"]

# ox-vgg/vgg_face2: mean of blue, green and red.
MEAN_BGR = (91.4953, 103.8827, 131.0912)


class Recogniser(nn.Module):
    """A backbone that gives 2,048 features at width 1, and a linear layer from them to the people."""

    def __init__(self, people: int, *, batch_norm: BatchNorm = "drifting", width: float = 1) -> None:
        super().__init__()
        backbone = build_backbone(width=width)
        self.backbone: nn.Module = backbone
        self.fc = nn.Linear(backbone.channels, people)
        self.batch_norm = batch_norm
        self.width = width

    def forward(self, pictures: Tensor) -> Tensor:
        """Map pictures, uint8 [N, 3, S, S] in red, green, blue, to logits, float [N, people]."""
        logits: Tensor = self.fc(self.features(pictures))
        return logits

    def features(self, pictures: Tensor) -> Tensor:
        """Map the same pictures to float [N, 2048 at width 1]: the mean over the grid of the last block."""
        mean = torch.tensor(MEAN_BGR, device=pictures.device).view(1, 3, 1, 1)
        features: Tensor = self.backbone(pictures.flip(1).float() - mean)
        return features

    def train(self, mode: bool = True) -> Recogniser:
        """Go into training mode; frozen batch normalisation stays as it is in eval mode."""
        super().train(mode)
        if self.batch_norm == "frozen":
            self.backbone.eval()
        return self


def create(people: int, *, source: str, batch_norm: BatchNorm, seed: int, width: float = 1) -> Recogniser:
    """Build a network with the given backbone and a new last layer: a function of the arguments only.

    Raises FileNotFoundError for missing weights and ValueError for weights of another network.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = Recogniser(people, batch_norm=batch_norm, width=width)
    given = read_weights(source)
    if given is not None:
        load_backbone(net, given, origin=source)
    return net


def read_weights(source: str) -> dict[str, Tensor] | None:
    """Return the weights by name, or None for a random start; FileNotFoundError with what to type next."""
    path = VGGFACE2.require(source)
    if path is None:
        return None
    if path.suffix == ".pkl":
        return {name: torch.from_numpy(array) for name, array in pickled.read_arrays(path).items()}
    return weights.read_file(path)


def load_backbone(net: Recogniser, given: Mapping[str, Tensor], *, origin: str) -> None:
    """Load all but the last layer; ValueError when a tensor is missing, unknown or of another shape."""
    own = net.backbone.state_dict()
    counters = {name for name in own if name.endswith("num_batches_tracked")}  # Caffe has none
    fitting = {name: new for name, new in given.items() if name in own and own[name].shape == new.shape}
    wrong = (own.keys() - counters - fitting.keys()) | {
        name for name in given.keys() - fitting.keys() if not name.startswith("fc.")
    }
    if wrong:
        raise ValueError(
            f"weights `{origin}` do not fit this ResNet-50: {len(wrong)} tensors are missing, unknown or of "
            f"another shape, first `{min(wrong)}`\n"
            "hint: the file must be that of `resnet50_ft`, and `width` 1"
        )
    net.backbone.load_state_dict({**own, **fitting})


def save(net: Recogniser, path: Path, people: list[str], notes: Mapping[str, object]) -> None:
    """Write the weights, their width, who the outputs are, and what else a user of them must know."""
    state = {name: tensor.cpu().contiguous() for name, tensor in net.state_dict().items()}
    known = {"people": json.dumps(people), **width_notes.noted(net.width)}
    save_file(state, path, known | {key: str(note) for key, note in notes.items()})


def load(path: Path) -> tuple[Recogniser, dict[str, str]]:
    """Return the network that `save` wrote, in eval mode, and its notes as text."""
    with safe_open(path, framework="pt") as file:
        notes: dict[str, str] = file.metadata()
        net = Recogniser(len(json.loads(notes["people"])), width=width_notes.read(notes))
        net.load_state_dict({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118  no mapping
    return net.eval(), notes


def build_backbone(*, width: float = 1) -> ScaledResNet:
    """Build ResNet-50 without its last layer, started at random."""
    # torchvision starts convolutions like that code base: normal, with the deviation sqrt(2 / (k * k * out)).
    # Blocks that begin as their shortcut alone are a choice of ours: a random start then learns from little.
    net = resnet50(width=width, zero_init_residual=True)
    net.fc = nn.Identity()
    net.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, ceil_mode=True)
    for module in net.modules():
        if isinstance(module, Bottleneck):
            module.conv1.stride, module.conv2.stride = module.conv2.stride, (1, 1)
    return net
