import csv
from pathlib import Path

from tests.tasks.data.writers.forms import forms


def test_files_are_called_as_in_vggface2(drawn: Path) -> None:
    assert forms(drawn / "vggface2") == {
        "bb_landmark/loose_bb_test.csv",
        "bb_landmark/loose_bb_train.csv",
        "meta/identity_meta.csv",
        "test/n#/#_#.jpg",
        "test_list.txt",
        "train/n#/#_#.jpg",
        "train_list.txt",
    }


def test_every_picture_has_a_box(drawn: Path) -> None:
    root = drawn / "vggface2"
    with (root / "bb_landmark/loose_bb_train.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    pictures = {str(path.relative_to(root / "train"))[:-4] for path in (root / "train").rglob("*.jpg")}

    assert header == ["NAME_ID", "X", "Y", "W", "H"]
    assert {name for name, *_ in rows} == pictures


def test_rows_are_tight_and_loose(drawn: Path) -> None:
    header, first, second, *_ = (drawn / "vggface2/meta/identity_meta.csv").read_text().splitlines()

    assert header == "Class_ID, Name, Sample_Num, Flag, Gender"
    assert (", " in first, ", " in second.replace(',_Jr."', "")) == (True, False)
