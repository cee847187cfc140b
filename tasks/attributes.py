"""Retrain the last layers of VGG-Face for one or several facial attributes (Maricalva, sections 5 to 7).

Several attributes are one choice among the combinations that can be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from tasks.nets import vgg_face_weights, weights
from tasks.parts.params import ImageSize, TaskParams, Width

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor
    from torch.optim import Optimizer

    from tasks.data.images import Pixels
    from tasks.parts.context import Context
    from tasks.parts.pictures import Pictures
    from tasks.parts.prediction import Predictor, Trained
    from tasks.parts.product_classes import ProductClasses
    from tasks.parts.retrained import Retrained
    from tasks.parts.training import State

VERSION: int = 1
PRELOAD: tuple[str, ...] = (
    "torch",
    "torchvision",
    "tasks.nets.vgg_face",
    "tasks.parts.retrained",
    "tasks.parts.training",
)

# Pictures that a random start is calibrated on.
CALIBRATED = 64


class Params(TaskParams):
    """What can be changed; the defaults are the thesis's network for one attribute."""

    # Section 5: Male, Young, Mustache, Wearing_Lipstick, in any number
    attributes: tuple[str, ...] = Field(default=("Male",), min_length=1, max_length=8)
    # Section 6.2: the fully connected layers, or these and the convolutions from conv4_1 on
    trains: Literal["fc", "conv4"] = "fc"
    # "vgg_face" (the published weights), "none" (seeded random), or a path to a .pth or .safetensors file
    weights: str = Field(default="vgg_face", min_length=1)
    # Not in the thesis: the share of figure 8's channels that the convolutions have
    width: Width = 1
    # What the weights want. Section 4.2 says rgb; the Caffe and Torch releases want blue first
    colours: Literal["bgr", "rgb"] = "bgr"
    # Section 4.2: 224; the middle is cut out of the prepared 240 of section 6.1
    image_size: ImageSize = 224
    # Figure 8; fewer only fit a random start
    fc_units: int = Field(default=4096, ge=8)
    # Section 3.1.1
    dropout: float = Field(default=0.5, ge=0, lt=1)
    # Section 7 lists a momentum, section 3.2 says that Adam made most of the work: both are there
    optimizer: Literal["sgd", "adam"] = "sgd"
    # Section 7: 1e-3, GenAge 1e-5, Multi4 1e-6; convolutions a hundredth of it
    lr: float = Field(default=1e-3, gt=0)
    conv_lr_factor: float = Field(default=1e-2, gt=0)
    # Section 7; with Adam it is beta 1
    momentum: float = Field(default=0.9, ge=0, lt=1)
    weight_decay: float = Field(default=1e-5, ge=0)
    # Section 7: step down after each 33 % of the iterations; the factor is the default of DIGITS
    step_share: float = Field(default=0.33, gt=0, le=1)
    gamma: float = Field(default=0.1, gt=0, le=1)
    # Not in the thesis: the default of DIGITS
    epochs: int = Field(default=30, ge=1)
    # Not in the thesis: what a card of 4 GB (section 8) can hold
    batch_size: int = Field(default=32, ge=1)
    # Not in the thesis: how the frozen layers' output is kept, and up to which size (all of CelebA: 9.5 GiB)
    stored_as: Literal["float16", "float32"] = "float16"
    stored_gib: float = Field(default=24.0, ge=0)


def missing(params: Params, data: Path | None) -> list[str]:  # noqa: ARG001  one signature for all tasks
    """Return a message about the weight file, if it is not there."""
    return vgg_face_weights.VGG_FACE.missing(params.weights)


def run(params: Params, context: Context) -> dict[str, float]:
    """Train, write the network and what it gets wrong, and return the metrics of the best epoch."""
    from tasks.nets import vgg_face
    from tasks.parts import attribute_scores, misclassified, pictures, relu_monitor, seeding

    seeding.seed_all(context.seed)
    faces = make_face_set(pictures.read(context.need("pictures")), params)
    net = make_network(faces, params, context)
    outcome = tune(net, faces, params, context)

    net.save(context.artifact("attributes.safetensors"), {"prepared_size": str(faces.shown.sizes[0][0])})
    with relu_monitor.watch(net.trained) as watched:
        logits = net.predict(faces.test, context)
    truth = faces.labels[faces.test]
    errors = misclassified.find(faces.classes, logits, truth)
    names = [faces.shown.names[row] for row in faces.test.tolist()]
    misclassified.write(context.artifact("misclassified.csv"), names, errors)
    misclassified.draw(
        context.artifact("misclassified.png"),
        errors,
        lambda place: faces.shown.picture(int(faces.test[place])),
    )
    # Large (9.5 GiB at full size) and of no use to anyone else.
    (context.checkpoint / "frozen.safetensors").unlink(missing_ok=True)
    return {
        **outcome.best,
        **attribute_scores.score(faces.classes, logits, truth, "test"),
        **attribute_scores.chance(faces.classes, truth),
        **watched.dead_shares(),
        **describe(faces),
        "untrained_val_acc": outcome.untrained["val_acc"],
        "best_epoch": outcome.best_epoch,
        "epochs": outcome.epoch,
        "timing_minutes_per_epoch": outcome.seconds / 60 / outcome.epoch,
        "random_weights": float(params.weights == weights.NONE),
        "parameters_trained": vgg_face.parameters_trained(len(faces.classes), params.trains),
        **vgg_face.figure_8(),
        **faces.shown.counts,
    }


@dataclass(frozen=True, slots=True)
class FaceSet:
    """Prepared pictures, their attributes and classes, and the rows of the three parts."""

    shown: Pictures
    classes: ProductClasses
    labels: Tensor  # int64 [N, A], 0 or 1
    targets: Tensor  # int64 [N], -1 for a combination without a class
    train: Tensor  # int64, rows; all with a class
    val: Tensor  # int64, rows; like test with every combination
    test: Tensor


def make_face_set(shown: Pictures, params: Params) -> FaceSet:
    """Take the prepared split; training leaves out the combinations without a class (section 5)."""
    import torch

    from tasks.parts import product_classes

    classes = product_classes.make(params.attributes)
    if absent := [name for name in params.attributes if name not in shown.labels]:
        raise ValueError(
            f"these pictures have no label `{absent[0]}`; they have: {', '.join(shown.labels)}\n"
            "hint: name it in `attributes` of the stage that prepares them"
        )
    labels = torch.stack([shown.labels[name] for name in params.attributes], dim=1)
    targets = classes.encode(labels)
    train = shown.part("train")
    train = train[targets[train] != product_classes.NO_CLASS]
    return FaceSet(shown, classes, labels, targets, train, shown.part("val"), shown.part("test"))


def make_network(faces: FaceSet, params: Params, context: Context) -> Retrained:
    """Build the network with its starting weights; run the frozen part once if its output may be kept."""
    from tasks.nets import vgg_face
    from tasks.parts import seeding
    from tasks.parts.retrained import Retrained

    check_size(faces.shown, params)
    device = seeding.pick_device()

    def normalise(shown: Tensor) -> Tensor:
        return vgg_face.prepare(shown, params.image_size, params.colours)

    net = vgg_face.build(
        len(faces.classes),
        image_size=params.image_size,
        units=params.fc_units,
        dropout=params.dropout,
        width=params.width,
    )
    given = vgg_face_weights.read(params.weights)
    vgg_face.start(net, given, seed=context.seed, origin=params.weights)
    net.to(device)
    if given is None:
        vgg_face.calibrate(net, normalise(faces.shown.batch(faces.train[:CALIBRATED]).to(device)))
    frozen, trained = vgg_face.cut(net, params.trains)
    made = Retrained(
        frozen=frozen,
        trained=trained,
        shown=faces.shown,
        normalise=normalise,
        batch_size=params.batch_size,
    )
    if made.bytes_of_output(params.stored_as) > params.stored_gib * 2**30:
        return made
    return made.keep(
        context.checkpoint / "frozen.safetensors",
        preprocessing=f"middle {params.image_size}, {params.colours}, mean {vgg_face.MEAN}",
        dtype=params.stored_as,
        context=context,
    )


def check_size(shown: Pictures, params: Params) -> None:
    """Raise ValueError unless the pictures are squares that the network's input can be cut out of."""
    side = shown.sizes[0][0]
    shown.check_side(side)
    if side < params.image_size:
        raise ValueError(
            f"these pictures have {side} pixels, the network wants {params.image_size}\n"
            "hint: prepare them larger, or set `image_size` to a smaller multiple of 32"
        )


def tune(net: Retrained, faces: FaceSet, params: Params, context: Context) -> State:
    """Train for all epochs; the network ends with the weights of the lowest validation loss."""
    import torch

    from tasks.nets import vgg_face
    from tasks.parts import attribute_scores, losses, relu_monitor, seeding
    from tasks.parts.training import Goal, Recipe, Training, train

    device = seeding.pick_device()

    def load(indices: Tensor, _epoch: int) -> tuple[Tensor, Tensor]:
        rows = faces.train[indices]
        return net.load(rows), faces.targets[rows]

    def loss(batch: tuple[Tensor, Tensor]) -> dict[str, Tensor]:
        logits, targets = net.logits(batch[0]), batch[1].to(device)
        right = (logits.argmax(dim=1) == targets).double().mean()
        return {"loss": losses.class_cross_entropy(logits, targets), "acc": right}

    def validate() -> dict[str, float]:
        with relu_monitor.watch(net.trained) as watched:
            logits = net.predict(faces.val, context)
        scores = attribute_scores.score(faces.classes, logits, faces.labels[faces.val], "val")
        return {**scores, **watched.dead_shares()}

    groups = [
        {"params": vgg_face.layers_of(net.trained, "fc"), "lr": params.lr},
        {"params": vgg_face.layers_of(net.trained, "conv"), "lr": params.lr * params.conv_lr_factor},
    ]
    optimizer = make_optimizer([group for group in groups if group["params"]], params)
    steps = params.epochs * -(-len(faces.train) // params.batch_size)
    best = Goal(metric="val_loss", better="lower")  # the thesis does not say which epoch it evaluates
    training = Training(
        model=net.trained,
        optimizer=optimizer,
        loss=loss,
        load=load,
        validate=validate,
        recipe=Recipe.all_epochs(
            params.epochs, samples=len(faces.train), batch_size=params.batch_size, keep=best
        ),
        schedule=torch.optim.lr_scheduler.StepLR(
            optimizer, step_size=max(1, round(params.step_share * steps)), gamma=params.gamma
        ),
        schedule_each="step",
    )
    return train(training, context)


def make_optimizer(groups: list[dict[str, Any]], params: Params) -> Optimizer:
    """Return SGD with momentum, or Adam with the same number as beta 1."""
    import torch

    if params.optimizer == "adam":
        betas = (params.momentum, 0.999)
        return torch.optim.Adam(groups, lr=params.lr, betas=betas, weight_decay=params.weight_decay)
    return torch.optim.SGD(groups, lr=params.lr, momentum=params.momentum, weight_decay=params.weight_decay)


def describe(faces: FaceSet) -> dict[str, float]:
    """Return the sizes of the parts and what of them the classes cannot express."""
    from tasks.parts import product_classes

    def impossible(rows: Tensor) -> int:
        return int((faces.targets[rows] == product_classes.NO_CLASS).sum())

    train = faces.shown.part("train")
    return {
        "classes": len(faces.classes),
        "combinations": faces.classes.combinations,
        "train_images": len(faces.train),
        "val_images": len(faces.val),
        "test_images": len(faces.test),
        "impossible_train_images": impossible(train),
        "impossible_train_share": impossible(train) / len(train),
        "impossible_test_images": impossible(faces.test),
    }


def predictor(trained: Trained) -> Predictor:
    """Return what gives each attribute's probability; the picture is taken for one cut to its face."""
    import torch
    from safetensors import safe_open

    from tasks.data.images import resize_rgb
    from tasks.nets import vgg_face
    from tasks.parts import product_classes, seeding
    from tasks.parts.prediction import Prediction

    params = Params.model_validate(trained.params)
    classes = product_classes.make(params.attributes)
    net = vgg_face.build(
        len(classes), image_size=params.image_size, units=params.fc_units, width=params.width
    )
    with safe_open(trained.artifacts / "attributes.safetensors", framework="pt") as file:
        net.load_state_dict({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118  no mapping
        prepared_size = int(file.metadata()["prepared_size"])
    device = seeding.pick_device()
    net.eval().to(device)

    def answer(picture: Pixels) -> Prediction:
        shown = torch.from_numpy(resize_rgb(picture, prepared_size)).permute(2, 0, 1).unsqueeze(0)
        with torch.no_grad():
            logits = net(vgg_face.prepare(shown.to(device), params.image_size, params.colours)).cpu()
        chances = classes.marginals(logits.double().softmax(dim=1))[0].tolist()
        scores = zip(params.attributes, chances, strict=True)
        return Prediction(scores={name: {"no": 1 - chance, "yes": chance} for name, chance in scores})

    return answer
