"""VGG-Face: VGG-16 with 2,622 outputs, of which the last layers are trained again (Maricalva, section 4.2).

Thirteen convolutions and three fully connected layers, 145,002,878 parameters. (The thesis speaks of sixteen
convolutions; its own figure 8 shows thirteen.)
"""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

import torch
from torch import nn

from tasks.nets import weights
from tasks.nets.encoders import count_parameters
from tasks.nets.published import VGG_FACE
from tasks.nets.width import scaled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

# What is trained: the three fully connected layers, or these and the six convolutions of groups 4 and 5.
Trains: TypeAlias = Literal["fc", "conv4"]
Colours: TypeAlias = Literal["rgb", "bgr"]

GROUPS = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))  # channels and convolutions
STRIDE = 32
IDENTITIES = 2622
UNITS = 4096
# Red, green, blue: the mean of its training pictures, 0 to 255 (MatConvNet and Caffe release).
MEAN = (129.1863, 104.7624, 93.5940)
FIRST_TRAINED: dict[Trains, str] = {"fc": "flatten", "conv4": "conv_4_1"}


def build(
    outputs: int = IDENTITIES,
    *,
    image_size: int = 224,
    units: int = UNITS,
    dropout: float = 0.5,
    width: float = 1,
) -> nn.Sequential:
    """Build the network for images float [N, 3, S, S], S a multiple of 32, and logits float [N, outputs].

    The width is that of the convolutions; how wide the fully connected layers are is said by `units`.
    """
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    before = 3
    for group, (published, convolutions) in enumerate(GROUPS, 1):
        channels = scaled(published, width)
        for place in range(1, convolutions + 1):
            layers[f"conv_{group}_{place}"] = nn.Conv2d(before, channels, kernel_size=3, padding=1)
            layers[f"relu_{group}_{place}"] = nn.ReLU()
            before = channels
        layers[f"pool_{group}"] = nn.MaxPool2d(2)
    layers["flatten"] = nn.Flatten()
    before *= (image_size // STRIDE) ** 2
    for number in (6, 7):
        layers[f"fc{number}"] = nn.Linear(before, units)
        layers[f"relu{number}"] = nn.ReLU()
        layers[f"dropout{number}"] = nn.Dropout(dropout)
        before = units
    layers["fc8"] = nn.Linear(before, outputs)
    return nn.Sequential(layers)


def read_weights(source: str) -> dict[str, Tensor] | None:
    """Return the weights by the names of `build`, or None for a random start; FileNotFoundError.

    Names as in prlz77/vgg-face.pytorch (`conv_1_1.weight`) and in common conversions (`conv1_1.weight`) are
    both read.
    """
    path = VGG_FACE.require(source)
    if path is None:
        return None
    given = weights.read_file(path)
    return {re.sub(r"^conv(\d)_(\d)\.", r"conv_\1_\2.", name): tensor for name, tensor in given.items()}


def start(net: nn.Sequential, given: Mapping[str, Tensor] | None, *, seed: int, origin: str) -> None:
    """Give a network, or its first layers, its starting weights: from a file, or a random start for None.

    `fc8` is new in both cases (section 6.2). Raises ValueError for weights of another network.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for layer in net:
            if isinstance(layer, nn.Conv2d | nn.Linear):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                if isinstance(layer, nn.Conv2d):
                    _favour_the_middle(layer.weight.data)
                nn.init.zeros_(cast("Tensor", layer.bias))
        if (last := dict(net.named_children()).get("fc8")) is not None:
            # As Caffe's recipes start a new last layer; the thesis only says "from zero".
            nn.init.normal_(cast("nn.Linear", last).weight, std=0.01)
    if given is not None:
        _load(net, given, origin)


def calibrate(net: nn.Sequential, pictures: Tensor) -> None:
    """Shift and scale a random network's filters so that each answers with mean 0 and deviation 1.

    Behind thirteen layers of plain random filters all pictures look alike, and nothing can be learned from
    the frozen part. pictures: float [N, 3, S, S], as `prepare` returns them.
    """
    with torch.no_grad():
        answer = pictures
        for layer in net:
            if isinstance(layer, nn.Conv2d):
                spread, mean = torch.std_mean(layer(answer), dim=(0, 2, 3))
                spread = spread.clamp_min(1e-6)
                layer.weight.div_(spread.view(-1, 1, 1, 1))
                cast("Tensor", layer.bias).sub_(mean).div_(spread)
            elif isinstance(layer, nn.Flatten):
                return
            answer = layer(answer)


def cut(net: nn.Sequential, trains: Trains) -> tuple[nn.Sequential, nn.Sequential]:
    """Return the frozen part and the trained part; their layers keep their names."""
    place = [name for name, _ in net.named_children()].index(FIRST_TRAINED[trains])
    frozen, trained = net[:place], net[place:]
    frozen.requires_grad_(requires_grad=False)
    return frozen.eval(), trained


def layers_of(net: nn.Sequential, kind: Literal["conv", "fc"]) -> list[nn.Parameter]:
    """Return the parameters of the convolutions, or of the fully connected layers."""
    wanted = nn.Conv2d if kind == "conv" else nn.Linear
    return [weight for layer in net if isinstance(layer, wanted) for weight in layer.parameters()]


def prepare(pictures: Tensor, image_size: int, colours: Colours) -> Tensor:
    """Cut the middle out of pictures, uint8 [N, 3, H, W], and subtract the mean: float [N, 3, S, S]."""
    top, left = ((side - image_size) // 2 for side in pictures.shape[-2:])
    middle = pictures[..., top : top + image_size, left : left + image_size].float()
    centred = middle - torch.tensor(MEAN, device=pictures.device).view(1, 3, 1, 1)
    return centred if colours == "rgb" else centred.flip(1)


def figure_8() -> dict[str, float]:
    """Count each layer's weights as figure 8 prints them, without biases, and the whole network with them.

    Beside each layer's `weights_` its `side_` and its `channels_` tell how large its output is.
    """
    with torch.device("meta"):
        net, answer = build(), torch.empty(1, 3, 224, 224)
    counts: dict[str, float] = {"weights_input": 0.0}
    volumes: dict[str, float] = {"side_input": 224.0, "channels_input": 3.0}
    for name, layer in net.named_children():
        answer = layer(answer)
        if name.startswith(("conv", "pool", "fc")):
            shapes = [weight.numel() for key, weight in layer.named_parameters() if key == "weight"]
            counts[f"weights_{name}"] = float(sum(shapes))
            volumes[f"side_{name}"] = float(answer.shape[2] if answer.dim() == 4 else 1)
            volumes[f"channels_{name}"] = float(answer.shape[1])
    not_counted = (nn.Flatten, nn.Dropout)  # section 4.2: they are not among the 38
    return {
        **counts,
        **volumes,
        "layers": float(sum(not isinstance(layer, not_counted) for layer in net) + len(("input", "softmax"))),
        "parameters": float(count_parameters(net)),
        "parameters_without_biases": sum(counts.values()),
    }


def parameters_trained(outputs: int, trains: Trains) -> float:
    """Count what is trained at full size: 224 pixels and 4,096 units."""
    with torch.device("meta"):
        _, trained = cut(build(outputs), trains)
    return float(count_parameters(trained))


def _favour_the_middle(filters: Tensor) -> None:
    """Make random 3x3 filters half as large and add a random 1x1 in their middle, which keeps detail."""
    middle = torch.empty(filters.shape[:2])
    filters *= 0.5
    filters[:, :, 1, 1] += nn.init.kaiming_normal_(middle, nonlinearity="relu")


def _load(net: nn.Sequential, given: Mapping[str, Tensor], origin: str) -> None:
    own = net.state_dict()
    wanted = [name for name in own if not name.startswith("fc8.")]
    unfit = [name for name in wanted if name not in given or given[name].shape != own[name].shape]
    if unfit:
        raise ValueError(
            f"weights `{origin}` do not fit VGG-Face: {len(unfit)} of {len(wanted)} tensors are missing or "
            f"have another shape, first `{unfit[0]}`\n"
            "hint: published weights want `image_size: 224`, `fc_units: 4096` and `width: 1`"
        )
    net.load_state_dict({**own, **{name: given[name] for name in wanted}})
