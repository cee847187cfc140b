from pathlib import Path

from tests.tasks.data.writers.forms import forms


def test_files_are_called_as_in_helen(drawn: Path) -> None:
    assert forms(drawn / "helen") == {
        "images/#_#.jpg",
        "labels/#_#/#_#_lbl#.png",
        "exemplars.txt",
        "tuning.txt",
        "testing.txt",
    }


def test_a_face_has_eleven_maps(drawn: Path) -> None:
    folder = min((drawn / "helen/labels").iterdir())

    assert sorted(path.name[-6:-4] for path in folder.iterdir()) == [f"{part:02d}" for part in range(11)]


def test_lines_are_numbered_through_all_lists_and_end_with_a_blank_one(drawn: Path) -> None:
    texts = [(drawn / "helen" / f"{name}.txt").read_text() for name in ("exemplars", "tuning", "testing")]
    numbers = [int(line.split(" , ")[0]) for text in texts for line in text.split("\n") if line]

    assert numbers == list(range(1, 27))
    assert all(text.endswith("\n\n") for text in texts)
