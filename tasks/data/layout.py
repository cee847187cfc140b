"""Say whether a dataset lies where it should and if not what to do: a few `stat` calls, no picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.data.reading import DatasetError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layout:
    """What a dataset's folder must hold: all paths of one of its forms."""

    title: str
    forms: tuple[tuple[str, ...], ...]
    source: str
    folder: str | None = None  # where it is not called like the dataset


LAYOUTS = {
    "lfw": Layout(
        title="LFW part labels",
        forms=(
            (
                "lfw_funneled",
                "parts_lfw_funneled_gt_images",
                "parts_train.txt",
                "parts_validation.txt",
                "parts_test.txt",
            ),
        ),
        source=(
            "lfw-funneled.tgz (md5 1b42dfed7d15c9b2dd63d5e5840c86ad) and "
            "parts_lfw_funneled_gt_images.tgz (md5 3e7e26e801c3081d651c8c2ef3c45cfc); "
            "vis-www.cs.umass.edu no longer serves them: take a mirror and compare the md5"
        ),
    ),
    "helen": Layout(
        title="HELEN (SmithCVPR2013_dataset_resized)",
        forms=(("images", "labels", "exemplars.txt", "tuning.txt", "testing.txt"),),
        source=(
            "pages.cs.wisc.edu/~lizhang/projects/face-parsing "
            "(in copies before 18 February 2016 one face has wrong labels)"
        ),
    ),
    "celeba": Layout(
        title="CelebA, aligned",
        forms=(
            ("Anno/list_attr_celeba.txt", "Eval/list_eval_partition.txt", "Img/img_align_celeba"),
            ("list_attr_celeba.txt", "list_eval_partition.txt", "img_align_celeba"),
        ),
        source="mmlab.ie.cuhk.edu.hk/projects/CelebA.html (img_align_celeba.zip and the lists)",
    ),
    "celeba_wild": Layout(
        title="CelebA, in the wild",
        forms=(
            (
                "Anno/list_attr_celeba.txt",
                "Anno/list_bbox_celeba.txt",
                "Eval/list_eval_partition.txt",
                "Img/img_celeba",
            ),
            ("list_attr_celeba.txt", "list_bbox_celeba.txt", "list_eval_partition.txt", "img_celeba"),
        ),
        source="mmlab.ie.cuhk.edu.hk/projects/CelebA.html (img_celeba.7z in parts, and the lists)",
        folder="celeba",
    ),
    "celeba_landmarks": Layout(
        title="CelebA's landmarks, aligned",
        forms=(("Anno/list_landmarks_align_celeba.txt",), ("list_landmarks_align_celeba.txt",)),
        source="mmlab.ie.cuhk.edu.hk/projects/CelebA.html (the lists)",
        folder="celeba",
    ),
    "celeba_wild_landmarks": Layout(
        title="CelebA's landmarks, in the wild",
        forms=(("Anno/list_landmarks_celeba.txt",), ("list_landmarks_celeba.txt",)),
        source="mmlab.ie.cuhk.edu.hk/projects/CelebA.html (the lists)",
        folder="celeba",
    ),
    "lfw_pairs": Layout(
        title="LFW's pairs for verification",
        forms=(("lfw_funneled", "pairs.txt"),),
        source=(
            "lfw-funneled.tgz (md5 1b42dfed7d15c9b2dd63d5e5840c86ad) and "
            "pairs.txt (md5 9f1ba174e4e1c508ff7cdf10ac338a7d); "
            "vis-www.cs.umass.edu no longer serves them: take a mirror and compare the md5"
        ),
        folder="lfw",
    ),
    "celebhair": Layout(
        title="CelebHair: masks of face and hair for CelebA",
        forms=(("segmentation_masks",),),
        source=(
            "cs.ubbcluj.ro/~dadi/face-hair-segm-database.html "
            "(the masks; their pictures are CelebA's img_align_celeba, jpg or png, in `celeba/` beside it)"
        ),
    ),
    "vggface2": Layout(
        title="VGGFace2",
        forms=(
            ("train", "train_list.txt", "meta/identity_meta.csv"),
            ("train", "train_list.txt", "identity_meta.csv"),
        ),
        source=(
            "a mirror: www.robots.ox.ac.uk/~vgg/data/vgg_face2 no longer offers it "
            "(vggface2_train.tar.gz, train_list.txt, Meta.tar.gz; boxes: bb_landmark.tar.gz)"
        ),
    ),
    "aflw": Layout(
        title="AFLW",
        forms=(("data/aflw.sqlite", "data/flickr"), ("aflw.sqlite", "flickr")),
        source="TU Graz, after registration (lrs.icg.tugraz.at/research/aflw)",
    ),
    "elfw": Layout(
        title="ELFW 2.0",
        forms=(("elfw_01_basic/faces", "elfw_01_basic/labels"), ("faces", "labels"), ("labels.txt",)),
        source="multimedia-eurecat.github.io (elfw_01_basic, version 2.0), granted by form",
    ),
}


def missing(dataset: str, data: Path) -> str | None:
    """Return None when `data`/`dataset` looks right, else a message for the user.

    Raises DatasetError for a dataset that has no reader.
    """
    if dataset not in LAYOUTS:
        raise DatasetError(f"no dataset is called `{dataset}`; known: {', '.join(LAYOUTS)}")
    return _problem(dataset, data / (LAYOUTS[dataset].folder or dataset))


def require(dataset: str, root: Path) -> None:
    """Raise DatasetError with the same message as `missing` when the dataset is not at `root`."""
    message = _problem(dataset, root)
    if message is not None:
        raise DatasetError(message)


def find(root: Path, folder: str, name: str) -> Path:
    """Return where a file is, whether or not it is there: in its folder, or flat beside the others."""
    official = root / folder / name
    return official if official.exists() else root / name


def _problem(dataset: str, root: Path) -> str | None:
    layout = LAYOUTS[dataset]
    absent = [[path for path in form if not (root / path).exists()] for form in layout.forms]
    if not all(absent):
        return None
    # Of several forms the one that is nearest to what lies there is the one to complain about.
    nearest = min(absent, key=len)
    forms = "\n       or: ".join(" ".join(form) for form in layout.forms)
    return (
        f"dataset {dataset} ({layout.title}) is not at `{root}`: "
        f"{'no such folder' if not root.is_dir() else 'not found there: ' + ', '.join(nearest)}\n"
        f"it must hold: {forms}\n"
        f"get it from: {layout.source}\n"
        f"hint: `python -m tasks.fetch STUDY.yaml --data {root.parent}` fetches what may be fetched; for a "
        f"first try type `python -m tasks.data.synthetic {root.parent} --scale small`, which draws a "
        "synthetic stand-in"
    )


def all_missing(datasets: Sequence[str], data: Path | None) -> list[str]:
    """Return the messages about those datasets that are not there; none when another trial makes them."""
    found = [missing(dataset, data) for dataset in datasets] if data is not None else []
    return [message for message in found if message is not None]
