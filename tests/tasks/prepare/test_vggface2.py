from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tasks.data import vggface2 as reader
from tasks.data.images import load_rgb, resize_short
from tasks.data.reading import DatasetError
from tasks.parts import pictures
from tasks.parts.context import FolderContext
from tasks.prepare import vggface2

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.parts.pictures import Pictures

SMALL = {"train": 14, "val": 5, "test": 4, "short_side": 32}


def prepared(root: Path, data: Path, seed: int = 0, **given: Any) -> tuple[dict[str, float], Pictures]:
    """Run the task on 23 of the 24 pictures; return its result and what it wrote."""
    context = FolderContext(root=root, data=data, seed=seed)
    result = vggface2.run(vggface2.Params.model_validate({**SMALL, **given}), context)
    return result, pictures.read(context.artifact("any").parent)


def test_no_picture_is_in_two_parts(tmp_path: Path, data: Path) -> None:
    _, faces = prepared(tmp_path, data)
    rows = [faces.part(part).tolist() for part in ("train", "val", "test")]

    assert list(map(len, rows)) == [14, 5, 4]
    assert sorted(row for part in rows for row in part) == list(range(23))


def test_shorter_side_is_the_same_everywhere(tmp_path: Path, data: Path) -> None:
    _, faces = prepared(tmp_path, data)

    assert {min(size[:2]) for size in faces.sizes} == {32}
    assert len({max(size[:2]) for size in faces.sizes}) > 1


def test_labels_are_classes_of_training_people(tmp_path: Path, data: Path) -> None:
    result, faces = prepared(tmp_path, data)

    assert set(faces.labels["identity"].tolist()) <= set(range(int(result["classes"])))


def test_people_are_named_by_class(tmp_path: Path, data: Path) -> None:
    prepared(tmp_path, data)
    people = json.loads((tmp_path / "artifacts" / "people.json").read_text())

    assert people[:2] == ['n000002 Robert_"Bob",_Jr.', "n000003 José_Ño"]


def test_the_whole_dataset_is_counted_as_its_table_does(tmp_path: Path, data: Path) -> None:
    result, _ = prepared(tmp_path, data)
    people = reader.read_identities(data / "vggface2").values()

    assert result["dataset_people"] == 6
    assert result["dataset_images"] == sum(who.pictures for who in people) > result["images"]
    assert result["dataset_images_of_a_person"] == result["dataset_images"] / 6


def test_another_seed_takes_other_pictures(tmp_path: Path, data: Path) -> None:
    few = {"train": 4, "val": 1, "test": 1}
    names = [prepared(tmp_path / str(seed), data, seed, **few)[1].names for seed in (0, 1)]

    assert names[0] != names[1]


@pytest.mark.parametrize(("wanted", "people"), [(1, 1), (10, 1), (11, 2), (30, 3), (99, 3)])
def test_people_are_taken_until_their_pictures_suffice(wanted: int, people: int) -> None:
    assert len(vggface2.choose_people({"a": 10, "b": 10, "c": 10}, wanted, seed=0)) == people


def test_too_few_pictures_are_told(tmp_path: Path, data: Path) -> None:
    with pytest.raises(DatasetError, match="asked for 109 samples, found 24"):
        prepared(tmp_path, data, train=100)


def test_box_is_enlarged_and_cut_to_the_picture(tmp_path: Path, data: Path) -> None:
    _, faces = prepared(tmp_path, data, crop="box")
    row = faces.names.index("n000003/0002_01")
    face = reader.read(data / "vggface2").only([faces.names[row]]).samples[0]
    given = reader.read_boxes(data / "vggface2", "train", {face.name})[face.name]
    whole, box = load_rgb(face.image), reader.enlarge(given, 0.3)
    cut = whole[max(box.y, 0) : box.y + box.height, max(box.x, 0) : box.x + box.width]

    assert np.array_equal(faces.picture(row), resize_short(cut, 32))


def test_boxes_are_counted_by_their_use(tmp_path: Path, data: Path) -> None:
    result, _ = prepared(tmp_path, data, crop="box")

    assert sum(result[f"boxes_{use}"] for use in ("whole", "cut", "useless", "absent")) == 23
    assert result["boxes_cut"] >= 3


def test_stops_while_the_boxes_are_looked_at(tmp_path: Path, data: Path) -> None:
    params = vggface2.Params.model_validate({**SMALL, "crop": "box"})

    with pytest.raises(InterruptedError, match="after the sizes of 0 pictures"):
        vggface2.run(params, FolderContext(root=tmp_path, data=data, stop=lambda: True))
