"""Train the segmentation decoder on a frozen encoder's stored features (Lindström, sections 3.1 and 4.6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from tasks.parts.params import EncoderName, ImageSize, MaskedDataset, Pretrain, TaskParams

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor, nn

    from tasks.data.images import Pixels
    from tasks.nets.decoder import Decoder
    from tasks.parts.context import Context
    from tasks.parts.features import Features
    from tasks.parts.pictures import Pictures
    from tasks.parts.prediction import Predictor, Trained
    from tasks.parts.training import State

VERSION: int = 1
PRELOAD: tuple[str, ...] = (
    "torch",
    "torchvision",
    "tasks.nets.decoder",
    "tasks.parts.pictures",
    "tasks.parts.training",
)


class Params(TaskParams):
    """What can be changed; the defaults are the thesis."""

    # These three say which features are read; they are checked against the need `features`
    encoder: EncoderName = "vgg16"
    pretrain: Pretrain = "control"
    dataset: MaskedDataset = "lfw"
    # Section 4.6: with or without hair in the face mask
    hair: bool = True
    # Section 4.2
    image_size: ImageSize = 224
    # Section 4.6
    batch_size: int = Field(default=200, ge=1)
    # Section 4.4: RMSprop with this rate and decay rate; epsilon is the default of Keras
    lr: float = Field(default=1e-4, gt=0)
    rho: float = Field(default=0.9, ge=0, lt=1)
    eps: float = Field(default=1e-7, gt=0)
    # Section 3.1: L2 on the 1x1 convolution; the factor is not said
    l2: float = Field(default=1e-4, ge=0)
    # Section 4.6: stop when the validation IoU has not risen for 50 epochs, or after 20 hours
    patience: int = Field(default=50, ge=1)
    hours: float = Field(default=20, gt=0)
    # Not in the thesis: an end for a training that never stops improving
    max_epochs: int = Field(default=10_000, ge=1)
    # Sections 4.2 and 4.3 give the counts of a 90/10 split; `official` takes the dataset's own lists
    split: Literal["random90", "official"] = "random90"
    # For resnet50 only (VGG always keeps its grid): `gap` averages the grid as written, `grid` keeps it
    decoder_input: Literal["gap", "grid"] = "gap"


def run(params: Params, context: Context) -> dict[str, float]:
    """Train, write the decoder, its masks and `overlay.png`, and return the metrics of the best epoch."""
    import torch
    from safetensors.torch import save_file

    from tasks.nets.decoder import section_3_3
    from tasks.parts import features, pictures, predictions, seeding

    seeding.seed_all(context.seed)
    stored = features.read(context.need("features") / "features.safetensors")
    shown = pictures.read(context.need("pictures"))
    check_features(stored, shown, params)
    faces = make_segmentation_set(stored, shown, params, context.seed)

    decoder, outcome = train_decoder(faces, params, context)

    save_file(
        {name: tensor.cpu() for name, tensor in decoder.state_dict().items()},
        context.artifact("decoder.safetensors"),
    )
    predicted = torch.cat([logits > 0 for logits in predict(decoder, faces, params)]).cpu()
    masks = faces.masks[faces.val].cpu()
    names = [shown.names[row] for row in faces.val.tolist()]
    predictions.write(context.artifact("predictions.npz"), names, predicted, masks)
    examples = [shown.picture(row) for row in faces.val.tolist()[: predictions.SHOWN]]
    predictions.draw_overlay(context.artifact("overlay.png"), examples, predicted, masks)
    best = {name: value for name, value in outcome.best.items() if name.startswith("val_")}
    return {
        **best,
        "untrained_val_iou": outcome.untrained["val_iou"],
        "best_epoch": outcome.best_epoch,
        "epochs": outcome.epoch,
        "train_images": len(faces.train),
        "val_images": len(faces.val),
        **section_3_3(),
        "random_weights": float(stored.notes["random_weights"]),
        **shown.counts,
    }


@dataclass(frozen=True, slots=True)
class SegmentationSet:
    """Features and masks row by row, and which rows train and validate."""

    features: Tensor  # float [N, C, G, G] on the device; [N, C, 1, 1] for a decoder that averages the grid
    masks: Tensor  # bool [N, 1, S, S] on the device
    train: Tensor  # int64, rows
    val: Tensor  # int64, rows


def check_features(stored: Features, shown: Pictures, params: Params) -> None:
    """Raise ValueError if the features are of another encoder, of other pictures or of another size."""
    from tasks.nets.encoders import STRIDE

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


def make_segmentation_set(stored: Features, shown: Pictures, params: Params, seed: int) -> SegmentationSet:
    """Read the masks and split the pictures; everything goes to the device once, it is small."""
    import torch

    from tasks.parts import face_masks, seeding

    masks = shown.mask_batch(face_masks.mask_name(hair=params.hair), torch.arange(len(shown.names)))
    train, val = face_masks.split_rows(shown, rule=params.split, seed=seed)
    values = stored.values.float()
    if decoder_input(params) == "gap":
        values = values.mean(dim=(2, 3), keepdim=True)  # once instead of in every epoch
    device = seeding.pick_device()
    return SegmentationSet(values.to(device), masks.to(device), train, val)


def decoder_input(params: Params) -> Literal["gap", "grid"]:
    """Return what the decoder sees; VGG has no average pooling (figure 3.1)."""
    return params.decoder_input if params.encoder == "resnet50" else "grid"


def train_decoder(faces: SegmentationSet, params: Params, context: Context) -> tuple[Decoder, State]:
    """Train; the decoder ends with the weights of the epoch with the best validation IoU."""
    import torch

    from tasks.nets.decoder import Decoder
    from tasks.parts import losses
    from tasks.parts.training import Goal, Recipe, Training, train

    decoder = Decoder(
        faces.features.shape[1], decoder_input=decoder_input(params), image_size=params.image_size
    ).to(faces.features.device)

    def loss(indices: Tensor) -> dict[str, Tensor]:
        rows = faces.train[indices]
        logits = decoder(faces.features[rows])
        bce = losses.pixel_bce(logits, faces.masks[rows])
        return {"loss": bce + losses.l2_penalty(decoder.score.weight, params.l2)}

    recipe = Recipe(
        samples=len(faces.train),
        batch_size=params.batch_size,
        max_epochs=params.max_epochs,
        keep=Goal(metric="val_iou", better="higher"),
        stop=Goal(metric="val_iou", better="higher"),
        patience=params.patience,
        hours=params.hours,
    )
    training = Training(
        model=decoder,
        optimizer=torch.optim.RMSprop(decoder.parameters(), lr=params.lr, alpha=params.rho, eps=params.eps),
        loss=loss,
        validate=lambda: validate(decoder, faces, params),
        recipe=recipe,
    )
    return decoder, train(training, context)


def validate(decoder: nn.Module, faces: SegmentationSet, params: Params) -> dict[str, float]:
    """Return `val_loss` (cross-entropy without the L2 term) and the IoUs of the validation pictures."""
    import torch

    from tasks.parts import losses
    from tasks.parts.metrics import Overlap

    overlap, loss_sum = Overlap(), 0.0
    batches = torch.split(faces.val, params.batch_size)
    for rows, logits in zip(batches, predict(decoder, faces, params), strict=True):
        masks = faces.masks[rows]
        overlap.add(logits.sigmoid(), masks)
        loss_sum += float(losses.pixel_bce(logits, masks)) * len(rows)
    return {"val_loss": loss_sum / len(faces.val), **overlap.metrics()}


def predict(decoder: nn.Module, faces: SegmentationSet, params: Params) -> Iterator[Tensor]:
    """Yield the logits of the validation pictures in batches, float [B, 1, S, S]."""
    import torch

    for rows in torch.split(faces.val, params.batch_size):
        with torch.no_grad():
            yield decoder(faces.features[rows])


def predictor(trained: Trained) -> Predictor:
    """Return what masks the face of a picture, with the encoder that the decoder was trained on."""
    import torch
    from safetensors.torch import load_file
    from torch.nn.functional import interpolate

    from tasks import encode
    from tasks.data.images import resize_rgb
    from tasks.nets.decoder import Decoder
    from tasks.nets.encoders import ARCHITECTURES
    from tasks.parts import images, seeding
    from tasks.parts.prediction import Prediction, cut_out

    params, encoding = Params.model_validate(trained.params), trained.needs["features"]
    asked = encode.Params.model_validate(encoding.params)
    encoder, _ = encode.make_encoder(asked, encoding)
    channels = ARCHITECTURES[params.encoder].channels_at(asked.width)
    decoder = Decoder(channels, decoder_input=decoder_input(params), image_size=params.image_size)
    decoder.load_state_dict(load_file(trained.artifacts / "decoder.safetensors"))
    device = seeding.pick_device()
    model = torch.nn.Sequential(encoder, decoder).eval().to(device)

    def answer(picture: Pixels) -> Prediction:
        shown = torch.from_numpy(resize_rgb(picture, params.image_size)).permute(2, 0, 1).unsqueeze(0)
        with torch.no_grad():
            logits = interpolate(model(images.scale(shown.to(device))), picture.shape[:2], mode="bilinear")
        mask = (logits[0, 0] > 0).cpu().numpy()
        return Prediction(mask=mask, cutout=cut_out(picture, mask))

    return answer
