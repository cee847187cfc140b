"""Published files of weights fit the networks here, by their names, shapes and kinds of numbers.

Nobody may ship the files. Their listings are those of the code that loads them, which refuses a name or a
shape too many or too few:

- `vgg_face`: the class of prlz77/vgg-face.pytorch, into which it reads VGG_FACE.t7 of the release.
- `vgg_face_dag`, `resnet50_ft_dag`: the classes that github.com/albanie/pytorch-mcn wrote beside the files,
  loaded with all names required. Whether they have `num_batches_tracked` as well is not confirmed.
- `resnet50_ft_weight`: the class of cydonia999/VGGFace2-pytorch, whose loader refuses unknown names; others
  load the file with all names required. That its arrays are float32 is not confirmed: the loader copies any.
"""

from pathlib import Path

import pytest
import torch

from tasks.nets import vgg_face
from tasks.nets.recognition import Recogniser, load_backbone
from tests.tasks.nets.listings import held


@pytest.mark.parametrize("listing", ["vgg_face", "vgg_face_dag"])
def test_vgg_face_is_read_and_fits(tmp_path: Path, listing: str) -> None:
    torch.save(held(listing), tmp_path / "weights.pth")
    given = vgg_face.read_weights(str(tmp_path / "weights.pth"))
    assert given is not None
    with torch.device("meta"):
        net = vgg_face.build(2)
    vgg_face.start(net, {name: tensor.to("meta") for name, tensor in given.items()}, seed=0, origin=listing)

    assert given.keys() == net.state_dict().keys()


def test_resnet50_ft_weight_fits_the_recognition_network() -> None:
    with torch.device("meta"):
        net = Recogniser(7)

    load_backbone(net, held("resnet50_ft_weight", "meta"), origin="resnet50_ft_weight.pkl")


def test_a_listing_that_lacks_a_tensor_does_not_fit() -> None:
    given = held("resnet50_ft_weight", "meta")
    del given["layer3.5.bn3.running_var"]
    with torch.device("meta"), pytest.raises(ValueError, match=r"first `layer3\.5\.bn3\.running_var`"):
        load_backbone(Recogniser(7), given, origin="resnet50_ft_weight.pkl")


@pytest.mark.parametrize(
    ("listing", "numbers"),
    [
        ("vgg_face", 145_002_878),
        ("vgg_face_dag", 145_002_878),
        ("resnet50_ft_weight", 41_192_951 + 53_120),  # batch normalisation keeps means and variances
        ("resnet50_ft_dag", 41_192_951 + 53_120),
    ],
)
def test_a_listing_has_as_many_numbers_as_the_network(listing: str, numbers: int) -> None:
    assert sum(tensor.numel() for tensor in held(listing).values()) == numbers
