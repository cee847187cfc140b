from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch.nn import functional as F

from tasks import verification
from tasks.attributes import frozen
from tasks.nets import vgg_face
from tasks.parts import features, pictures
from tasks.parts.verification import curve
from tasks.prepare import lfw
from tests.tasks import attributes_chain
from tests.tasks.chain import ran

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tasks.chain import Trial

pytestmark = pytest.mark.slow

SMALL = {"weights": "none", "image_size": 32, "fc_units": 16, "batch_size": 16}


@pytest.fixture(scope="module")
def paired(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Path:
    return ran(lfw.run, lfw.Params(image_size=40), tmp_path_factory.mktemp("lfw"), data).artifacts


@pytest.fixture(scope="module")
def gender(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Trial:
    faces = attributes_chain.prepare_faces(tmp_path_factory.mktemp("faces"), data).artifacts
    encoded = attributes_chain.encode_faces(tmp_path_factory.mktemp("encoded"), faces).artifacts
    needs = {"pictures": faces, "features": encoded}
    return attributes_chain.train(tmp_path_factory.mktemp("gender"), attributes_chain.ONE, needs)


def verified(root: Path, given: dict[str, Any], **needs: Path) -> Trial:
    return ran(verification.run, verification.Params.model_validate({**SMALL, **given}), root, **needs)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, paired: Path) -> Trial:
    return verified(tmp_path_factory.mktemp("published"), {}, pictures=paired)


@pytest.fixture(scope="module")
def retrained(tmp_path_factory: pytest.TempPathFactory, paired: Path, gender: Trial) -> Trial:
    root, given = tmp_path_factory.mktemp("retrained"), {"network": "retrained"}
    return verified(root, given, pictures=paired, network=gender.artifacts)


def distances(trial: Trial) -> list[dict[str, str]]:
    with (trial.artifacts / "pairs.csv").open() as file:
        return list(csv.DictReader(file))


def test_rates_are_those_of_the_distances(published: Trial) -> None:
    rows = distances(published)
    same = np.array([row["same"] == "1" for row in rows])
    found = curve(np.array([float(row["distance"]) for row in rows]), same)

    assert published.result["eer"] == pytest.approx(found.equal_error_rate())
    assert published.result["one_less_eer"] == pytest.approx(1 - found.equal_error_rate())
    assert (published.result["chance_accuracy"], published.result["pairs"]) == (0.5, 40)


def test_distance_is_that_of_the_network_s_descriptors(retrained: Trial, paired: Path, gender: Trial) -> None:
    net = vgg_face.build(2, image_size=32, units=16)
    net.load_state_dict(load_file(gender.artifacts / "attributes.safetensors"))
    shown = pictures.read(paired)
    first = distances(retrained)[0]
    rows = shown.rows([first["one"], first["other"]])
    with torch.no_grad():
        one, other = F.normalize(net[:-2].eval()(frozen.normaliser(attributes_chain.ONE)(shown.batch(rows))))

    assert float(first["distance"]) == pytest.approx(float((one - other).norm()), abs=1e-4)


def test_random_start_is_told_of_a_retrained_network_too(retrained: Trial) -> None:
    given = {"network": "retrained", "weights": "vgg_face"}
    again = verified(retrained.context.root / "again", given, **retrained.context.needs)

    assert again.result["random_weights"] == 1


def test_disk_is_what_the_descriptors_take(published: Trial) -> None:
    told = verification.disk(verification.Params.model_validate(SMALL)) / lfw.PICTURES * 40

    assert told == features.read(published.context.checkpoint / "descriptors.safetensors").values.nbytes


def test_retraining_changes_the_distances(published: Trial, retrained: Trial) -> None:
    assert distances(published) != distances(retrained)


def test_curve_and_its_drawing_are_left(published: Trial) -> None:
    with (published.artifacts / "roc.csv").open() as file:
        rows = list(csv.DictReader(file))

    assert (float(rows[0]["false_accepts"]), float(rows[-1]["false_rejects"])) == (0, 0)
    assert (published.artifacts / "roc.png").is_file()


def test_descriptors_may_be_of_another_layer(tmp_path: Path, paired: Path, published: Trial) -> None:
    other = verified(tmp_path, {"layer": "fc6"}, pictures=paired)

    assert distances(other) != distances(published)


def test_network_of_another_size_is_refused(tmp_path: Path, paired: Path, gender: Trial) -> None:
    given = {"network": "retrained", "fc_units": 8}
    with pytest.raises(ValueError, match=r"`fc6.weight` is missing or of another shape\nhint: give both"):
        verified(tmp_path, given, pictures=paired, network=gender.artifacts)


def test_weights_are_wanted_for_the_published_network_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    asked = [verification.Params(network=network) for network in ("published", "retrained")]

    assert [len(verification.missing(params, None)) for params in asked] == [1, 0]
