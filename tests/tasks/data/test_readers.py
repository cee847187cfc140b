"""What every reader must do, whatever the format."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tasks.data import aflw, celeba, celebhair, elfw, helen, images, lfw, vggface2
from tasks.data.reading import SYNTHETIC_MARK, DatasetError, Reading
from tasks.data.synthetic import DATASETS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Copy = Callable[[str], Path]


@dataclass(frozen=True)
class Member:
    """One reader under test."""

    dataset: str
    read: Callable[[Path], Reading[Any]]
    load: Callable[[Any], Any]
    dropped: dict[str, int]
    shape: tuple[int, int, int] | None


def _image(load: Callable[..., Any], face: Any) -> Any:
    return load(face, hair=True)[0]


def _whole(face: Any) -> Any:
    return images.load_rgb(face.image)


MEMBERS = [
    Member(
        "lfw", lfw.read, partial(_image, lfw.load), {"image missing": 1, "mask missing": 1}, (250, 250, 3)
    ),
    Member(
        "helen", helen.read, partial(_image, helen.load), {"image missing": 1, "label map missing": 1}, None
    ),
    Member(
        "celeba",
        partial(celeba.read, attributes=["Male", "Young"]),
        _whole,
        {"image missing": 1},
        (218, 178, 3),
    ),
    Member("celebhair", celebhair.read, partial(_image, celebhair.load), {"image missing": 1}, (218, 178, 3)),
    Member("vggface2", vggface2.read, _whole, {"image missing": 1}, None),
    Member("aflw", aflw.read, _whole, {"image missing": 1, "no rectangle": 1, "sex undefined": 1}, None),
    Member("elfw", elfw.read, _whole, {"image missing": 1, "mask missing": 1}, (250, 250, 3)),
]
every_reader = pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.dataset)


@every_reader
def test_finds_all_usable_samples(member: Member, drawn: Path) -> None:
    reading = member.read(drawn / member.dataset)

    assert len(reading.samples) == DATASETS[member.dataset].counts["tiny"]


@every_reader
def test_counts_what_it_drops(member: Member, drawn: Path) -> None:
    assert member.read(drawn / member.dataset).dropped == member.dropped


@every_reader
def test_samples_are_sorted_by_unique_name(member: Member, drawn: Path) -> None:
    names = [sample.name for sample in member.read(drawn / member.dataset).samples]

    assert names == sorted(set(names))


@every_reader
def test_names_its_dataset(member: Member, drawn: Path) -> None:
    assert member.read(drawn / member.dataset).dataset == member.dataset


@every_reader
def test_every_picture_is_rgb_bytes(member: Member, drawn: Path) -> None:
    pictures = [member.load(sample) for sample in member.read(drawn / member.dataset).samples]

    assert {(picture.dtype.name, picture.ndim, picture.shape[2]) for picture in pictures} == {("uint8", 3, 3)}


@every_reader
def test_pictures_have_the_documented_size(member: Member, drawn: Path) -> None:
    shapes = {member.load(sample).shape for sample in member.read(drawn / member.dataset).samples}

    assert shapes == {member.shape} if member.shape else len(shapes) > 1


@every_reader
def test_knows_a_synthetic_folder(member: Member, drawn: Path) -> None:
    assert member.read(drawn / member.dataset).synthetic


@every_reader
def test_a_folder_without_the_mark_is_not_synthetic(member: Member, copy: Copy) -> None:
    root = copy(member.dataset)
    (root / SYNTHETIC_MARK).unlink()

    assert not member.read(root).synthetic


@every_reader
def test_digest_does_not_depend_on_the_place(member: Member, drawn: Path, copy: Copy) -> None:
    there, here = member.read(drawn / member.dataset), member.read(copy(member.dataset))

    assert there.digest == here.digest


@every_reader
def test_digest_changes_with_a_picture(member: Member, copy: Copy) -> None:
    root = copy(member.dataset)
    before = member.read(root)
    first, digest = before.samples[0].image, before.digest
    first.write_bytes(first.read_bytes() + b"\0")

    assert member.read(root).digest != digest


@every_reader
def test_digest_of_a_choice_differs(member: Member, drawn: Path) -> None:
    reading = member.read(drawn / member.dataset)

    assert reading.only([reading.samples[0].name]).digest != reading.digest


@every_reader
def test_only_refuses_an_unknown_name(member: Member, drawn: Path) -> None:
    with pytest.raises(DatasetError, match="has no sample `nobody`"):
        member.read(drawn / member.dataset).only(["nobody"])


@every_reader
def test_missing_folder_says_what_to_do(member: Member, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"(?s)no such folder.*get it from.*tasks\.data\.synthetic"):
        member.read(tmp_path / member.dataset)


@every_reader
def test_cut_picture_is_named(member: Member, copy: Copy) -> None:
    sample = member.read(copy(member.dataset)).samples[0]
    content = sample.image.read_bytes()
    sample.image.write_bytes(content[: len(content) // 2])

    with pytest.raises(DatasetError, match=rf"{sample.image.name}` cannot be read"):
        member.load(sample)


@every_reader
def test_vanished_picture_is_named(member: Member, copy: Copy) -> None:
    sample = member.read(copy(member.dataset)).samples[0]
    sample.image.unlink()

    with pytest.raises(DatasetError, match=rf"{sample.image.name}` not found"):
        member.load(sample)


@every_reader
def test_picture_missing_before_reading_is_counted(member: Member, copy: Copy) -> None:
    root = copy(member.dataset)
    member.read(root).samples[3].image.unlink()

    assert member.read(root).dropped["image missing"] == member.dropped["image missing"] + 1


@every_reader
def test_dot_files_are_not_samples(member: Member, copy: Copy) -> None:
    root = copy(member.dataset)
    folder = member.read(root).samples[0].image.parent
    (folder / "._stray.jpg").write_bytes(b"junk")

    assert member.read(root).dropped == member.dropped


@every_reader
def test_without_any_usable_picture_it_says_why(member: Member, copy: Copy) -> None:
    root = copy(member.dataset)
    for image in {sample.image for sample in member.read(root).samples}:
        image.unlink()

    with pytest.raises(DatasetError, match=r"holds no usable .*image missing"):
        member.read(root)


@every_reader
def test_summary_tells_samples_and_drops(member: Member, drawn: Path) -> None:
    summary = member.read(drawn / member.dataset).summary()
    count = DATASETS[member.dataset].counts["tiny"]

    assert f"{member.dataset}: {count} samples (synthetic); dropped 1: image missing" in summary
