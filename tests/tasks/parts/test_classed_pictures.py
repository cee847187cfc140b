from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from tasks.data.images import resize_rgb
from tasks.nets import mininet
from tasks.parts import classed_pictures, pictures
from tasks.parts.classed_pictures import View
from tasks.parts.context import FolderContext
from tasks.parts.pictures import Pictures
from tests.tasks.chain import Trial

VIEW = View(image_size=8, mean=[0.5, 0.4, 0.3], std=[0.2, 0.3, 0.4], pictures="abc", test=["a", "b"])


@pytest.fixture(scope="module")
def shown(classed: Trial) -> Pictures:
    return pictures.read(classed.artifacts)


def context_at(root: Path, stop: Callable[[], bool] = lambda: False) -> FolderContext:
    return FolderContext(root=root, data=root, stop=stop)


def test_squeezed_pictures_are_those_of_their_rows(shown: Pictures, tmp_path: Path) -> None:
    pixels = classed_pictures.squeezed(shown, 16, context_at(tmp_path))
    assert np.array_equal(pixels[3].permute(1, 2, 0).numpy(), resize_rgb(shown.picture(3), 16))


def test_squeezing_can_be_stopped(shown: Pictures, tmp_path: Path) -> None:
    with pytest.raises(InterruptedError, match="stopped after squeezing 0 of 24 pictures"):
        classed_pictures.squeezed(shown, 16, context_at(tmp_path, lambda: True))


def test_rows_of_the_parts_cover_all_pictures(shown: Pictures) -> None:
    rows = classed_pictures.split_rows(shown, share=0.1, stratify=True, seed=0)
    assert torch.cat(list(rows.values())).sort().values.tolist() == list(range(24))


def test_stratified_parts_hold_every_class(shown: Pictures) -> None:
    rows = classed_pictures.split_rows(shown, share=0.25, stratify=True, seed=0)
    labels = [shown.labels["class"][part].tolist() for part in (rows["val"], rows["test"])]
    assert [sorted(found) for found in labels] == [[0, 0, 1, 1, 2, 2]] * 2


def test_normalised_by_their_own_mean_and_deviation_pixels_are_even() -> None:
    pixels = torch.randint(0, 200, (4, 3, 8, 8), dtype=torch.uint8)
    mean, std = classed_pictures.normalisation_of(pixels)
    scaled = classed_pictures.images.scale(pixels, mean, std)
    assert scaled.mean(dim=(0, 2, 3)).tolist() == pytest.approx([0, 0, 0], abs=1e-5)
    assert scaled.std(dim=(0, 2, 3)).tolist() == pytest.approx([1, 1, 1], abs=1e-5)


def test_pictures_of_one_colour_do_not_divide_by_zero() -> None:
    _, std = classed_pictures.normalisation_of(torch.full((2, 3, 8, 8), 7, dtype=torch.uint8))
    assert min(std) > 0


def test_network_and_view_come_back(tmp_path: Path) -> None:
    net, context = mininet.build(8), context_at(tmp_path)
    classed_pictures.write(net, VIEW, context)
    folder = context.artifact("any").parent
    again = classed_pictures.load(mininet.build(8), folder)
    assert classed_pictures.read_view(folder) == VIEW
    assert all(map(torch.equal, net.state_dict().values(), again.state_dict().values()))


def test_a_view_that_lacks_something_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / classed_pictures.VIEW).write_text('{"image_size": 8, "more": 1}')
    with pytest.raises(KeyError, match="mean"):
        classed_pictures.read_view(tmp_path)


def test_other_pictures_are_refused(shown: Pictures) -> None:
    with pytest.raises(ValueError, match=r"go back to different pictures.*\nhint: let both stages need"):
        classed_pictures.check_pictures(shown, VIEW)


def test_own_pictures_are_accepted(shown: Pictures) -> None:
    classed_pictures.check_pictures(shown, replace(VIEW, pictures=shown.digest))


def test_more_pictures_than_a_batch_keep_their_order(tmp_path: Path) -> None:
    values = torch.arange(600.0).view(600, 1)
    rows = torch.arange(599, -1, -1)
    found = classed_pictures.predict(nn.Identity(), values, rows, context_at(tmp_path))
    assert found[:, 0].tolist() == rows.tolist()


def test_pictures_that_were_answered_wrong_have_their_own_class_beside_the_answer(shown: Pictures) -> None:
    rows = torch.tensor([3, 1])
    assert shown.labels["class"][rows].tolist() == [0, 2]
    logits = torch.tensor([[99.0, 0, 0], [0, 99.0, 0]])
    right, wrong = classed_pictures.answered(shown, rows, logits, ("hair", "spectacles", "cap"))
    assert (right.said, right.wrong) == ("hair 1.00", False)
    assert (wrong.said, wrong.wrong) == ("spectacles 1.00 (cap)", True)
    assert np.array_equal(wrong.picture, shown.picture(1))


def test_of_many_pictures_some_are_shown_from_all_along_the_rows(shown: Pictures) -> None:
    rows = torch.arange(24).repeat_interleave(3)
    tiles = classed_pictures.answered(shown, rows, torch.zeros(72, 3), ("hair", "spectacles", "cap"))
    assert [tile.picture.tobytes() for tile in tiles] == [shown.picture(row).tobytes() for row in range(24)]


def test_answer_of_a_picture_of_any_size_sums_to_1() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (30, 20, 3)).astype(np.uint8)
    answer = classed_pictures.answer(mininet.build(8), VIEW, ("x", "y", "z"), picture)
    assert list(answer.scores["class"]) == ["x", "y", "z"]
    assert sum(answer.scores["class"].values()) == pytest.approx(1)
