from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tasks.multitask import sheets
from tasks.multitask.sheets import GAP, MAP_SIDE, RIGHT, TILE, WRONG, Answer


def opened(path: Path) -> np.ndarray:
    with Image.open(path) as sheet:
        return np.array(sheet)


def test_each_map_is_drawn_from_black_to_white(tmp_path: Path) -> None:
    maps = torch.tensor([[[0.0, 1.0], [2.0, 4.0]], [[10.0, 10.0], [20.0, 20.0]]])
    sheets.draw_maps(tmp_path / "maps.png", maps)
    drawn = opened(tmp_path / "maps.png")
    second = drawn[:, MAP_SIDE + GAP :]

    assert (drawn[0, 0], drawn[0, MAP_SIDE - 1], drawn[-1, MAP_SIDE - 1]) == (0, 64, 255)
    assert (second[0, 0], second[-1, -1]) == (0, 255)


def test_a_map_without_differences_is_black(tmp_path: Path) -> None:
    sheets.draw_maps(tmp_path / "maps.png", torch.full((1, 4, 4), 3.0))

    assert opened(tmp_path / "maps.png").max() == 0


@pytest.mark.parametrize(
    ("answer", "text", "colour"),
    [
        (Answer("Male", 0.93, 1), "Male: yes 0.93", RIGHT),
        (Answer("Male", 0.1, 1), "Male: no 0.90", WRONG),
        (Answer("Eyeglasses", 0.1, 0), "Eyeglasses: no 0.90", RIGHT),
        (Answer("Eyeglasses", 0.1), "Eyeglasses: no 0.90", (0, 0, 0)),
    ],
)
def test_an_answer_says_how_sure_it_is_and_whether_it_is_right(
    answer: Answer, text: str, colour: tuple[int, int, int]
) -> None:
    assert (answer.text, answer.colour) == (text, colour)


def test_answers_are_those_of_the_logits() -> None:
    logits = torch.tensor([[[0.0, 0.0], [2.0, 0.0]]])
    (said,) = sheets.answers(["Male", "Eyeglasses"], logits, torch.tensor([[1, 0]]))

    assert [round(answer.yes, 2) for answer in said] == [0.5, 0.12]
    assert [answer.truth for answer in said] == [1, 0]


@pytest.mark.parametrize("truth", [0, 1])
def test_a_face_stands_above_its_answers(tmp_path: Path, truth: int) -> None:
    face = np.full((8, 8, 1), 40, dtype=np.uint8)
    sheets.draw_answers(tmp_path / "answers.png", [face], [[Answer("Male", 1.0, truth)]])
    drawn = opened(tmp_path / "answers.png")
    said, other = (RIGHT, WRONG) if truth else (WRONG, RIGHT)

    assert drawn[10, 10].tolist() == [40, 40, 40]
    assert (drawn[TILE - GAP :] == said).all(axis=2).any()
    assert not (drawn == other).all(axis=2).any()


def test_no_more_than_24_faces_are_drawn(tmp_path: Path) -> None:
    faces = [np.zeros((4, 4, 1), dtype=np.uint8)] * 30
    sheets.draw_answers(tmp_path / "answers.png", faces, [[Answer("Male", 1.0, 1)]] * 30)

    assert opened(tmp_path / "answers.png").shape[:2] == (4 * (TILE + 14), 6 * TILE)
