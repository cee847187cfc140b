from pathlib import Path

import pytest
import torch

from tasks.fetch.conversions import blue_first_resnet, blue_first_vgg_face, convert
from tasks.fetch.download import FetchError
from tasks.nets import recognition, vgg_face
from tests.tasks.nets.listings import held

RED_FIRST = torch.arange(3.0).view(1, 3, 1, 1)


def test_vgg_face_sees_blue_first() -> None:
    given = held("vgg_face_dag")
    given["conv1_1.weight"] = RED_FIRST.expand(64, 3, 3, 3)

    assert blue_first_vgg_face(given)["conv_1_1.weight"][0, :, 0, 0].tolist() == [2, 1, 0]


def test_resnet_sees_blue_first() -> None:
    given = held("resnet50_ft_dag")
    given["conv1_7x7_s2.weight"] = RED_FIRST.expand(64, 3, 7, 7)

    assert blue_first_resnet(given)["conv1.weight"][0, :, 0, 0].tolist() == [2, 1, 0]


def test_resnet_has_the_names_and_shapes_of_the_other_file() -> None:
    converted, other = blue_first_resnet(held("resnet50_ft_dag")), held("resnet50_ft_weight")

    assert {name: one.shape for name, one in converted.items()} == {
        name: one.shape for name, one in other.items()
    }


def test_counters_are_left_out() -> None:
    counters = {"conv1_7x7_s2_bn.num_batches_tracked": torch.tensor(0)}

    assert "bn1.num_batches_tracked" not in blue_first_resnet(held("resnet50_ft_dag") | counters)


@pytest.mark.parametrize(("name", "listing"), [("vgg_face", "resnet50_ft_dag"), ("vggface2", "vgg_face_dag")])
def test_other_weights_are_refused(tmp_path: Path, name: str, listing: str) -> None:
    torch.save(held(listing), tmp_path / "given.pth")
    with pytest.raises(FetchError, match=r"it does not hold .* tensors are others, first `"):
        convert(name, tmp_path / "given.pth", tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_a_page_in_place_of_weights_is_refused(tmp_path: Path) -> None:
    (tmp_path / "given.pth").write_text("<html>moved</html>")
    with pytest.raises(FetchError, match="is no file of weights"):
        convert("vgg_face", tmp_path / "given.pth", tmp_path / "out")


def test_numbers_that_are_none_are_refused(tmp_path: Path) -> None:
    given = held("vgg_face_dag")
    torch.save(given | {"fc8.bias": torch.full((2622,), torch.nan)}, tmp_path / "given.pth")
    with pytest.raises(FetchError, match="not all of its numbers are finite"):
        convert("vgg_face", tmp_path / "given.pth", tmp_path / "out")


def test_vgg_face_is_read_by_its_task(tmp_path: Path) -> None:
    torch.save(held("vgg_face_dag"), tmp_path / "given.pth")
    convert("vgg_face", tmp_path / "given.pth", tmp_path / "vgg_face.pth")
    given = vgg_face.read_weights(str(tmp_path / "vgg_face.pth"))

    assert given is not None
    assert "conv_5_3.weight" in given


def test_resnet_is_read_by_its_task(tmp_path: Path) -> None:
    torch.save(held("resnet50_ft_dag"), tmp_path / "given.pth")
    convert("vggface2", tmp_path / "given.pth", tmp_path / "ours.safetensors")
    given = recognition.read_weights(str(tmp_path / "ours.safetensors"))
    with torch.device("meta"):
        net = recognition.Recogniser(7)

    assert given is not None
    meta = {name: one.to("meta") for name, one in given.items()}
    recognition.load_backbone(net, meta, origin="converted")
