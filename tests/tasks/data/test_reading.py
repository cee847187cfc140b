from collections import Counter
from pathlib import Path

import pytest

from tasks.data.reading import (
    ClassedFace,
    DatasetError,
    LabelledFace,
    MaskedFace,
    Reading,
    file_names,
    make_reading,
    numbered_lines,
    size,
)


def classed(folder: Path, *names: str) -> list[ClassedFace]:
    """Return faces whose pictures have three bytes each."""
    for name in names:
        (folder / name).write_bytes(b"abc")
    return [ClassedFace(name, folder / name, 1) for name in names]


def test_samples_are_sorted_by_name(tmp_path: Path) -> None:
    assert make_reading("x", tmp_path, classed(tmp_path, "b", "a"), Counter()).names == ("a", "b")


def test_a_choice_keeps_the_order(tmp_path: Path) -> None:
    reading = make_reading("x", tmp_path, classed(tmp_path, "a", "b", "c"), Counter())

    assert reading.only(["c", "a"]).names == ("a", "c")


def test_counts_of_nothing_are_left_out(tmp_path: Path) -> None:
    reading = make_reading("x", tmp_path, classed(tmp_path, "a"), Counter({"none": 0, "some": 2}))

    assert reading.dropped == {"some": 2}


def test_reasons_become_metrics() -> None:
    reading: Reading[MaskedFace] = Reading("lfw", (), {"image missing": 2, "mask in no list": 1}, {}, True)

    assert reading.metrics() == {
        "dropped_image_missing": 2,
        "dropped_mask_in_no_list": 1,
        "dropped": 3,
        "synthetic": 1,
    }


def test_remarks_become_metrics_too() -> None:
    reading: Reading[MaskedFace] = Reading("lfw", (), {}, {"pixel off the palette, set to black": 5})

    assert reading.metrics()["kept_pixel_off_the_palette_set_to_black"] == 5


def test_manifest_of_a_masked_face_tells_the_bytes_of_each_map(tmp_path: Path) -> None:
    for name, content in {
        "a.jpg": b"abc",
        "maps/1.png": b"12",
        "maps/0.png": b"1",
        "maps/x.txt": b"",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)

    assert MaskedFace("a", tmp_path / "a.jpg", tmp_path / "maps").manifest() == "a 3 1 2"


def test_manifest_of_a_labelled_face_does_not_depend_on_the_order_of_its_labels(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")

    assert (
        LabelledFace("a", tmp_path / "a", {"Young": False, "Male": True}).manifest() == "a 3 Male=1 Young=0"
    )


def test_manifest_of_a_picture_that_is_gone_names_it(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"cannot read `.*/gone`: No such file"):
        size(tmp_path / "gone")


def test_lines_keep_the_numbers_that_an_editor_shows(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("a 1 \n\n  b 2\n\n")

    assert numbered_lines(tmp_path / "list.txt") == [(1, "a 1"), (3, "b 2")]


def test_a_list_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(DatasetError, match=r"list\.txt` is not a text file"):
        numbered_lines(tmp_path / "list.txt")


def test_files_with_a_dot_are_not_listed(tmp_path: Path) -> None:
    for name in ("a", "._a", ".DS_Store"):
        (tmp_path / name).touch()

    assert file_names(tmp_path) == {"a"}


def test_a_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"cannot read the folder `.*/gone`"):
        file_names(tmp_path / "gone")
