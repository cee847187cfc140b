"""Retrain the last layers of VGG-Face for one or several facial attributes (Maricalva, sections 5 to 7).

Several attributes are one choice among the combinations that can be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from safetensors import safe_open
from torch import Tensor, nn

from tasks.attributes import Params, activations, frozen
from tasks.data.images import resize_rgb
from tasks.nets import vgg_face, weights
from tasks.parts import (
    attribute_scores,
    images,
    losses,
    misclassified,
    pictures,
    precision,
    product_classes,
    relu_monitor,
    seeding,
)
from tasks.parts.prediction import Prediction
from tasks.parts.retrained import Retrained
from tasks.parts.training import Loop, lowest

if TYPE_CHECKING:
    from tasks.data.images import Pixels
    from tasks.parts.context import Asked, Context
    from tasks.parts.prediction import Predictor, Trained


def run(params: Params, context: Context) -> dict[str, float]:
    """Train, write the network and what it gets wrong, and return the metrics of its epochs and of the test.

    `val_loss` and the like are of the epoch where that is lowest, `final_...` of the last one; `result_epoch`
    is that of the network, which all the `test_...` are about.
    """
    seeding.seed_all(context.seed)
    precision.set_tf32(params)
    faces = make_face_set(pictures.read(context.need("pictures")), params)
    net = make_network(faces, params, context)

    loop = train(net, faces, params, context)
    outcome = loop.state

    random_weights = float(params.weights == weights.NONE)
    notes = {"prepared_size": str(faces.shown.sizes[0][0]), "random_weights": str(random_weights)}
    net.save(context.artifact("attributes.safetensors"), notes)
    with relu_monitor.watch(net.trained) as watched:
        logits = net.predict(faces.test, context)
    write_errors(faces, logits, context)
    draw_activations(net, faces, context)
    truth = faces.labels[faces.test]
    return {
        **outcome.best,
        **{
            f"final_{name}": outcome.last[name] for name in ("train_loss", "train_acc", "val_loss", "val_acc")
        },
        **attribute_scores.score(faces.classes, logits, truth, "test"),
        **attribute_scores.chance(faces.classes, truth),
        **watched.dead_shares(),
        **describe(faces),
        "untrained_val_acc": outcome.untrained["val_acc"],
        "best_epoch": outcome.best_epoch,
        "result_epoch": loop.result_epoch,
        "epochs": outcome.epoch,
        "timing_minutes_per_epoch": outcome.seconds / 60 / outcome.epoch,
        **outcome.timing(),
        "timing_hours": outcome.seconds / 3600,
        "random_weights": random_weights,
        "conv_lr": params.lr * params.conv_lr_factor if params.trains == "conv4" else 0.0,
        "parameters_trained": vgg_face.parameters_trained(len(faces.classes), params.trains),
        **vgg_face.figure_8(),
        **faces.shown.counts,
    }


@dataclass(frozen=True, slots=True)
class FaceSet:
    """Prepared pictures, their attributes and classes, and the rows of the three parts."""

    shown: pictures.Pictures
    classes: product_classes.ProductClasses
    labels: Tensor  # int64 [N, A], 0 or 1
    targets: Tensor  # int64 [N], -1 for a combination without a class
    train: Tensor  # int64, rows; all with a class
    val: Tensor  # int64, rows; like test with every combination
    test: Tensor


def make_face_set(shown: pictures.Pictures, params: Params) -> FaceSet:
    """Take the prepared split; training leaves out the combinations without a class (section 5)."""
    classes = product_classes.make(params.attributes)
    labels = shown.labels_of(params.attributes)
    targets = classes.encode(labels)
    train = shown.part("train")
    train = train[targets[train] != product_classes.NO_CLASS]
    return FaceSet(shown, classes, labels, targets, train, shown.part("val"), shown.part("test"))


def make_network(faces: FaceSet, params: Params, context: Context) -> Retrained:
    """Build the network with its starting weights; fully connected layers read what is stored."""
    net = vgg_face.build(
        len(faces.classes),
        image_size=params.image_size,
        units=params.fc_units,
        dropout=params.dropout,
        width=params.width,
    )
    frozen.start(net, faces.shown, params, seed=context.seed, rows=faces.shown.part("train"))
    before, trained = vgg_face.cut(net, params.trains)
    stored = None
    if params.trains == "fc":
        stored = frozen.read_stored(context.need("features"), before, faces.shown, params)
    return Retrained(
        frozen=precision.prepare(before, params),
        # Hooks see which of its units are dead, and a compiled network would pass by them.
        trained=precision.prepare(trained, params.model_copy(update={"compile": False})),
        shown=faces.shown,
        normalise=frozen.normaliser(params),
        batch_size=params.batch_size,
        stored=stored,
    )


def make_optimizer(net: nn.Sequential, params: Params) -> torch.optim.Optimizer:
    """Return SGD with momentum, or Adam with the same number as beta 1; convolutions have their own rate."""
    rates: list[dict[str, Any]] = [
        {"params": vgg_face.layers_of(net, "fc"), "lr": params.lr},
        {"params": vgg_face.layers_of(net, "conv"), "lr": params.lr * params.conv_lr_factor},
    ]
    groups = [group for group in rates if group["params"]]
    if params.optimizer == "adam":
        betas = (params.momentum, 0.999)
        return torch.optim.Adam(
            groups,
            lr=params.lr,
            betas=betas,
            weight_decay=params.weight_decay,
            fused=params.fused or None,
        )
    return torch.optim.SGD(
        groups,
        lr=params.lr,
        momentum=params.momentum,
        weight_decay=params.weight_decay,
        fused=params.fused or None,
    )


def train(net: Retrained, faces: FaceSet, params: Params, context: Context) -> Loop:
    """Train for all epochs; the network ends with the weights of the last, or of the lowest loss."""
    optimizer = make_optimizer(net.trained, params)
    steps = params.epochs * -(-len(faces.train) // params.batch_size)
    schedule = torch.optim.lr_scheduler.StepLR(
        optimizer, step_size=max(1, round(params.step_share * steps)), gamma=params.gamma
    )
    loop = Loop(
        model=net.trained,
        optimizer=optimizer,
        schedule=schedule,
        context=context,
        rows=faces.train,
        batch_size=params.batch_size,
        max_epochs=params.epochs,
        keep=lowest("val_loss"),
        result=params.result,
        amp=params.amp,
    )
    for epoch in loop:  # epoch 0 has no minibatches: it measures the untrained network
        for loaded, targets in epoch.ahead(lambda rows, _epoch: (net.load(rows), faces.targets[rows])):
            logits = net.logits(loaded)
            loss = losses.class_cross_entropy(logits, targets)
            loop.descend(loss)
            schedule.step()
            epoch.record(loss, acc=(logits.argmax(dim=1) == targets).double().mean())
        epoch.end(validate(net, faces, asked=loop))
    return loop


def validate(net: Retrained, faces: FaceSet, asked: Asked) -> dict[str, float]:
    """Return the scores of the validation part, and how many units answered nothing."""
    with relu_monitor.watch(net.trained) as watched:
        logits = net.predict(faces.val, asked)
    scores = attribute_scores.score(faces.classes, logits, faces.labels[faces.val], "val")
    return {**scores, **watched.dead_shares()}


def describe(faces: FaceSet) -> dict[str, float]:
    """Return the sizes of the parts and what of them the classes cannot express."""

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


def write_errors(faces: FaceSet, logits: Tensor, context: Context) -> None:
    """Write and draw the pictures of the test part that the network gets wrong."""
    errors = misclassified.find(faces.classes, logits, faces.labels[faces.test])
    rows = faces.test.tolist()
    names = [faces.shown.names[row] for row in rows]
    misclassified.write(context.artifact("misclassified.csv"), names, errors)
    drawn = context.artifact("misclassified.png")
    misclassified.draw(drawn, errors, lambda place: faces.shown.picture(rows[place]))


def draw_activations(net: Retrained, faces: FaceSet, context: Context) -> None:
    """Draw what each layer answers to the first picture of the test part."""
    first = faces.test[:1]
    layers = [*net.frozen.named_children(), *net.trained.named_children()]
    given = net.normalise(faces.shown.batch(first).to(seeding.pick_device()))
    answers = activations.look(layers, given)
    activations.draw(context.artifact("activations.png"), faces.shown.picture(int(first)), answers)


def predictor(trained: Trained) -> Predictor:
    """Return what gives each attribute's probability; the picture is taken for one cut to its face."""
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
        shown = images.stack([resize_rgb(picture, prepared_size)])
        with torch.no_grad():
            logits = net(vgg_face.prepare(shown.to(device), params.image_size, params.colours)).cpu()
        chances = classes.marginals(logits.double().softmax(dim=1))[0].tolist()
        scores = zip(params.attributes, chances, strict=True)
        return Prediction(scores={name: {"no": 1 - chance, "yes": chance} for name, chance in scores})

    return answer
