"""The layers of VGG-Face that are not trained: their start, and their output stored for all trainings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from safetensors.torch import load_file, save_file

from tasks.nets import vgg_face, weights
from tasks.parts import features, pictures, precision, seeding

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import Tensor, nn

    from tasks.attributes import EncodeParams, NetParams, Params
    from tasks.parts.context import Context

FEATURES, CONVOLUTIONS = "features.safetensors", "convolutions.safetensors"
# Pictures that a random start is calibrated on.
CALIBRATED = 64


def encode(params: EncodeParams, context: Context) -> dict[str, float]:
    """Write what all convolutions make of each picture, and the convolutions where their start is random."""
    seeding.seed_all(context.seed)
    precision.set_tf32(params)
    shown = pictures.read(context.need("pictures"))
    net = vgg_face.build(image_size=params.image_size, units=8, width=params.width)
    convolutions, _ = vgg_face.cut(net, "fc")
    start(convolutions, shown, params, seed=context.seed, rows=shown.part("train"))
    if params.weights == weights.NONE:
        save_file(convolutions.state_dict(), context.artifact(CONVOLUTIONS))
    computed = precision.name(params)
    order = features.order(
        precision.prepare(convolutions, params),
        shown,
        batch_size=params.batch_size,
        notes={**asked(params), "data": shown.digest, "stored_as": params.stored_as, "computed": computed},
        normalise=normaliser(params),
        preprocessing=preprocessing(params),
        dtype=params.stored_as,
        computed=computed,
    )
    stored = features.compute(context.artifact(FEATURES), order, context)
    return {
        "images": len(stored.names),
        "feature_bytes": stored.values.nbytes,
        "random_weights": float(params.weights == weights.NONE),
        **shown.counts,
    }


def start(
    net: nn.Sequential, shown: pictures.Pictures, params: NetParams, *, seed: int, rows: Tensor
) -> None:
    """Give a network, or its first layers, its starting weights, and move it to the device.

    A random start is calibrated on the first of some rows, int64 [N].
    Raises ValueError for pictures that it cannot be given, and for weights that do not fit.
    """
    check_size(shown, params)
    given = vgg_face.read_weights(params.weights)
    vgg_face.start(net, given, seed=seed, origin=params.weights)
    net.to(seeding.pick_device())
    if given is None:
        some = shown.batch(rows[:CALIBRATED])
        vgg_face.calibrate(net, normaliser(params)(some.to(seeding.pick_device())))


def read_stored(
    folder: Path, convolutions: nn.Sequential, shown: pictures.Pictures, params: Params
) -> features.Features:
    """Return what `encode` wrote; convolutions with a random start become those of which it is.

    Raises ValueError where it is of other weights, of other pictures or of another size.
    """
    stored = features.read(folder / FEATURES)
    given = asked(params)
    found = {name: stored.notes[name] for name in given}
    if given != found:
        raise ValueError(
            f"this stage asks for {given}, its features are {found}\nhint: give both stages the same"
        )
    if shown.digest != stored.notes["data"]:
        raise ValueError(
            "`features` and `pictures` of this stage go back to different pictures\n"
            "hint: let both stages need the same preparation"
        )
    if params.weights == weights.NONE:
        convolutions.load_state_dict(load_file(folder / CONVOLUTIONS))
    expected = features.make_key(
        weights=features.weights_digest(convolutions),
        data=shown.digest,
        preprocessing=features.described(preprocessing(params), stored.notes.get("computed", "")),
        dtype="float32" if stored.notes["stored_as"] == "float32" else "float16",
    )
    if stored.key != expected:
        raise ValueError(
            f"the features of this stage are of other weights than `{params.weights}` has now\n"
            "hint: compute them anew with `submit --fresh` and the stage of `tasks.attributes.encode`"
        )
    return stored


def check_size(shown: pictures.Pictures, params: NetParams) -> None:
    """Raise ValueError unless the pictures are squares that the network's input can be cut out of."""
    side = shown.sizes[0][0]
    shown.check_side(side)
    if side < params.image_size:
        raise ValueError(
            f"these pictures have {side} pixels, the network wants {params.image_size}\n"
            "hint: prepare them larger, or set `image_size` to a smaller multiple of 32"
        )


def normaliser(params: NetParams) -> Callable[[Tensor], Tensor]:
    """Return what makes the network's input, float [N, 3, S, S], of pictures, uint8 [N, 3, H, W]."""

    def normalise(shown: Tensor) -> Tensor:
        return vgg_face.prepare(shown, params.image_size, params.colours)

    return normalise


def preprocessing(params: NetParams) -> str:
    """Say in a line what `normaliser` does."""
    return f"middle {params.image_size}, {params.colours}, mean {vgg_face.MEAN}"


def asked(params: NetParams) -> dict[str, str]:
    """Return which network it is and how it is shown pictures, as the notes of features tell it."""
    names = ("weights", "width", "colours", "image_size")
    return {name: str(getattr(params, name)) for name in names}
