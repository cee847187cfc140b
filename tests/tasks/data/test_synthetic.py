from __future__ import annotations

import hashlib
import os
import resource
import subprocess
import sys
from typing import TYPE_CHECKING, Any

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


def drawn_by(*words: str, limit: int | None = None, **streams: Any) -> tuple[int, str]:
    """Return the exit code of the command and what it says on standard error."""

    def shrink() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [sys.executable, "-m", "tasks.data.synthetic", *words, "--scale", "tiny", "--only", "celeba"]
    done = subprocess.run(
        command, stderr=subprocess.PIPE, text=True, check=False, preexec_fn=shrink, **streams
    )
    return done.returncode, done.stderr


def test_a_disk_without_room_is_told_and_given_back(tmp_path: Path) -> None:
    code, told = drawn_by(str(tmp_path), limit=1000)

    assert code == 1
    assert told.startswith("error: File too large: `")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_no_folder_to_draw_into(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, told = drawn_by(str(tmp_path / "file"))

    assert code == 1
    assert told == (
        f"error: Not a directory: `{tmp_path}/file/.celeba.part`\n"
        "hint: mend it, or draw into another folder\n"
    )


@pytest.mark.parametrize("seed", ["-1", "1.5", "x", ""])
def test_a_seed_is_a_whole_number_from_0_on(seed: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        synthetic.main(["out", f"--seed={seed}"])

    assert ended.value.code == 2
    assert f"`{seed}` is no whole number from 0 on" in capsys.readouterr().err


def test_ctrl_c_ends_with_130_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(synthetic.DATASETS, "celeba", synthetic.Drawn(interrupted, {"small": 1}))

    assert synthetic.main([str(tmp_path), "--only", "celeba"]) == 130
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_has_gone_is_no_failure(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ended = drawn_by(str(tmp_path), stdout=writing)
    os.close(writing)

    assert ended == (0, "")


def test_output_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        ended = drawn_by(str(tmp_path), stdout=full)

    assert ended == (1, "error: drawn, but the output cannot be written: No space left on device\n")


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
