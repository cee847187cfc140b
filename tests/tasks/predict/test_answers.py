import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tasks.parts.prediction import Prediction
from tasks.predict import answers
from tasks.predict.finished import Finished, NoAnswerError, find_finished
from tests.tasks.predict.conftest import Runs

QUARTER_TURN = 6  # EXIF: the camera was held upright, the picture lies on its side


@pytest.fixture
def trial(runs: Runs) -> Finished:
    return find_finished(str(runs.add().path), runs.path)


def names(*paths: str) -> list[str]:
    return answers.stems([Path(path) for path in paths])


def test_picture_is_turned_as_the_camera_was_held(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = QUARTER_TURN
    Image.new("RGB", (6, 4)).save(tmp_path / "photo.jpg", exif=exif)
    assert answers.read_picture(tmp_path / "photo.jpg").shape == (6, 4, 3)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK"])
def test_pictures_of_all_modes_become_three_channels(tmp_path: Path, mode: str) -> None:
    Image.new(mode, (6, 4)).save(tmp_path / "picture.tiff")
    assert answers.read_picture(tmp_path / "picture.tiff").shape == (4, 6, 3)


def test_picture_of_16_bits_is_not_cut_to_white(tmp_path: Path) -> None:
    Image.fromarray(np.full((4, 6), 32768, dtype=np.uint16)).save(tmp_path / "picture.png")
    assert (answers.read_picture(tmp_path / "picture.png") == 128).all()


def test_all_bad_pictures_are_told_at_once(tmp_path: Path, picture: Path) -> None:
    (tmp_path / "notes.jpg").write_text("no picture")
    (tmp_path / "cut.png").write_bytes(picture.read_bytes()[:50])
    paths = [picture, tmp_path / "notes.jpg", tmp_path / "cut.png", tmp_path / "none.jpg", tmp_path]
    with pytest.raises(NoAnswerError) as told:
        answers.check_pictures(paths)
    lines = str(told.value).splitlines()
    assert lines[0].startswith("4 of 5 pictures")
    assert [any(str(path) in line for line in lines[1:5]) for path in paths[1:]] == [True] * 4
    assert lines[-1].startswith("hint: ")


def test_picture_that_would_fill_the_memory_is_refused(
    picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 5)
    with pytest.raises(NoAnswerError, match="decompression bomb"):
        answers.read_picture(picture)


def test_picture_with_more_pixels_than_is_sensible_is_refused(
    picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "LARGEST", 23)
    with pytest.raises(NoAnswerError, match="has 6x4 pixels, more than 23\nhint: "):
        answers.read_picture(picture)


def test_first_picture_of_an_animation_is_taken(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (6, 4), colour) for colour in ("white", "black")]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])
    assert (answers.read_picture(tmp_path / "moving.gif") == 255).all()


def test_pictures_of_one_name_get_files_of_their_own() -> None:
    assert names("a/x.jpg", "b/x.png", "b/X.jpg", "x-2.jpg") == ["x", "x-2", "X-3", "x-2-2"]


@pytest.mark.parametrize(
    ("given", "stem"),
    [
        ("..hidden.png", "hidden"),
        ("-rf.png", "rf"),
        ("a b\n\x1b[31m.png", "a_b_31m"),
        ("Jürgen Müller.png", "Jürgen_Müller"),
        ("\udce4.png", "_"),
        ("....png", "picture"),
    ],
)
def test_name_of_a_picture_cannot_leave_the_folder(given: str, stem: str) -> None:
    assert names(given) == [stem]


def test_long_names_are_cut() -> None:
    assert names("x" * 250 + ".png", "x" * 249 + ".png") == ["x" * 50, "x" * 50 + "-2"]


def test_answer_lies_in_three_files(trial: Finished, picture: Path, tmp_path: Path) -> None:
    found = answers.ask(trial, trial.load(), answers.read_picture(picture))
    record = answers.write(found, picture, trial, tmp_path, "anna")
    assert json.loads((tmp_path / "anna.json").read_text()) == record
    assert record["scores"]["light"]["bright"] == pytest.approx(1 / 3)
    assert record["mask_share"] == pytest.approx(1 / 3)
    with (
        Image.open(record["mask"]) as mask,
        Image.open(record["cutout"]) as cutout,
        Image.open(picture) as own,
    ):
        assert (mask.size, mask.mode, mask.getpixel((1, 0)), mask.getpixel((2, 0))) == ((6, 4), "L", 255, 0)
        assert np.array_equal(np.array(cutout), np.array(own))


def test_answer_without_mask_writes_no_mask(trial: Finished, picture: Path, tmp_path: Path) -> None:
    record = answers.write(Prediction(scores={"hat": {"yes": 1.0}}), picture, trial, tmp_path, "only")
    assert (record["mask"], record["cutout"], len(list(tmp_path.glob("only*")))) == (None, None, 1)


def test_network_that_diverged_has_no_answer(trial: Finished, picture: Path, tmp_path: Path) -> None:
    found = Prediction(scores={"hat": {"yes": float("nan"), "no": float("nan")}})
    record = answers.write(found, picture, trial, tmp_path, "anna")
    assert record["scores"] == {"hat": {"yes": None, "no": None}}
    assert "hat has no answer: not a number" in answers.line(record)


def test_line_shows_the_likeliest_answers_first(trial: Finished, tmp_path: Path) -> None:
    found = Prediction(scores={"who": {"a": 0.1, "b\x1b": 0.5, "c": 0.25, "d": 0.15}})
    record = answers.write(found, Path("in\n.jpg"), trial, tmp_path, "in")
    assert answers.line(record) == f"in?.jpg: who b? 0.50, c 0.25, d 0.15; {tmp_path}/in.json"


def test_mask_of_another_size_is_refused(trial: Finished) -> None:
    picture = np.zeros((4, 6, 3), np.uint8)
    with pytest.raises(NoAnswerError, match=r"differ in size: 2x3 and 6x4 \(width x height\)\nhint: "):
        answers.ask(trial, lambda _: Prediction(mask=np.zeros((3, 2), bool)), picture)
