"""Train the segmentation decoder on a frozen encoder's stored features (Lindström, sections 3.1 and 4.6).

`whole.py` is the same with an encoder that is trained, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F

from tasks import encode
from tasks.data.images import resize_rgb
from tasks.nets.decoder import Decoder, section_3_3
from tasks.nets.encoders import ARCHITECTURES, STRIDE
from tasks.parts import (
    face_masks,
    features,
    images,
    lockstep,
    losses,
    pictures,
    precision,
    predictions,
    seeding,
)
from tasks.parts.context import asking
from tasks.parts.lockstep import Once, Training
from tasks.parts.metrics import Overlap, hard_iou
from tasks.parts.prediction import Prediction, cut_out
from tasks.parts.training import Loop, highest
from tasks.segment import LOCKSTEP, Params

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch.nn import Parameter

    from tasks.data.images import Pixels
    from tasks.parts.context import Asked, Context
    from tasks.parts.lockstep import Ended
    from tasks.parts.prediction import Predictor, Trained


def run(params: Params, context: Context) -> dict[str, float]:
    """Train, write the decoder, its masks and `overlay.png`, and return the metrics of the best epoch."""
    training = begin(params, context, Once())
    for epoch in training.loop:  # epoch 0 has no minibatches: it measures the untrained decoder
        for given in training.minibatches(epoch):
            found = training.measured(given)
            training.loop.descend(found["loss"])
            epoch.record(**found)
        epoch.end(training.validate())
    return training.finish()


def run_together(
    params: Sequence[Params], contexts: Sequence[Context], *, stack: bool | None = None
) -> Iterator[tuple[int, Ended]]:
    """Train several at once; yield the place of each as it ends, with its metrics or what ended it."""
    return lockstep.train(begin, params, contexts, may_differ=LOCKSTEP, stack=stack)


def begin(params: Params, context: Context, once: Once) -> Training:
    """Read features and pictures and build the decoder; trainings share all but the split."""
    seeding.seed_all(context.seed)
    precision.set_tf32(params)
    needed = context.need("features"), context.need("pictures")
    stored = once.made(("features", needed), lambda: features.read(needed[0] / "features.safetensors"))
    shown = once.made(("pictures", needed), lambda: pictures.read(needed[1]))
    check_features(stored, shown, params)
    faces = make_segmentation_set(stored, shown, params, context.seed, once)
    decoder = make_decoder(faces.features.shape[1], params).to(faces.features.device)
    decoder = precision.prepare(decoder, params)
    loop = make_loop(decoder, faces, params, context)
    return Training(
        loop=loop,
        inputs=(faces.features, faces.masks),
        measure=measure,
        factors=(params.l2,),
        validate=lambda: validate(decoder, faces, params, asked=loop),
        finish=lambda: finish(loop, faces, shown, params),
    )


@dataclass(frozen=True, slots=True)
class SegmentationSet:
    """Features and masks row by row, and which rows train and validate."""

    features: Tensor  # float [N, C, G, G] on the device; [N, C, 1, 1] for a decoder that averages the grid
    masks: Tensor  # bool [N, 1, S, S] on the device
    train: Tensor  # int64, rows
    val: Tensor  # int64, rows
    random_weights: float  # 1 where the encoder started from random weights


def check_features(stored: features.Features, shown: pictures.Pictures, params: Params) -> None:
    """Raise ValueError if the features are of another encoder, of other pictures or of another size."""
    given = params.model_dump(include={"encoder", "pretrain", "dataset", "image_size"})
    noted = {name: stored.notes[name] for name in ("encoder", "pretrain", "dataset")}
    found = {**noted, "image_size": stored.values.shape[-1] * STRIDE}
    if given != found:
        raise ValueError(
            f"this stage asks for {given}, its features are {found}\nhint: give both stages the same"
        )
    if shown.digest != stored.notes["data"]:
        raise ValueError(
            f"`features` and `pictures` of this stage go back to different pictures of {params.dataset}\n"
            "hint: let both stages need the same preparation"
        )


def make_segmentation_set(
    stored: features.Features, shown: pictures.Pictures, params: Params, seed: int, once: Once
) -> SegmentationSet:
    """Read the masks and split the pictures; everything goes to the device once, it is small."""
    device = seeding.pick_device()

    def read_features() -> Tensor:
        values = stored.values.float()
        if decoder_input(params) == "gap":
            values = values.mean(dim=(2, 3), keepdim=True)  # once instead of in every epoch
        return values.to(device)

    def read_masks() -> Tensor:
        every_row = torch.arange(len(shown.names))
        return shown.mask_batch(face_masks.mask_name(hair=params.hair), every_row).to(device)

    train, val = face_masks.split_rows(shown, rule=params.split, seed=seed)
    return SegmentationSet(
        features=once.made(("values", stored.key), read_features),
        masks=once.made(("masks", shown.digest), read_masks),
        train=train,
        val=val,
        random_weights=float(stored.notes["random_weights"]),
    )


def make_decoder(channels: int, params: Params) -> Decoder:
    """Return an untrained decoder for features of so many channels."""
    return Decoder(
        channels,
        decoder_input=decoder_input(params),
        image_size=params.image_size,
        fc_units=params.fc_units,
    )


def decoder_input(params: Params) -> Literal["gap", "grid"]:
    """Return what the decoder sees; VGG has no average pooling (figure 3.1)."""
    return params.decoder_input if params.encoder == "resnet50" else "grid"


def make_optimizer(weights: Iterator[Parameter], params: Params) -> torch.optim.Optimizer:
    """Return RMSprop, or the SGD that section 4.4 left for it."""
    if params.optimizer == "sgd":
        return torch.optim.SGD(weights, lr=params.lr, momentum=params.momentum)
    return torch.optim.RMSprop(weights, lr=params.lr, alpha=params.rho, eps=params.eps)


def make_loop(model: nn.Module, faces: SegmentationSet, params: Params, context: Context) -> Loop:
    """Return the loop; after it the model has the weights of the epoch with the best validation IoU."""
    return Loop(
        model=model,
        optimizer=make_optimizer(model.parameters(), params),
        context=context,
        rows=faces.train,
        batch_size=params.batch_size,
        max_epochs=params.max_epochs,
        keep=highest("val_iou"),
        patience=params.patience,
        hours=params.hours,
        amp=params.amp,
    )


def measure(decoder: Decoder, grid: Tensor, masks: Tensor, l2: Tensor | float) -> Tensor:
    """Return the loss of some pictures: cross-entropy, and L2 on the 1x1 convolution."""
    return losses.pixel_bce(decoder(grid), masks) + losses.l2_penalty(decoder.score.weight, l2)


def validate(decoder: nn.Module, faces: SegmentationSet, params: Params, asked: Asked) -> dict[str, float]:
    """Return `val_loss` (cross-entropy without the L2 term) and the IoUs of the validation pictures."""
    overlap, loss_sum = Overlap(), 0.0
    for rows, logits in predict(decoder, faces, params, asked):
        masks = faces.masks[rows]
        overlap.add(logits.sigmoid(), masks)
        loss_sum += float(losses.pixel_bce(logits, masks)) * len(rows)
    return {"val_loss": loss_sum / len(faces.val), **overlap.metrics()}


@torch.no_grad()
def predict(
    decoder: nn.Module, faces: SegmentationSet, params: Params, asked: Asked
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield rows and logits, float [B, 1, S, S], of the validation pictures; InterruptedError to stop."""
    for rows in asking(asked, torch.split(faces.val, params.batch_size)):
        yield rows, decoder(faces.features[rows])


def finish(
    loop: Loop, faces: SegmentationSet, shown: pictures.Pictures, params: Params, *, name: str = "decoder"
) -> dict[str, float]:
    """Write the model under its name, its masks and `overlay.png`, and return the result."""
    model, context, outcome = loop.model, loop.context, loop.state
    weights = {key: tensor.cpu().contiguous() for key, tensor in model.state_dict().items()}
    save_file(weights, context.artifact(f"{name}.safetensors"))
    predicted = torch.cat([logits > 0 for _, logits in predict(model, faces, params, context)]).cpu()
    masks = faces.masks[faces.val].cpu()
    names = [shown.names[row] for row in faces.val.tolist()]
    predictions.write_scores(context.artifact("pictures.csv"), names, val_iou=hard_iou(predicted, masks))
    predictions.write(context.artifact("predictions.npz"), names, predicted, masks)
    examples = [shown.picture(row) for row in faces.val.tolist()[: predictions.SHOWN]]
    predictions.draw_overlay(context.artifact("overlay.png"), examples, predicted, masks)
    return {
        **{name: value for name, value in outcome.best.items() if name.startswith("val_")},
        "untrained_val_iou": outcome.untrained["val_iou"],
        "best_epoch": outcome.best_epoch,
        "epochs": outcome.epoch,
        "train_images": len(faces.train),
        "val_images": len(faces.val),
        **section_3_3(),
        **outcome.timing(),
        "random_weights": faces.random_weights,
        **shown.counts,
    }


def predictor(trained: Trained) -> Predictor:
    """Return what masks the face of a picture, with the encoder that the decoder was trained on."""
    params, encoding = Params.model_validate(trained.params), trained.needs["features"]
    asked = encode.Params.model_validate(encoding.params)
    encoder, _ = encode.make_encoder(asked, encoding)
    decoder = make_decoder(ARCHITECTURES[params.encoder].channels_at(asked.width), params)
    decoder.load_state_dict(load_file(trained.artifacts / "decoder.safetensors"))
    return masking(nn.Sequential(encoder, decoder), params)


def masking(network: nn.Module, params: Params) -> Predictor:
    """Return what masks the face of a picture with a network from scaled pictures to logits."""
    device = seeding.pick_device()
    network.eval().to(device)

    def answer(picture: Pixels) -> Prediction:
        shown = images.stack([resize_rgb(picture, params.image_size)])
        with torch.no_grad():
            logits = network(images.scale(shown.to(device)))
            logits = F.interpolate(logits, picture.shape[:2], mode="bilinear")
        mask = (logits[0, 0] > 0).cpu().numpy()
        return Prediction(mask=mask, cutout=cut_out(picture, mask))

    return answer
