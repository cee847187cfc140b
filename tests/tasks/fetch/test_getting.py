import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tasks.fetch import catalogue
from tasks.fetch.catalogue import ARCHIVES, WEIGHTS
from tasks.fetch.getting import Getter, Standing
from tests.tasks.fetch.host import Host
from tests.tasks.fetch.test_unpack import pack
from tests.tasks.nets.listings import held

MASKS = "parts_lfw_funneled_gt_images"
LISTS = ("parts_train.txt", "parts_validation.txt", "parts_test.txt")


@pytest.fixture(autouse=True)
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Give the folder of weight files, and a catalogue with addresses of no host and digests of no file."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    for name, one in WEIGHTS.items():
        monkeypatch.setitem(catalogue.WEIGHTS, name, replace(one, file=replace(one.file, urls=())))
    for name, archives in ARCHIVES.items():
        plain = tuple(replace(one, file=replace(one.file, urls=(), digest="")) for one in archives)
        monkeypatch.setitem(catalogue.ARCHIVES, name, plain)
    return tmp_path / "torch/hub/checkpoints"


@pytest.fixture
def getter(tmp_path: Path, host: Host) -> Getter:
    return Getter(
        data=tmp_path / "data",
        archives=tmp_path / "archives",
        mirror=f"{host.url}/",
        tell=lambda *_: None,
    )


def packed_lfw(host: Host, tmp_path: Path) -> None:
    """Let the host have all of LFW."""
    host.files["lfw-funneled.tgz"] = pack(tmp_path / "a.tgz", lfw_funneled__a="1").read_bytes()
    host.files[f"{MASKS}.tgz"] = pack(tmp_path / "b.tgz", **{f"{MASKS}__a": "1"}).read_bytes()
    host.files |= dict.fromkeys(LISTS, b"A_B 1\n")


def test_a_dataset_is_fetched_and_laid_out(getter: Getter, host: Host, tmp_path: Path) -> None:
    packed_lfw(host, tmp_path)

    assert getter.get("lfw").standing is Standing.FETCHED
    assert (tmp_path / "data/lfw/lfw_funneled/a").read_text() == "1"


def test_what_is_there_is_not_asked_for(getter: Getter, host: Host, tmp_path: Path) -> None:
    packed_lfw(host, tmp_path)
    getter.get("lfw")
    host.asked.clear()

    assert getter.get("lfw").standing is Standing.THERE
    assert not host.asked


def test_what_lies_among_the_archives_is_taken(getter: Getter, host: Host, tmp_path: Path) -> None:
    packed_lfw(host, tmp_path)
    (tmp_path / "archives").mkdir()
    (tmp_path / f"archives/{MASKS}.tgz").write_bytes(host.files.pop(f"{MASKS}.tgz"))

    assert getter.get("lfw").standing is Standing.FETCHED


def test_an_archive_that_is_another_is_refused(getter: Getter, tmp_path: Path) -> None:
    wrong = replace(ARCHIVES["lfw"][1].file, digest="md5:3e7e")
    one = replace(ARCHIVES["lfw"][1], file=wrong)
    (tmp_path / "archives").mkdir()
    pack(tmp_path / f"archives/{MASKS}.tgz", **{f"{MASKS}__a": "1"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(catalogue.ARCHIVES, "lfw", (one,))
        found = getter.get("lfw")

    assert found.standing is Standing.FAILED
    assert f"{MASKS}.tgz` is not that file: md5 " in found.text


def test_what_no_host_has_is_to_be_asked_for(getter: Getter) -> None:
    found = replace(getter, mirror=None).get("lfw")

    assert found.standing is Standing.ASK
    assert "get it from: lfw-funneled.tgz" in found.text
    assert found.terms


def test_a_part_that_came_stays_where_another_does_not(getter: Getter, host: Host, tmp_path: Path) -> None:
    packed_lfw(host, tmp_path)
    del host.files[f"{MASKS}.tgz"]
    found = getter.get("lfw")

    assert found.standing is Standing.FAILED
    assert f"{MASKS}.tgz: {host.url}/{MASKS}.tgz: 404 Not Found" in found.text
    assert (tmp_path / "data/lfw/lfw_funneled/a").exists()


def test_imagenet_weights_are_laid_where_torch_looks(getter: Getter, host: Host, hub: Path) -> None:
    one = WEIGHTS["vgg16"]
    host.files[one.file.name] = b"weights"
    digest = f"sha256:{hashlib.sha256(b'weights').hexdigest()[:8]}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(catalogue.WEIGHTS, "vgg16", replace(one, file=replace(one.file, digest=digest)))
        assert getter.get("vgg16").standing is Standing.FETCHED

    assert (hub / "vgg16-397923af.pth").read_bytes() == b"weights"


def test_imagenet_weights_that_are_others_are_not_laid_there(getter: Getter, host: Host, hub: Path) -> None:
    host.files["vgg16-397923af.pth"] = b"others"
    found = getter.get("vgg16")

    assert (found.standing, "not 397923af" in found.text) == (Standing.FAILED, True)
    assert not list(hub.iterdir())


def test_face_weights_are_converted_and_what_was_fetched_goes(
    getter: Getter, host: Host, hub: Path, tmp_path: Path
) -> None:
    torch.save(held("vgg_face_dag"), tmp_path / "given.pth")
    host.files["vgg_face_dag.pth"] = (tmp_path / "given.pth").read_bytes()

    assert getter.get("vgg_face").standing is Standing.FETCHED
    assert [one.name for one in hub.iterdir()] == ["vgg_face.pth"]


def test_face_weights_that_a_user_laid_there_are_converted_and_stay(getter: Getter, hub: Path) -> None:
    hub.mkdir(parents=True)
    torch.save(held("vgg_face_dag"), hub / "vgg_face_dag.pth")

    assert getter.get("vgg_face").standing is Standing.FETCHED
    assert (hub / "vgg_face_dag.pth").exists()


def test_weights_that_do_not_come_are_told_with_what_to_do_by_hand(getter: Getter, hub: Path) -> None:
    text = getter.get("vggface2_weights").text

    assert f"by hand: lay resnet50_ft_dag.pth at `{hub}`" in text
    assert "or lay resnet50_ft_weight.pkl there" in text


def test_looking_asks_no_host(getter: Getter, host: Host) -> None:
    look = replace(getter, look_only=True)

    assert [look.get(name).standing for name in ("lfw", "vgg16")] == [Standing.ABSENT] * 2
    assert not host.asked
