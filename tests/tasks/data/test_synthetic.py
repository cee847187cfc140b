from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tasks.data import celeba, helen, images, synthetic
from tasks.data.reading import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

ONE = ["celeba"]


def fingerprint(folder: Path) -> str:
    """Return a digest of all files of a folder, names and bytes."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return digest.hexdigest()


@pytest.mark.parametrize("dataset", synthetic.DATASETS)
def test_same_seed_gives_the_same_bytes(dataset: str, drawn: Path, tmp_path: Path) -> None:
    synthetic.write(tmp_path, scale="tiny", seed=0, only=[dataset])

    assert fingerprint(tmp_path / dataset) == fingerprint(drawn / dataset)


def test_another_seed_gives_other_pictures(drawn: Path, tmp_path: Path) -> None:
    synthetic.write(tmp_path, scale="tiny", seed=1, only=ONE)
    first = "celeba/Img/img_align_celeba/000001.jpg"

    assert (tmp_path / first).read_bytes() != (drawn / first).read_bytes()


def test_returns_the_usable_samples(tmp_path: Path) -> None:
    assert synthetic.write(tmp_path, scale="tiny", only=ONE) == {"celeba": 24}


def test_real_data_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "celeba").mkdir()
    (tmp_path / "celeba" / "precious.txt").write_text("real")

    with pytest.raises(DatasetError, match="left untouched"):
        synthetic.write(tmp_path, scale="tiny", only=ONE)


def test_what_is_drawn_already_is_kept(tmp_path: Path) -> None:
    synthetic.write(tmp_path, scale="tiny", only=ONE)
    before = (tmp_path / "celeba").stat().st_ino
    synthetic.write(tmp_path, scale="tiny", only=ONE)

    assert (tmp_path / "celeba").stat().st_ino == before


def test_other_settings_do_not_mix_with_what_is_drawn(tmp_path: Path) -> None:
    synthetic.write(tmp_path, scale="tiny", only=ONE)

    with pytest.raises(DatasetError, match="not drawn with these settings"):
        synthetic.write(tmp_path, scale="tiny", seed=1, only=ONE)


def test_leftover_of_an_interrupted_drawing_is_replaced(tmp_path: Path) -> None:
    (tmp_path / ".celeba.part" / "Anno").mkdir(parents=True)

    assert synthetic.write(tmp_path, scale="tiny", only=ONE) == {"celeba": 24}


def test_unknown_dataset_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no synthetic dataset is called `mnist`"):
        synthetic.write(tmp_path, scale="tiny", only=["mnist"])


def test_command_line_says_what_it_drew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    synthetic.main([str(tmp_path), "--scale", "tiny", "--only", "celeba"])

    assert capsys.readouterr().out == f"{tmp_path / 'celeba'}: 24 usable samples\n"


def test_command_line_refuses_with_a_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = synthetic.main([str(tmp_path), "--scale", "tiny", "--only", "mnist"])

    assert (code, capsys.readouterr().err[:6]) == (2, "error:")


def test_attribute_header_ends_with_a_space(drawn: Path) -> None:
    header = (drawn / "celeba/Anno/list_attr_celeba.txt").read_text().splitlines()[1]

    assert header.endswith(" Young ")


def test_helen_maps_reach_the_two_strange_sums(drawn: Path) -> None:
    face = helen.read(drawn / "helen").samples[0]
    total = sum(images.load_grey(path).astype(int) for path in face.labels.glob("*.png"))

    assert {0, 300} <= set(np.unique(total))


def test_lfw_folder_has_dot_files(drawn: Path) -> None:
    assert len(list((drawn / "lfw").glob("*/.*"))) == 2


def test_both_sexes_are_drawn(drawn: Path) -> None:
    faces = celeba.read(drawn / "celeba", ["Male"]).samples

    assert {face.labels["Male"] for face in faces} == {False, True}
