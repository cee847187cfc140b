"""A folder of pictures, asked on the command line."""

import csv
import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from tasks.predict import __main__ as command
from tasks.predict import folder_page
from tests.tasks.predict.conftest import Runs


@pytest.fixture
def photos(tmp_path: Path, picture: Path) -> Path:
    """Two pictures, one in a folder below, and files that are none."""
    (tmp_path / "photos" / "below").mkdir(parents=True)
    shutil.copy(picture, tmp_path / "photos" / "anna.png")
    Image.new("RGB", (6, 4)).save(tmp_path / "photos" / "below" / "=night.png")
    (tmp_path / "photos" / "notes.txt").write_text("no picture")
    (tmp_path / "photos" / "._anna.png").write_text("left by another system")
    return tmp_path / "photos"


def ask(runs: Runs, photos: Path, *words: str, trials: int = 1) -> tuple[int, Path]:
    paths = [str(runs.add(seed=seed).path) for seed in range(trials)]
    out = photos.parent / "out"
    return command.main([*paths, str(photos), "--out", str(out), *words]), out


def rows_in(out: Path) -> list[dict[str, str]]:
    with (out / "answers.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_table_has_a_row_for_each_picture_and_trial(runs: Runs, photos: Path) -> None:
    code, out = ask(runs, photos, trials=2)
    rows = rows_in(out)
    assert code == 0
    assert [row["picture"] for row in rows] == ["anna.png"] * 2 + ["below/=night.png"] * 2
    assert len({row["trial"] for row in rows}) == 2
    assert (rows[0]["answer_light"], rows[0]["score_light"], rows[0]["mask_share"]) == (
        "dark",
        "0.6667",
        "0.3333",
    )


def test_files_lie_where_the_table_says(runs: Runs, photos: Path) -> None:
    _, out = ask(runs, photos)
    row = rows_in(out)[0]
    for column in ("mask", "cutout", "thumbnail", "overlay"):
        with Image.open(out / row[column]) as drawn:
            assert drawn.size == (6, 4)


def test_paths_of_table_and_page_are_printed(
    runs: Runs, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out = ask(runs, photos)
    assert capsys.readouterr().out.splitlines() == [str(out / "answers.csv"), str(out / "answers.html")]
    assert "below/=night.png" in (out / "answers.html").read_text()


def test_broken_picture_is_named_and_stops_nothing(
    runs: Runs, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (photos / "aaa.jpg").write_text("no picture")
    code, out = ask(runs, photos)
    assert code == 1
    assert "aaa.jpg` cannot be read as a picture" in capsys.readouterr().err
    assert ["cannot be read" in row["problem"] for row in rows_in(out)] == [True, False, False]
    assert "cannot be read as a picture" in (out / "answers.html").read_text()


def test_answers_of_an_earlier_time_are_no_pictures(runs: Runs, photos: Path) -> None:
    for _ in range(2):
        path = str(runs.add().path) if not runs.path.exists() else str(next(runs.path.glob("trials/*/*-*")))
        assert command.main([path, str(photos), "--out", str(photos / "out")]) == 0
    assert len(rows_in(photos / "out")) == 2


def test_json_is_one_list_of_all_rows(runs: Runs, photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ask(runs, photos, "--json", trials=2)
    rows = json.loads(capsys.readouterr().out)
    assert [row["picture"] for row in rows] == ["anna.png"] * 2 + ["below/=night.png"] * 2
    assert rows[0]["scores"]["light"]["bright"] == pytest.approx(1 / 3)


def test_labels_give_accuracy(runs: Runs, photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels = photos.parent / "labels.csv"
    labels.write_text("picture,light\nanna.png,bright\n=night,dark\n")
    _, out = ask(runs, photos, "--labels", str(labels))
    assert capsys.readouterr().out.splitlines()[-1].endswith("light right in 1 of 2 (50.0%)")
    assert "(it is bright)" in (out / "answers.html").read_text()


def test_names_that_a_spreadsheet_would_compute_are_texts(runs: Runs, photos: Path) -> None:
    (photos / "=1+1.png").write_bytes((photos / "anna.png").read_bytes())
    _, out = ask(runs, photos)
    assert rows_in(out)[0]["picture"] == "'=1+1.png"


def test_page_shows_the_first_ones_of_many(runs: Runs, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_page, "SHOWN", 1)
    _, out = ask(runs, photos)
    text = (out / "answers.html").read_text()
    assert "The first 1 of 2 pictures are shown" in text
    assert "night.png" not in text


def test_folder_without_pictures_is_told(
    runs: Runs, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    code, out = ask(runs, tmp_path / "empty")
    assert code == 2
    assert "no picture lies in" in capsys.readouterr().err
    assert not out.exists()


def test_labels_without_a_folder_are_told(
    runs: Runs, picture: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([str(runs.add().path), str(picture), "--labels", "x.csv"]) == 2
    assert "--labels is for a folder of pictures\nhint: " in capsys.readouterr().err
