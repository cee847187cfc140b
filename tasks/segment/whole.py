"""Train encoder and decoder as one network (Lindström, sections 4.6 and 6.2), beside `train.py`.

The thesis froze the encoder, because with gradients in it the difference between control and gender was gone
after many epochs. Here it starts from the same weights, and nothing can be computed once for all epochs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from tasks import encode
from tasks.nets.encoders import ARCHITECTURES, Encoder
from tasks.parts import face_masks, feeding, images, losses, pictures, precision, seeding
from tasks.segment import EndToEndParams
from tasks.segment.train import SegmentationSet, finish, make_decoder, make_loop, masking, validate

if TYPE_CHECKING:
    from tasks.nets.decoder import Decoder
    from tasks.parts.context import Context
    from tasks.parts.prediction import Predictor, Trained


def run(params: EndToEndParams, context: Context) -> dict[str, float]:
    """Train, write the network, its masks and `overlay.png`, and return the metrics of the best epoch."""
    seeding.seed_all(context.seed)
    precision.set_tf32(params)
    shown = pictures.read(context.need("pictures"))
    shown.check_side(params.image_size)
    encoder, random_weights = encode.make_encoder(encoding(params), context)
    network = make_network(encoder.unfreeze(), params).to(seeding.pick_device())
    network = precision.prepare(network, params)
    faces = make_picture_set(shown, params, context.seed, random_weights)
    loop = make_loop(network, faces, params, context)
    for epoch in loop:  # epoch 0 has no minibatches: it measures the untrained decoder
        for rows in epoch:
            logits = network(feeding.rows_of(faces.features, rows))
            loss = losses.pixel_bce(logits, feeding.rows_of(faces.masks, rows))
            loss = loss + losses.l2_penalty(network.decoder.score.weight, params.l2)
            loop.descend(loss)
            epoch.record(loss)
        epoch.end(validate(network, faces, params, asked=loop))
    return finish(loop, faces, shown, params, name="network")


class Network(nn.Module):
    """Encoder and decoder, from pictures as they are stored to the logits of a mask."""

    def __init__(self, encoder: Encoder, decoder: Decoder) -> None:
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def forward(self, shown: Tensor) -> Tensor:
        """Map pictures, uint8 [N, 3, S, S], to logits, float [N, 1, S, S]."""
        logits: Tensor = self.decoder(self.encoder(images.scale(shown)))
        return logits


def encoding(params: EndToEndParams) -> encode.Params:
    """Return what makes the encoder that the frozen decoder would be trained on."""
    return encode.Params.model_validate(params.model_dump(include=set(encode.Params.model_fields)))


def make_network(encoder: Encoder, params: EndToEndParams) -> Network:
    """Return the encoder with an untrained decoder behind it."""
    return Network(encoder, make_decoder(ARCHITECTURES[params.encoder].channels_at(params.width), params))


def make_picture_set(
    shown: pictures.Pictures, params: EndToEndParams, seed: int, random_weights: float
) -> SegmentationSet:
    """Read pictures and masks, and split them as `train.py` does: as bytes they fit onto the device."""
    device = seeding.pick_device()
    every_row = torch.arange(len(shown.names))
    train, val = face_masks.split_rows(shown, rule=params.split, seed=seed)
    return SegmentationSet(
        features=shown.batch(every_row).to(device),
        masks=shown.mask_batch(face_masks.mask_name(hair=params.hair), every_row).to(device),
        train=train,
        val=val,
        random_weights=random_weights,
    )


def predictor(trained: Trained) -> Predictor:
    """Return what masks the face of a picture, with the network that was trained as one."""
    params = EndToEndParams.model_validate(trained.params)
    build = ARCHITECTURES[params.encoder].build
    network = make_network(build(params.resnet_form, width=params.width), params)
    network.load_state_dict(load_file(trained.artifacts / "network.safetensors"))
    return masking(nn.Sequential(network.encoder, network.decoder), params)
