from pathlib import Path

import pytest
from PIL import Image

from tasks import mean_mask
from tasks.parts.context import FolderContext
from tests.tasks.chain import Trial

PARAMS = mean_mask.Params(image_size=64)


@pytest.fixture
def context(tmp_path: Path, masked: Trial) -> FolderContext:
    return FolderContext(root=tmp_path, data=tmp_path, needs={"pictures": masked.artifacts})


@pytest.mark.parametrize("hair", [True, False])
def test_mean_mask_fits_better_than_nothing(context: FolderContext, hair: bool) -> None:
    result = mean_mask.run(PARAMS.model_copy(update={"hair": hair}), context)
    assert 0.2 < result["val_iou"] < 1


def test_mean_mask_is_drawn(context: FolderContext) -> None:
    mean_mask.run(PARAMS, context)
    with Image.open(context.artifact("mean_mask.png")) as picture:
        assert (picture.size, picture.mode) == ((64, 64), "L")


def test_split_is_that_of_the_segment_stage(context: FolderContext, segmented: Trial) -> None:
    result = mean_mask.run(PARAMS, context)
    assert result["train_images"] == segmented.result["train_images"]
