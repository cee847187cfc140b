"""What there is to fetch: from where, by which digest it is known, and where it belongs.

Addresses are those that public code uses; digests are torchvision's and scikit-learn's. Where no program may
fetch a file, or no host is left, it has no address: it can still be laid into the folder of archives, or come
from a mirror, and is checked then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.data.layout import LAYOUTS
from tasks.nets import weights
from tasks.nets.published import VGG_FACE, VGGFACE2

if TYPE_CHECKING:
    from tasks.nets.published import Published
    from tasks.nets.weights import ImagenetNet

TORCH = "https://download.pytorch.org/models"
OXFORD = "https://www.robots.ox.ac.uk/~albanie/models/pytorch-mcn"
"""VGG-Face and VGGFace2 in the form of PyTorch, by S. Albanie of the group that released both."""
WISCONSIN = "https://pages.cs.wisc.edu/~lizhang/projects/face-parsing"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of a host."""

    name: str
    urls: tuple[str, ...] = ()
    digest: str = ""
    """`sha256:...`, of which a beginning is enough, or `md5:...`; empty where none is published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """A file that holds a part of a dataset."""

    file: File
    gives: tuple[str, ...]
    """What lies in the dataset's folder once it is unpacked."""
    top: str | None = None
    """The folder in it that becomes the dataset's; None where it is laid as it is."""
    packed: bool = True
    """False for a plain file, which is laid beside the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightFile:
    """Weights of a network."""

    file: File
    imagenet: ImagenetNet | None = None
    published: Published | None = None
    """Those that are converted once they are there."""


def _imagenet(net: ImagenetNet) -> WeightFile:
    name = weights.IMAGENET_FILES[net]
    digest = name.rpartition("-")[2].removesuffix(".pth")  # torch's rule: the beginning of its SHA-256
    return WeightFile(
        file=File(name=name, urls=(f"{TORCH}/{name}",), digest=f"sha256:{digest}"), imagenet=net
    )


def _oxford(name: str) -> File:
    return File(name=name, urls=(f"{OXFORD}/{name}",))


WEIGHTS: dict[str, WeightFile] = {
    **{net: _imagenet(net) for net in weights.IMAGENET_FILES},
    VGG_FACE.fetched_as: WeightFile(file=_oxford("vgg_face_dag.pth"), published=VGG_FACE),
    VGGFACE2.fetched_as: WeightFile(file=_oxford("resnet50_ft_dag.pth"), published=VGGFACE2),
}

_CELEBA_LISTS = {
    "list_attr_celeba.txt": "75e246fa4810816ffd6ee81facbd244c",
    "list_eval_partition.txt": "d32c9cbf5e040fd4025c592c306e6668",
}
_BOXES = {"list_bbox_celeba.txt": "00566efa6fedff7a56946cd1c10f1c16"}


def _lists(digests: dict[str, str]) -> tuple[Archive, ...]:
    return tuple(
        Archive(file=File(name=name, digest=f"md5:{md5}"), gives=(name,), packed=False)
        for name, md5 in digests.items()
    )


ARCHIVES: dict[str, tuple[Archive, ...]] = {
    **dict.fromkeys(LAYOUTS, ()),
    "lfw": (
        Archive(
            file=File(
                name="lfw-funneled.tgz",
                urls=("https://ndownloader.figshare.com/files/5976015",),  # scikit-learn's
                digest="sha256:b47c8422c8cded889dc5a13418c4bc2abbda121092b3533a83306f90d900100a",
            ),
            gives=("lfw_funneled",),
        ),
        Archive(
            file=File(name="parts_lfw_funneled_gt_images.tgz", digest="md5:3e7e26e801c3081d651c8c2ef3c45cfc"),
            gives=("parts_lfw_funneled_gt_images",),
        ),
        *(
            Archive(file=File(name=name), gives=(name,), packed=False)
            for name in ("parts_train.txt", "parts_validation.txt", "parts_test.txt")
        ),
    ),
    "helen": (
        Archive(
            file=File(
                name="SmithCVPR2013_dataset_resized.zip",
                urls=(f"{WISCONSIN}/SmithCVPR2013_dataset_resized.zip",),
            ),
            gives=("images", "labels", "exemplars.txt", "tuning.txt", "testing.txt"),
            top="SmithCVPR2013_dataset_resized",
        ),
    ),
    "celeba": (
        Archive(
            file=File(name="img_align_celeba.zip", digest="md5:00d2c5bc6d35e252742224ab0c1e8fcb"),
            gives=("img_align_celeba",),
        ),
        *_lists(_CELEBA_LISTS),
    ),
    # Its pictures come as a 7z archive in parts, which Python does not read.
    "celeba_wild": _lists(_CELEBA_LISTS | _BOXES),
}

TERMS = {
    "lfw": "for research; news photographs of people who were not asked",
    "helen": "for research; pictures of Flickr",
    "celeba": "for research that is not commercial, not to be passed on",
    "celeba_wild": "for research that is not commercial, not to be passed on",
    "celebhair": "not commercial, masks not to be passed on; the pictures are CelebA's",
    "vggface2": "CC BY-NC 4.0; withdrawn by its authors",
    "elfw": "Hippocratic License, granted by form",
    "aflw": "for research that is not commercial, granted after registration",
}
"""Of datasets. Weights have those of the pages that they come from."""
