"""Trainings of one task one after the other, and the same in lockstep: one Markdown table.

    python benchmarks/lockstep.py [--task mininet] [--trials 18] [--pictures 600] [--epochs 3] [--repeat 3]
                                  [--batch-size 32] [--stack | --in-turn]

`mininet` is the published sweep (learning rate x momentum x weight decay), `multitask` its folds, `segment`
learning rates of the head on stored features; pictures are drawn. Preparation and features are made before
and not counted. `alone` is the seconds of `run` for one after the other, in this one program: starting a
program for each, as `submit` does not, would come on top. `ratio` is alone / together; that of the CPU's
seconds, over all threads, is what counts where other programs share the CPU. Stacked is the way of a GPU, in
turn that of a CPU; either can be asked for. `largest difference` is that of the metrics, relative where they
are above 0.001.
"""

from __future__ import annotations

import argparse
import importlib
import itertools
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch

from benchmarks.arguments import positive
from benchmarks.markdown import table
from tasks import encode, mininet, multitask, segment
from tasks.data import synthetic
from tasks.parts import seeding
from tasks.parts.context import FolderContext
from tasks.prepare import celeba, elfw, face_masks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

SEED = 0


@dataclass(frozen=True, slots=True)
class Sweep:
    """Trainings of one task, and the artifacts that all of them need."""

    task: str
    params: Sequence[Any]
    needs: Mapping[str, Path]

    def contexts(self, root: Path) -> list[FolderContext]:
        """Return a context for each, in folders of their own."""
        return [
            FolderContext(root=root / str(place), data=root, seed=SEED, needs=self.needs)
            for place in range(len(self.params))
        ]


def sweep_of_mininet(folder: Path, options: argparse.Namespace) -> Sweep:
    """Prepare ELFW and return the cells of the report's sweep."""
    needs = {"pictures": _ran(elfw, {"image_size": 250, "of_each": "all"}, "elfw", folder, options)}
    cells = itertools.product((1e-4, 5e-4, 1e-3), (0.9, 0.95), (1e-5, 5e-5, 1e-4))
    common = {"epochs": options.epochs, "batch_size": options.batch_size or 32}
    params = [
        mininet.Params(lr=lr, momentum=momentum, weight_decay=decay, **common)
        for lr, momentum, decay in cells
    ]
    return Sweep("mininet", params[: options.trials], needs)


def sweep_of_multitask(folder: Path, options: argparse.Namespace) -> Sweep:
    """Prepare CelebA and return the folds."""
    prepared = {"attributes": ["Male", "Eyeglasses"], "partition": "all", "crop": "face", "grey": True}
    wanted = {**prepared, "image_size": 50, "images": None, "pictures": "aligned"}
    needs = {"pictures": _ran(celeba, wanted, "celeba", folder, options)}
    common = {"max_epochs": options.epochs, "batch_size": options.batch_size or 32}
    folds = [multitask.Params(fold=fold, **common) for fold in range(10)]
    return Sweep("multitask", folds[: options.trials], needs)


def sweep_of_segment(folder: Path, options: argparse.Namespace) -> Sweep:
    """Prepare LFW, encode it with a narrow encoder, and return heads of several learning rates."""
    size = {"image_size": 64}
    pictures = _ran(face_masks, size, "lfw", folder, options)
    encoded = {**size, "weights": "none", "width": 0.25}
    features = _ran(encode, encoded, "", folder, options, pictures=pictures)
    common = {**size, "max_epochs": options.epochs, "batch_size": options.batch_size or 200}
    rates = [1e-4 * 2**power for power in range(18)]
    heads = [segment.Params(lr=lr, **common) for lr in rates]
    return Sweep("segment", heads[: options.trials], {"pictures": pictures, "features": features})


SWEEPS: dict[str, Callable[[Path, argparse.Namespace], Sweep]] = {
    "mininet": sweep_of_mininet,
    "multitask": sweep_of_multitask,
    "segment": sweep_of_segment,
}


def _ran(
    task: Any, params: dict[str, Any], dataset: str, folder: Path, options: argparse.Namespace, **needs: Path
) -> Path:
    """Run a task that trainings need, over a drawn dataset; return the folder of its artifacts."""
    data = folder / "data"
    if dataset:
        (data / dataset).mkdir(parents=True)
        synthetic.DATASETS[dataset].write(data / dataset, options.pictures, SEED)
    context = FolderContext(root=folder / task.__name__, data=data, seed=SEED, needs=needs)
    task.run(task.Params.model_validate(params), context)
    return context.artifact("any").parent


def alone(sweep: Sweep, root: Path) -> list[dict[str, float]]:
    """Train one after the other."""
    run = importlib.import_module(f"tasks.{sweep.task}").run
    return [run(*each) for each in zip(sweep.params, sweep.contexts(root), strict=True)]


def together(sweep: Sweep, root: Path, *, stack: bool | None) -> list[dict[str, float]]:
    """Train in lockstep."""
    page = importlib.import_module(f"tasks.{sweep.task}.train")
    found = dict(page.run_together(sweep.params, sweep.contexts(root), stack=stack))
    if failed := [ended for ended in found.values() if isinstance(ended, Exception)]:
        raise failed[0]
    return [found[place] for place in range(len(sweep.params))]


def largest_difference(wanted: Sequence[Mapping[str, float]], found: Sequence[Mapping[str, float]]) -> float:
    """Return the largest difference of two metrics, relative where they are above 0.001."""
    return max(
        abs(value - other[name]) / max(abs(value), 1e-3)
        for one, other in zip(wanted, found, strict=True)
        for name, value in one.items()
        if not name.startswith("timing_")
    )


def measured(sweep: Sweep, folder: Path, *, stack: bool | None) -> dict[str, float]:
    """Return the seconds of both ways."""
    began = _clocks()
    wanted = alone(sweep, folder / "alone")
    between = _clocks()
    found = together(sweep, folder / "together", stack=stack)
    ended = _clocks()
    own, joint = _passed(began, between), _passed(between, ended)
    return {
        "alone, s": own[0],
        "together, s": joint[0],
        "ratio": own[0] / joint[0],
        "alone, CPU s": own[1],
        "together, CPU s": joint[1],
        "ratio of CPU s": own[1] / joint[1],
        "largest difference": largest_difference(wanted, found),
    }


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _passed(began: tuple[float, float], ended: tuple[float, float]) -> tuple[float, float]:
    return ended[0] - began[0], ended[1] - began[1]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--task", choices=SWEEPS, default="mininet")
    parser.add_argument("--trials", type=positive, default=18)
    parser.add_argument("--pictures", type=positive, default=600)
    parser.add_argument("--epochs", type=positive, default=3)
    parser.add_argument("--batch-size", type=positive, help="default: the task's own")
    parser.add_argument("--repeat", type=positive, default=3)
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--stack", action="store_true", default=None, help="as on a GPU")
    way.add_argument("--in-turn", action="store_false", dest="stack", help="as on a CPU")
    options = parser.parse_args()
    gpu = seeding.pick_device().type == "cuda"
    device = torch.cuda.get_device_name() if gpu else f"CPU, threads: {torch.get_num_threads()}"
    with tempfile.TemporaryDirectory(prefix="lockstep-") as name:
        sweep = SWEEPS[options.task](Path(name), options)
        columns = {
            f"run {number}": measured(sweep, Path(name) / str(number), stack=options.stack)
            for number in range(1, options.repeat + 1)
        }
    how = "stacked" if options.stack or (options.stack is None and gpu) else "in turn"
    print(table(f"{len(sweep.params)} x {options.task}, {how}, {device}", columns))


if __name__ == "__main__":
    main()
