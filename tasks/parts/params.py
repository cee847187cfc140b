"""Parameters that several tasks share, with the ranges that hold for all of them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, model_validator

EncoderName = Literal["vgg16", "vgg19", "resnet50"]
ResnetForm = Literal["keras", "torchvision"]
MaskedDataset = Literal["lfw", "helen"]
Pretrain = Literal["control", "gender"]

# All three encoders halve the image five times.
ImageSize = Annotated[int, Field(ge=32, le=1024, multiple_of=32)]

# What a study calls weights that somebody has published: all are of networks as they are printed.
PUBLISHED_WEIGHTS = frozenset({"imagenet", "vgg_face", "vggface2"})


def _fits_weights(width: float, info: ValidationInfo) -> float:
    given = info.data.get("weights")
    if width != 1 and given in PUBLISHED_WEIGHTS:
        raise ValueError(
            f"`{width:g}` does not fit `weights: {given}`, which are published for `width: 1` alone: "
            "write `weights: none`, or leave out `width`"
        )
    return width


# Which share of the printed channels a network has; in a model it stands below `weights`. 1 is left out of
# what names a trial: what was trained before there was a width is of width 1, and is not trained again.
Width = Annotated[
    float, Field(gt=0, le=1, exclude_if=lambda width: width == 1), AfterValidator(_fits_weights)
]


class TaskParams(BaseModel):
    """Base of all task parameters: unknown names are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# How a training computes is left out of what names a trial where it is as in the papers.
Amp = Annotated[Literal["off", "bf16", "fp16"], Field(exclude_if=lambda amp: amp == "off")]
Switch = Annotated[bool, Field(exclude_if=lambda on: not on)]


class PrecisionParams(TaskParams):
    """In which numbers and how networks compute; the defaults are the float32 of the papers' cards."""

    # Not in the papers: automatic mixed precision, the networks in 16 bits and everything else in 32
    amp: Amp = "off"
    # Not in the papers: pictures with their channels side by side, which the 16-bit units of GPUs want
    channels_last: Switch = False
    # Not in the papers: matrix products and convolutions of GPUs with numbers of 19 bits
    tf32: Switch = False
    # Not in the papers: networks are compiled by torch.compile, which takes a minute or two at the beginning
    compile: Switch = False


class FusedParams(PrecisionParams):
    """The same, of trainings whose optimizer torch has in one kernel: SGD and Adam."""

    # Not in the papers: one kernel changes all weights in a step
    fused: Switch = False


class EncoderParams(PrecisionParams):
    """Which encoder, and where its weights come from."""

    encoder: EncoderName = "vgg16"
    # "imagenet" (torchvision's weights), "none" (seeded random), or a path to a .pth or .safetensors file
    weights: str = Field(default="imagenet", min_length=1)
    # Not in the thesis, whose networks have all their channels
    width: Width = 1
    # The thesis used ResNet-50 as Keras 2.1 has it, with convolution biases and strides in the first 1x1:
    # the ImageNet weights are torchvision's, and what they are weights of is torchvision's form
    resnet_form: ResnetForm = "torchvision"
    # Section 4.1: all images resized to 224 by 224 pixels
    image_size: ImageSize = 224

    @model_validator(mode="after")
    def _fits_form(self) -> Self:
        if (self.encoder, self.weights, self.resnet_form) == ("resnet50", "imagenet", "keras"):
            raise ValueError(
                "`resnet_form: keras` does not fit `weights: imagenet`, which are of torchvision's form: in "
                "that of Keras they would compute something else. Leave out `resnet_form`, or write "
                "`weights: none` or a file of that form"
            )
        return self
