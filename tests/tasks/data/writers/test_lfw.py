from pathlib import Path

from tests.tasks.data.writers.forms import forms


def test_files_are_called_as_in_lfw(drawn: Path) -> None:
    assert forms(drawn / "lfw") == {
        "lfw_funneled/Name/Name_#.jpg",
        "parts_lfw_funneled_gt_images/Name_#.ppm",
        "parts_train.txt",
        "parts_validation.txt",
        "parts_test.txt",
        "pairs.txt",
    }


def test_pairs_are_those_of_ten_folds_half_of_one_person(drawn: Path) -> None:
    first, *lines = (drawn / "lfw/pairs.txt").read_text().splitlines()

    assert first == "10\t2"
    assert [len(line.split("\t")) for line in lines] == [3, 3, 4, 4] * 10


def test_files_pad_the_number_that_the_lists_do_not(drawn: Path) -> None:
    person, number = (drawn / "lfw/parts_train.txt").read_text().splitlines()[1].split()

    assert (drawn / f"lfw/lfw_funneled/{person}/{person}_{int(number):04d}.jpg").is_file()
    assert number == "12"
