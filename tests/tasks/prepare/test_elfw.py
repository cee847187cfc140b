from collections import Counter
from pathlib import Path

import pytest
import torch
from PIL import Image

from tasks.data import elfw, split
from tasks.data.reading import ClassedFace, DatasetError, Reading
from tasks.parts import pictures
from tasks.prepare import elfw as prepare
from tasks.prepare.elfw import OfEach
from tests.tasks.chain import Trial, ran


def reading(hair: int, spectacles: int, cap: int) -> Reading[ClassedFace]:
    labels = [0] * hair + [1] * spectacles + [2] * cap
    faces = [ClassedFace(f"{place:04d}", Path("x"), label) for place, label in enumerate(labels)]
    return Reading("elfw", tuple(faces), {})


def test_pictures_are_squeezed_to_the_image_size(classed: Trial) -> None:
    assert pictures.read(classed.artifacts).batch(torch.arange(2)).shape == (2, 3, 64, 64)


def test_classes_are_those_of_the_reader(classed: Trial, data: Path) -> None:
    wanted = [face.label for face in elfw.read(data / "elfw").samples]
    assert pictures.read(classed.artifacts).labels["class"].tolist() == wanted


def test_result_counts_what_was_dropped(classed: Trial) -> None:
    assert classed.result == {
        "images": 24,
        "found_images": 24,
        "hair_images": 8,
        "spectacles_images": 8,
        "cap_images": 8,
        "dropped_image_missing": 1,
        "dropped_mask_missing": 1,
        "dropped": 2,
        "synthetic": 1,
        "classes_from_masks": 1,
    }


def test_so_many_of_each_class_are_chosen(tmp_path: Path, data: Path) -> None:
    params = prepare.Params(image_size=16, of_each=OfEach(hair=5, spectacles=3, cap=0))
    trial = ran(prepare.run, params, tmp_path, data)
    labels = pictures.read(trial.artifacts).labels["class"]
    assert torch.bincount(labels, minlength=3).tolist() == [5, 3, 0]
    assert (trial.result["images"], trial.result["found_images"]) == (8, 24)


def test_a_test_part_of_the_default_has_the_printed_support() -> None:
    chosen = prepare.choose(reading(3000, 125, 600), prepare.Params().of_each, seed=0)
    classes = {face.name: face.label for face in chosen.samples}
    parts = split.three_parts(classes, share=0.1, stratify=True, seed=0)
    assert len(chosen.samples) == 228
    assert Counter(classes[name] for name in parts["test"]) == {0: 17, 1: 5}


def test_choice_is_that_of_the_seed() -> None:
    found, few = reading(60, 20, 20), OfEach(hair=20, spectacles=5, cap=2)
    names = [prepare.choose(found, few, seed).names for seed in (0, 0, 1)]
    assert names[0] == names[1] != names[2]


def test_a_smaller_choice_begins_a_larger_one() -> None:
    found = reading(60, 20, 20)
    small, large = (prepare.choose(found, OfEach(hair=count, cap=0, spectacles=0), 0) for count in (5, 40))
    assert set(small.names) < set(large.names)


def test_too_few_of_a_class_are_told_with_what_there_is() -> None:
    told = (
        r"asked for 175 of hair, 51 of spectacles, 2 of cap; by their masks, ELFW has 300 of hair, "
        r"50 of spectacles, 2 of cap\nhint: ask for fewer in `of_each`"
    )
    with pytest.raises(DatasetError, match=told):
        prepare.choose(reading(300, 50, 2), OfEach(), seed=0)


def test_all_of_a_label_list_are_taken(tmp_path: Path) -> None:
    root = tmp_path / "data/elfw"
    root.mkdir(parents=True)
    for name in "abcd":
        Image.new("RGB", (20, 20)).save(root / f"{name}.jpg")
    (root / "labels.txt").write_text("a.jpg 1\nb.jpg 1\nc.jpg 2\nd.jpg 3\n")
    result = ran(prepare.run, prepare.Params(image_size=16), tmp_path / "trial", tmp_path / "data").result
    assert (result["images"], result["hair_images"], result["classes_from_masks"]) == (4, 2, 0)
