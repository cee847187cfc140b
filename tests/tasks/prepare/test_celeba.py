from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from tasks.data import boxes
from tasks.data import celeba as reader
from tasks.data.images import load_rgb, resize_rgb
from tasks.data.reading import DatasetError
from tasks.parts import pictures
from tasks.parts.context import FolderContext
from tasks.prepare import celeba

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.parts.pictures import Pictures


def prepared(root: Path, data: Path, **given: Any) -> tuple[dict[str, float], Pictures]:
    """Run the task at 32 pixels over all pictures; return its result and what it wrote."""
    context = FolderContext(root=root, data=data)
    params = celeba.Params.model_validate({"images": None, "partition": "all", "image_size": 32, **given})
    result = celeba.run(params, context)
    return result, pictures.read(context.artifact("any").parent)


def test_whole_aligned_picture_is_squeezed(tmp_path: Path, data: Path) -> None:
    _, faces = prepared(tmp_path, data)
    first = reader.read(data / "celeba", ["Male"]).samples[0]

    assert np.array_equal(faces.picture(0), resize_rgb(load_rgb(first.image), 32))


def test_face_of_an_aligned_picture_is_the_fixed_square(tmp_path: Path, data: Path) -> None:
    _, faces = prepared(tmp_path, data, crop="face")
    whole = load_rgb(reader.read(data / "celeba", ["Male"]).samples[0].image)

    assert np.array_equal(faces.picture(0), resize_rgb(whole[50:178, 25:153], 32))


def test_face_in_the_wild_is_the_box(tmp_path: Path, data: Path) -> None:
    _, faces = prepared(tmp_path, data, pictures="wild", crop="face")
    first = reader.read(data / "celeba", ["Male"], pictures="wild").samples[0]
    box = reader.read_boxes(data / "celeba")[first.name]

    assert np.array_equal(faces.picture(0), resize_rgb(box.cut(load_rgb(first.image)), 32))


@pytest.mark.parametrize("form", ["aligned", "wild"])
def test_face_is_cut_out_around_its_landmarks(tmp_path: Path, data: Path, form: Any) -> None:
    _, faces = prepared(tmp_path, data, pictures=form, crop="landmarks")
    first = reader.read(data / "celeba", ["Male"], pictures=form).samples[0]
    around = boxes.around(reader.read_landmarks(data / "celeba", form)[first.name])
    picture = load_rgb(first.image)
    box = boxes.clip(around, picture.shape[1], picture.shape[0])

    assert box is not None
    assert np.array_equal(faces.picture(0), resize_rgb(box.cut(picture), 32))


def test_every_face_has_landmarks_also_where_its_box_is_useless(tmp_path: Path, data: Path) -> None:
    result, _ = prepared(tmp_path, data, pictures="wild", crop="landmarks")

    assert (result["boxes_useless"], result["boxes_absent"]) == (0, 0)


def test_boxes_are_counted_by_their_use(tmp_path: Path, data: Path) -> None:
    result, _ = prepared(tmp_path, data, pictures="wild", crop="face")

    assert {use: result[f"boxes_{use}"] for use in boxes.USES} == {
        "whole": 21,
        "cut": 1,
        "useless": 2,
        "absent": 0,
    }


def test_picture_with_a_useless_box_is_taken_whole(tmp_path: Path, data: Path) -> None:
    _, faces = prepared(tmp_path, data, pictures="wild", crop="face")
    face = reader.read(data / "celeba", ["Male"], pictures="wild").only(["000009.jpg"]).samples[0]

    assert np.array_equal(
        faces.picture(faces.names.index("000009.jpg")), resize_rgb(load_rgb(face.image), 32)
    )


def test_grey_pictures_have_one_channel(tmp_path: Path, data: Path) -> None:
    _, faces = prepared(tmp_path, data, crop="face", grey=True)

    assert set(faces.sizes) == {(32, 32, 1)}


def test_official_split_is_written(tmp_path: Path, data: Path) -> None:
    _, faces = prepared(tmp_path, data)

    assert {part: len(rows) for part, rows in faces.parts.items()} == {"train": 19, "val": 2, "test": 3}


def test_one_partition_has_no_other_parts(tmp_path: Path, data: Path) -> None:
    _, faces = prepared(tmp_path, data, partition="train")

    assert list(faces.parts) == ["train"]


def test_every_attribute_is_a_label(tmp_path: Path, data: Path) -> None:
    _, faces = prepared(tmp_path, data, attributes=["Male", "Eyeglasses"])
    samples = reader.read(data / "celeba", ["Eyeglasses"]).samples

    assert faces.labels["Eyeglasses"].tolist() == [int(face.labels["Eyeglasses"]) for face in samples]


def test_choice_has_the_asked_number(tmp_path: Path, data: Path) -> None:
    assert prepared(tmp_path, data, images=10)[0]["images"] == 10


def test_faces_of_ones_own_are_read_where_they_lie_as_celeba_does(tmp_path: Path) -> None:
    folder = tmp_path / "celeba"
    (folder / "img_align_celeba").mkdir(parents=True)
    for name in ("1.jpg", "2.jpg", "3.jpg"):
        Image.new("RGB", (40, 40), "grey").save(folder / "img_align_celeba" / name)
    table = "3\nMale Eyeglasses\n1.jpg -1 1\n2.jpg 1 -1\n3.jpg 1 1\n"
    (folder / "list_attr_celeba.txt").write_text(table)
    (folder / "list_eval_partition.txt").write_text("1.jpg 0\n2.jpg 0\n3.jpg 2\n")
    _, faces = prepared(tmp_path, tmp_path, attributes=["Male", "Eyeglasses"], grey=True)

    assert faces.labels["Eyeglasses"].tolist() == [1, 0, 1]
    assert faces.parts["test"].tolist() == [2]


BALANCED = {"attributes": ["Male", "Eyeglasses"], "balance": ["Male", "Eyeglasses"]}


def test_a_balanced_choice_has_every_combination_equally_often(tmp_path: Path, data: Path) -> None:
    _, faces = prepared(tmp_path, data, attributes=["Male"], balance=["Male"], images=10)

    assert faces.labels["Male"].tolist().count(1) == 5


def test_a_balance_that_the_dataset_lacks_is_told(tmp_path: Path, data: Path) -> None:
    with pytest.raises(DatasetError, match="a combination of them has no picture"):
        prepared(tmp_path, data, images=24, **BALANCED)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"attributes": ["Male"], "balance": ["Young"]}, "balance names `Young`, attributes are Male"),
        ({"balance": ["Male"], "images": None}, "say how many, with `images`"),
    ],
)
def test_a_balance_of_nothing_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        celeba.Params.model_validate(given)


def test_missing_wild_pictures_are_named(tmp_path: Path) -> None:
    message = celeba.missing(celeba.Params(pictures="wild"), tmp_path)[0]

    assert "img_celeba" in message


def test_missing_landmarks_are_named(tmp_path: Path, data: Path) -> None:
    root = shutil.copytree(data / "celeba", tmp_path / "celeba")
    (root / "Anno/list_landmarks_celeba.txt").unlink()
    (message,) = celeba.missing(celeba.Params(pictures="wild", crop="landmarks"), tmp_path)

    assert "list_landmarks_celeba.txt" in message


def test_stops_while_the_boxes_are_looked_at(tmp_path: Path, data: Path) -> None:
    params = celeba.Params(images=None, partition="all", pictures="wild", crop="face")

    with pytest.raises(InterruptedError, match="after the sizes of 0 pictures"):
        celeba.run(params, FolderContext(root=tmp_path, data=data, stop=lambda: True))
