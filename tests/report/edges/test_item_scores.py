from pathlib import Path

import pytest

from orchestrator.messages.errors import NotFoundError
from orchestrator.report.edges.item_scores import ItemScores
from tests.observations import observe

TRIAL = observe({}).trial


def scores(tmp_path: Path, text: str | None) -> dict[str, dict[str, float]]:
    if text is not None:
        (tmp_path / "pictures.csv").write_text(text)
    return ItemScores(lambda _, name: tmp_path / name).of(TRIAL, "pictures.csv", "picture")


def test_numbers_are_read_by_the_text_of_their_item(tmp_path: Path) -> None:
    assert scores(tmp_path, "picture,iou,who\n0012,0.5,a\n0013,0.75,b\n") == {
        "iou": {"0012": 0.5, "0013": 0.75}
    }


def test_what_was_not_scored_is_left_out(tmp_path: Path) -> None:
    assert scores(tmp_path, "picture,iou\na,0.5\nb,\n") == {"iou": {"a": 0.5}}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "there is no `pictures.csv` of trial"),
        ("", "is no CSV file"),
        ("name,iou\na,0.5\n", "has no column `picture`"),
        ("picture,iou\na,0.5\na,0.6\n", "says something twice"),
    ],
)
def test_a_file_without_scores_is_told(tmp_path: Path, text: str | None, told: str) -> None:
    with pytest.raises(NotFoundError, match=told):
        scores(tmp_path, text)
