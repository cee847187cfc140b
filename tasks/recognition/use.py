"""What a trained face network is used for: a test of it, and answers about single pictures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import torch
from safetensors.torch import save_file

from tasks.data.images import resize_short
from tasks.nets import recognition as nets
from tasks.parts import metrics, pictures, recognition, seeding
from tasks.parts.prediction import Prediction
from tasks.parts.recognition import LABEL
from tasks.recognition import NET

if TYPE_CHECKING:
    from tasks.data.images import Pixels
    from tasks.parts.context import Context
    from tasks.parts.prediction import Predictor, Trained
    from tasks.recognition import TestParams


def test(params: TestParams, context: Context) -> dict[str, float]:
    """Measure on the test part, and write what the net says of each picture.

    `scores.safetensors` has features [N, 2048] and logits [N, people]; `predictions.csv` the names, in the
    same order, and the five likeliest people.
    """
    faces = pictures.read(context.need("pictures" if params.background == "kept" else "cutouts"))
    net, notes = nets.load(context.need("net") / NET)
    net.to(seeding.pick_device())
    rows, side = faces.part("test"), int(notes["image_size"])

    answers = list(
        recognition.answer(net, faces, rows, side=side, batch_size=params.batch_size, asked=context)
    )

    features, logits = (torch.cat(found) for found in zip(*answers, strict=True))
    labels = faces.labels[LABEL][rows]
    save_file({"features": features, "logits": logits}, context.artifact("scores.safetensors"))
    people = json.loads(notes["people"])
    names = [faces.names[row] for row in rows.tolist()]
    recognition.write_predictions(context.artifact("predictions.csv"), names, logits, labels, people)
    return {
        **recognition.score(logits, labels),
        "chance_top1": metrics.majority_share(labels),
        "images": len(rows),
        "features": features.shape[1],
        "classes": logits.shape[1],
        "random_weights": float(notes["random_weights"]),
        **faces.counts,
    }


def predictor(trained: Trained) -> Predictor:
    """Return what names the five likeliest people of a picture, and how likely all others are together."""
    net, notes = nets.load(trained.artifacts / NET)
    device = seeding.pick_device()
    net.to(device)
    people = json.loads(notes["people"])

    def answer(picture: Pixels) -> Prediction:
        resized = resize_short(picture, int(notes["short_side"]))
        square = recognition.cut_middle(resized, int(notes["image_size"]))
        with torch.no_grad():
            probabilities = net(recognition.stack([square]).to(device)).softmax(dim=1)[0].cpu()
        likeliest = probabilities.topk(min(recognition.SHOWN, len(people)))
        found = zip(likeliest.indices.tolist(), likeliest.values.tolist(), strict=True)
        scores = {people[person]: probability for person, probability in found}
        if len(people) > recognition.SHOWN:
            scores[f"any other of {len(people)}"] = max(0.0, 1 - sum(scores.values()))
        return Prediction(scores={"person": scores})

    return answer
