from pathlib import Path

import pytest
from PIL import Image

from tasks import mean_mask
from tasks.parts.context import FolderContext
from tasks.parts.params import MaskedDataset


@pytest.mark.parametrize("dataset", ["lfw", "helen"])
def test_mean_mask_fits_better_than_nothing(tmp_path: Path, data: Path, dataset: MaskedDataset) -> None:
    params = mean_mask.Params(dataset=dataset, image_size=64)
    result = mean_mask.run(params, FolderContext(root=tmp_path, data=data))
    assert 0.2 < result["val_iou"] < 1


def test_mean_mask_is_drawn(tmp_path: Path, data: Path) -> None:
    context = FolderContext(root=tmp_path, data=data)
    mean_mask.run(mean_mask.Params(image_size=64), context)
    with Image.open(context.artifact("mean_mask.png")) as picture:
        assert (picture.size, picture.mode) == ((64, 64), "L")


def test_split_is_that_of_the_segment_stage(tmp_path: Path, data: Path) -> None:
    result = mean_mask.run(mean_mask.Params(image_size=64, limit=20), FolderContext(root=tmp_path, data=data))
    assert (result["train_images"], result["val_images"]) == (18, 2)
