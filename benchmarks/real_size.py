"""The trainings of the five studies at their real size, each for some seconds: Markdown tables.

    python benchmarks/real_size.py [--only gender,unet] [--variants off,tf32,bf16,compile] [--seconds-each 4]
                                   [--steps N] [--json FILE]

Networks, sizes of pictures and minibatches are those of the papers, weights and pictures are random; as many
pictures are drawn as the part needs, in the form that preparations leave, so they come from memory and not
from a disk. On a CPU the counts are reduced, and the table says so. `off` is float32 as in the papers, `bf16`
has TF32, channels last and the fused optimizer too, `compile` that and torch.compile. Epochs and hours are
computed from the speed of the steps; of `gender` and of the small trainings whole epochs with their
validation are measured. The sources' hours are theirs: 20 h is the limit of Lindström's K40, 3 minutes an
epoch and 21 h those of the RTX 2070, 20 h those of the card of 4 GB.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch

from benchmarks import real_data, real_studies
from benchmarks.arguments import positive
from benchmarks.clocked import Clocked, GpuLoad, measured
from benchmarks.markdown import number, table
from tasks import attributes, encode, foreground, gender, mininet, multitask, recognition, segment, transfer
from tasks.parts.context import FolderContext

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

VARIANTS: dict[str, dict[str, Any]] = {
    "off": {},
    "tf32": {"tf32": True},
    "bf16": {"tf32": True, "amp": "bf16", "channels_last": True, "fused": True},
    "compile": {"tf32": True, "amp": "bf16", "channels_last": True, "fused": True, "compile": True},
}
NONE = {"weights": "none"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A training of a study: what it needs, and how large the whole of it is."""

    clocked: Callable[[Path, dict[str, Any], int], Clocked]  # folder, precision, pictures to draw
    pictures: int  # to draw for a GPU
    few: int  # for a CPU
    train: int  # pictures of an epoch of the real training
    epochs: float  # of the real training
    source_hours: float | None = None  # of the whole training
    variants: tuple[str, ...] = tuple(VARIANTS)


def drawn(folder: Path, dataset: str, count: int, **parts: int) -> dict[str, Path]:
    """Return the prepared pictures, drawn where they are not there yet."""
    there = folder / f"{dataset}-{count}" / "artifacts"
    return {"pictures": there if there.is_dir() else real_data.write(folder, dataset, count, parts)}


def model(task: Any, given: dict[str, Any], precision: dict[str, Any], name: str = "Params") -> Any:
    """Return parameters; of the precision what the task has."""
    kind = getattr(task, name)
    return kind.model_validate({**given, **{k: v for k, v in precision.items() if k in kind.model_fields}})


def encoded(folder: Path, needs: Mapping[str, Path], encoder: str) -> Path:
    """Return the features of pictures for a decoder, computed where they are not there yet."""
    context = FolderContext(root=folder / f"features-{encoder}", data=folder, needs=needs)
    if not context.artifact("features.safetensors").exists():
        encode.run(model(encode, {**NONE, "encoder": encoder}, VARIANTS["bf16"]), context)
    return context.artifact("any").parent


def of_gender(encoder: str) -> Callable[[Path, dict[str, Any], int], Clocked]:
    """Return the tuning of an encoder: whole epochs on its trunk's stored output."""

    def clocked(folder: Path, precision: dict[str, Any], count: int) -> Clocked:
        params = model(
            gender, {**NONE, "encoder": encoder, "max_epochs": 10_000, "patience": 9999}, precision
        )
        needs = drawn(folder, "celeba", count)
        return Clocked(
            run=gender.run, params=params, needs=needs, by="epochs", samples=round(0.9 * count), warm=2
        )

    return clocked


def of_encode(encoder: str) -> Callable[[Path, dict[str, Any], int], Clocked]:
    """Return the encoding of pictures."""

    def clocked(folder: Path, precision: dict[str, Any], count: int) -> Clocked:
        params = model(encode, {**NONE, "encoder": encoder, "dataset": "lfw"}, precision)
        needs = drawn(folder, "celeba", count)
        return Clocked(
            run=encode.run, params=params, needs=needs, by="steps", samples=params.batch_size, warm=3
        )

    return clocked


def of_segment(folder: Path, precision: dict[str, Any], count: int) -> Clocked:
    """Return the training of the decoder: whole epochs."""
    needs = drawn(folder, "lfw", count)
    needs["features"] = encoded(folder, needs, "vgg16")
    params = model(segment, {"patience": 9999}, precision)
    return Clocked(
        run=segment.run, params=params, needs=needs, by="epochs", samples=round(0.9 * count), warm=3
    )


def of_unet(folder: Path, precision: dict[str, Any], count: int) -> Clocked:
    """Return the training of the U-Net, pictures changed at random on the way."""
    params = model(foreground, {}, precision)
    needs = drawn(folder, "celebhair", count, train=3000, val=16)
    return Clocked(
        run=foreground.run, params=params, needs=needs, by="steps", samples=params.batch_size, warm=11
    )


def of_recognition(folder: Path, precision: dict[str, Any], count: int) -> Clocked:
    """Return the training of the recognition network's last layer."""
    params = model(recognition, NONE, precision)
    needs = drawn(folder, "vggface2", count, train=72283, val=32, test=32)
    return Clocked(
        run=recognition.run, params=params, needs=needs, by="steps", samples=params.batch_size, warm=11
    )


def of_attributes(trains: str) -> Callable[[Path, dict[str, Any], int], Clocked]:
    """Return the retraining of VGG-Face: on stored features, or from conv4 on."""

    def clocked(folder: Path, precision: dict[str, Any], count: int) -> Clocked:
        needs = drawn(folder, "celeba_wild", count, train=162_770, val=32, test=32)
        several = {"attributes": ["Male", "Young"], "optimizer": "adam", "lr": 1e-5}
        params = model(
            attributes, {**NONE, "trains": trains, **(several if trains == "conv4" else {})}, precision
        )
        if trains == "fc":
            context = FolderContext(root=folder / "convolutions", data=folder, needs=needs)
            if not context.artifact("features.safetensors").exists():
                attributes.encode(model(attributes, NONE, {"tf32": True}, "EncodeParams"), context)
            needs["features"] = context.artifact("any").parent
        return Clocked(
            run=attributes.run, params=params, needs=needs, by="steps", samples=params.batch_size, warm=11
        )

    return clocked


def of_transfer(folder: Path, precision: dict[str, Any], count: int) -> Clocked:
    """Return the fine-tuning of ResNet-18: whole epochs."""
    params = model(transfer, {**NONE, "epochs": 10_000}, precision)
    needs = drawn(folder, "elfw", count)
    return Clocked(
        run=transfer.run, params=params, needs=needs, by="epochs", samples=round(0.8 * count), warm=2
    )


def of_mininet(folder: Path, precision: dict[str, Any], count: int) -> Clocked:
    """Return a training of the mini-network: whole epochs."""
    params = model(mininet, {"epochs": 10_000}, precision)
    needs = drawn(folder, "elfw", count)
    return Clocked(
        run=mininet.run, params=params, needs=needs, by="epochs", samples=round(0.8 * count), warm=2
    )


def of_multitask(folder: Path, precision: dict[str, Any], count: int) -> Clocked:
    """Return the training of the multi-task network: whole epochs of a fold."""
    params = model(multitask, {"max_epochs": 10_000, "patience": 9999}, precision)
    needs = drawn(folder, "celeba_grey", count)
    return Clocked(
        run=multitask.run, params=params, needs=needs, by="epochs", samples=round(0.81 * count), warm=2
    )


SMALL = ("off", "tf32", "bf16")
# Epochs of gender and of the decoder: what `plan` counts with. The 30 of VGG-Face are the default of DIGITS.
PARTS: dict[str, Part] = {
    **{
        f"gender {encoder}": Part(
            clocked=of_gender(encoder),
            pictures=2000,
            few=20,
            train=10_800,
            epochs=epochs,
            source_hours=20,
        )
        for encoder, epochs in gender.EPOCHS.items()
    },
    **{
        f"encode {encoder}": Part(clocked=of_encode(encoder), pictures=2000, few=200, train=5257, epochs=1)
        for encoder in gender.EPOCHS
    },
    "segment": Part(
        clocked=of_segment,
        pictures=2927,
        few=60,
        train=2634,
        epochs=segment.EPOCHS,
        source_hours=20,
        variants=SMALL,
    ),
    "unet": Part(clocked=of_unet, pictures=600, few=64, train=3000, epochs=300, source_hours=15),
    "recognition": Part(
        clocked=of_recognition, pictures=600, few=64, train=72_283, epochs=100, source_hours=21
    ),
    "attributes fc": Part(
        clocked=of_attributes("fc"), pictures=2000, few=64, train=162_770, epochs=30, source_hours=20
    ),
    "attributes conv4": Part(
        clocked=of_attributes("conv4"), pictures=600, few=64, train=162_770, epochs=30, source_hours=20
    ),
    "transfer": Part(clocked=of_transfer, pictures=3754, few=200, train=3003, epochs=10, variants=SMALL),
    "mininet": Part(clocked=of_mininet, pictures=3754, few=200, train=3003, epochs=50, variants=SMALL),
    "multitask": Part(clocked=of_multitask, pictures=7000, few=400, train=5670, epochs=10, variants=SMALL),
}


def rows(options: argparse.Namespace, folder: Path, load: GpuLoad) -> Iterator[tuple[str, dict[str, float]]]:
    """Measure what is asked for, and yield each as `part, variant` with its numbers."""
    gpu = torch.cuda.is_available()
    for name, part in PARTS.items():
        if not asked(name, options):
            continue
        for variant in options.variants:
            if variant not in part.variants:
                continue
            began = time.perf_counter()
            try:
                clocked = part.clocked(folder, VARIANTS[variant], part.pictures if gpu else part.few)
                clocked = clocked if gpu else replace(clocked, warm=2)
                found = measured(
                    clocked, folder / "training", load, seconds=options.seconds_each, most=options.steps
                )
            except Exception as error:  # one that fails hides none of the others
                print(f"{name}, {variant}: {type(error).__name__}: {error}"[:2000], file=sys.stderr)
                continue
            yield f"{name}, {variant}", found | projected(part, found["samples/s"])
            took = time.perf_counter() - began
            print(f"{name}, {variant}: {took:.1f} s in all, {found['samples/s']:.0f} /s", file=sys.stderr)


def studies(
    options: argparse.Namespace, folder: Path, found: Mapping[str, Mapping[str, float]]
) -> dict[str, dict[str, float]]:
    """Measure preparation and lockstep, and add up source 000, where nothing else is asked for by name."""
    gpu, measured_too = torch.cuda.is_available(), {}
    if asked("preparation", options):
        measured_too["preparation"] = real_studies.preparation(folder, 500 if gpu else 20)
    if asked("lockstep", options):
        needs = drawn(folder, "elfw", 3754 if gpu else 200)
        measured_too["lockstep"] = real_studies.lockstep(folder, needs, epochs=2)
    for variant in options.variants:
        if added := real_studies.face_segmentation({**found, **measured_too}, variant):
            measured_too[f"source 000, {variant}"] = added
    return measured_too


def asked(name: str, options: argparse.Namespace) -> bool:
    """Tell whether something is to be measured."""
    return not options.only or any(name.startswith(wanted) for wanted in options.only)


def projected(part: Part, speed: float) -> dict[str, float]:
    """Return what follows from a speed for the whole training, beside the source."""
    hours = part.train * part.epochs / speed / 3600
    found = {"min/epoch": part.train / speed / 60, "hours in all": hours}
    return found if part.source_hours is None else {**found, "source's hours": part.source_hours}


def in_rows(title: str, found: Mapping[str, Mapping[str, float]]) -> str:
    """Return a table with a line for each training."""
    columns = list(dict.fromkeys(name for numbers in found.values() for name in numbers))
    lines = [f"| {title} | {' | '.join(columns)} |", f"|---|{'--:|' * len(columns)}"]
    lines += [
        f"| {name} | {' | '.join(number(numbers.get(column)) for column in columns)} |"
        for name, numbers in found.items()
    ]
    return "\n".join(lines)


def words(text: str) -> list[str]:
    """Return the words of a list with commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", type=words, default=[], help="beginnings of names, with commas")
    parser.add_argument("--variants", type=words, default=["off", "tf32", "bf16"])
    parser.add_argument("--seconds-each", type=float, default=3.0, help="after warm-up")
    parser.add_argument("--steps", type=positive, default=10**9, help="at most so many steps or epochs")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if unknown := set(options.variants) - set(VARIANTS):
        parser.error(f"unknown variant `{min(unknown)}`, there are: {', '.join(VARIANTS)}")
    load = GpuLoad()
    with tempfile.TemporaryDirectory(prefix="real-size-") as name:
        found: dict[str, dict[str, float]] = {}
        others: dict[str, dict[str, float]] = {}
        try:
            for row, numbers in rows(options, Path(name), load):
                found |= {row: numbers}
            others = studies(options, Path(name), found)
        except KeyboardInterrupt:
            print("interrupted: what follows was measured before", file=sys.stderr)
    load.stop()
    gpu = torch.cuda.is_available()
    device = torch.cuda.get_device_name() if gpu else "CPU, reduced counts of pictures"
    title = f"{device}, torch {torch.__version__}"
    if found:
        print(in_rows(title, found))
    for variant in options.variants:
        if whole := real_studies.whole_studies(found, variant):
            print(f"\n{in_rows(f'all trainings one after the other, {variant}, {title}', whole)}")
    for what, numbers in others.items():
        print(f"\n{table(f'{what}, {title}', {'': numbers})}")
    if options.json:
        options.json.write_text(json.dumps({"device": title, "found": found, **others}, indent=1))


if __name__ == "__main__":
    main()
