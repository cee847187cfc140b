from pathlib import Path

from tests.tasks.data.writers.forms import forms


def test_files_are_called_as_in_lfw(drawn: Path) -> None:
    assert forms(drawn / "lfw") == {
        "lfw_funneled/Name/Name_#.jpg",
        "parts_lfw_funneled_gt_images/Name_#.ppm",
        "parts_train.txt",
        "parts_validation.txt",
        "parts_test.txt",
    }


def test_files_pad_the_number_that_the_lists_do_not(drawn: Path) -> None:
    person, number = (drawn / "lfw/parts_train.txt").read_text().splitlines()[1].split()

    assert (drawn / f"lfw/lfw_funneled/{person}/{person}_{int(number):04d}.jpg").is_file()
    assert number == "12"
