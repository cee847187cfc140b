"""Parameters that several tasks share, with the ranges that hold for all of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

EncoderName = Literal["vgg16", "vgg19", "resnet50"]
ResnetForm = Literal["keras", "torchvision"]
MaskedDataset = Literal["lfw", "helen"]
Pretrain = Literal["control", "gender"]

# All three encoders halve the image five times.
ImageSize = Annotated[int, Field(ge=32, le=1024, multiple_of=32)]


class TaskParams(BaseModel):
    """Base of all task parameters: unknown names are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class EncoderParams(TaskParams):
    """Which encoder, and where its weights come from."""

    encoder: EncoderName = "vgg16"
    # "imagenet" (torchvision's weights), "none" (seeded random), or a path to a .pth or .safetensors file
    weights: str = Field(default="imagenet", min_length=1)
    # The thesis used Keras 2.1; its ResNet-50 has convolution biases and strides in the first 1x1.
    resnet_form: ResnetForm = "keras"
    # Section 4.1: all images resized to 224 by 224 pixels
    image_size: ImageSize = 224
