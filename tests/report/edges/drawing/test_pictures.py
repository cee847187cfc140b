from pathlib import Path

import pytest
from PIL import Image

from orchestrator.messages.errors import NotFoundError
from orchestrator.report.edges.drawing.pictures import draw_pictures, read_pictures, thumbnails
from orchestrator.report.figures.pictures import Panel, Pictures
from tests.report.figures.plain_figures import SEEN, figure

TRIALS = [SEEN[0].trial, SEEN[1].trial]
SHOWN = Pictures(
    definition=figure("pictures"),  # type: ignore[arg-type]
    panels=(tuple(Panel(row="", column=str(place), trial=trial) for place, trial in enumerate(TRIALS)),),
)


def test_pictures_are_drawn_side_by_side(tmp_path: Path) -> None:
    images = {
        trial.id: Image.new("RGB", (40, 40), color)
        for trial, color in zip(TRIALS, ("red", "blue"), strict=True)
    }
    found = Image.open(tmp_path / draw_pictures(SHOWN, images, tmp_path).png).convert("RGB")
    middle = found.height // 2

    assert found.getpixel((found.width // 4, middle)) == (255, 0, 0)
    assert found.getpixel((3 * found.width // 4, middle)) == (0, 0, 255)


def test_a_picture_that_a_trial_has_not_left_is_told(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / TRIALS[0].id, format="png")
    images, missing = read_pictures(SHOWN, lambda trial: tmp_path / trial.id)

    assert [*images] == [TRIALS[0].id]
    assert missing == [f"Not there: trial {TRIALS[1].id} has left no `{TRIALS[1].id}`."]


def test_no_picture_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"has left no `masks\.png`") as told:
        read_pictures(SHOWN, lambda _: tmp_path / "masks.png")

    assert "context.artifact(name)" in str(told.value.hint)


def test_a_file_that_is_no_picture_is_told(tmp_path: Path) -> None:
    (tmp_path / "masks.png").write_text("no")

    with pytest.raises(NotFoundError, match="is no picture"):
        read_pictures(SHOWN, lambda _: tmp_path / "masks.png")


def test_pictures_in_the_page_are_so_small_that_all_fit() -> None:
    noise = {"a": Image.effect_noise((400, 400), 90).convert("RGB")}

    assert len(thumbnails(noise, 20_000)["a"]) <= 20_000 < len(thumbnails(noise)["a"])
