"""A made-up study in a run folder: 4 pretrainings and 40 segmentations, as their workers would leave them."""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING

from orchestrator.engine.observe import Observer
from orchestrator.evidence.evidence import Claim, Exit, Failure, Result
from orchestrator.evidence.submission import Submission
from orchestrator.places.profile import LOCAL
from orchestrator.study.shape import Shape
from orchestrator.study.study import Edge, Point, Stage, Study

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.state import Seen
    from orchestrator.study.trial import Trial

BEGAN = 1_700_000_000.0


def points(**axes: list[object]) -> tuple[Point, ...]:
    """Return the product of the axes; `seed` is one of them."""
    rows = [dict(zip(axes, values, strict=True)) for values in product(*axes.values())]
    params = [{"net": {"depth": 16}, "learning_rate": 1e-3} | row for row in rows]
    for row in params:
        row.pop("seed")
    return tuple(
        Point(axes=row, seed=row["seed"], params=some) for row, some in zip(rows, params, strict=True)
    )


def stage(name: str, where: tuple[Point, ...], needs: tuple[Edge, ...] = ()) -> Stage:
    """Return a stage of an imaginary task."""
    return Stage(name=name, task=f"paper.{name}", version=1, shape=Shape(), points=where, needs=needs)


def submission(name: str, *stages: Stage) -> Submission:
    """Return a study as `submit` fixes it."""
    return Submission(
        study=Study(name=name, stages=stages),
        code="c0de",
        data="/data",
        profile=LOCAL,
        given=f"/grids/{name}.yaml",
    )


def look(runs: RunFolder, submitted: Submission) -> Seen:
    """Return what the run folder says now."""
    return Observer(runs, submitted).look()


def claim(runs: RunFolder, trial: Trial, number: int = 1, at: float = BEGAN) -> Path:
    """Begin an attempt on another machine and return its folder; its worker lives."""
    folder = runs.trial(trial)
    folder.describe(trial)
    job = f"local:node{number}:4{number}:1"
    folder.claim(number, Claim(worker="w", job=job, host=f"node{number}", time=at, code="c0de"))
    (folder.attempt(number) / "heartbeat").touch()
    (folder.attempt(number) / "log.txt").write_text(f"attempt {number}\n", encoding="utf-8")
    return folder.attempt(number)


def log(attempt: Path, steps: Iterable[int], *, at: float = BEGAN, **metrics: float) -> None:
    """Append metrics, one step per second after `at`."""
    with (attempt / "metrics.jsonl").open("a", encoding="utf-8") as file:
        for step in steps:
            file.write(json.dumps({"step": step, "time": at + step, "metrics": metrics}) + "\n")


def leave(attempt: Path, outcome: str, *, at: float = BEGAN + 100) -> None:
    """Write how the attempt ended."""
    failure = Failure(kind="nan_loss", message="NaN loss") if outcome == "failed" else None
    ended = Exit.model_validate({"outcome": outcome, "time": at, "seconds": 100, "failure": failure})
    (attempt / "exit.json").write_text(ended.model_dump_json(), encoding="utf-8")


def finish(
    runs: RunFolder, trial: Trial, metrics: Mapping[str, float], *, number: int = 1, at: float = BEGAN + 100
) -> None:
    """Publish a result and end its attempt."""
    facts = {"host": f"node{number}", "gpu": "Tesla V100"}
    result = Result(
        metrics=dict(metrics), attempt=number, time=at, seconds=100, code="c0de", provenance=facts
    )
    runs.trial(trial).publish_result(result)
    leave(runs.trial(trial).attempt(number), "done", at=at)


def face_study() -> Submission:
    """Return the whole study: two stages, 44 trials."""
    encoders, seeds = ["vgg16", "resnet50"], [0, 1]
    return submission(
        "faces",
        stage("gender", points(encoder=encoders, seed=seeds)),
        stage(
            "segment",
            points(
                encoder=encoders,
                dataset=["lfw", "helen", "elfw", "masked", "celeba"],
                hair=[True, False],
                seed=seeds,
            ),
            (Edge(name="weights", stage="gender"),),
        ),
    )


def write_curves(attempt: Path, steps: int, quality: float) -> None:
    """Log a training of `steps` epochs, four metrics each."""
    lines = []
    for step in range(1, steps + 1):
        loss = (1.6 - quality) / step**0.5
        metrics = {"train_loss": loss * 0.8, "val_loss": loss, "iou": quality * (1 - 0.7**step), "lr": 0.01}
        lines.append(json.dumps({"step": step, "time": BEGAN + 60 * step, "metrics": metrics}))
    (attempt / "metrics.jsonl").write_text("\n".join([*lines, ""]), encoding="utf-8")


def write_study(runs: RunFolder, submitted: Submission, steps: int = 20) -> None:
    """Finish every trial of the study."""
    for number, trial in enumerate(look(runs, submitted).plan.trials):
        quality = 0.6 + 0.3 * (number * 7 % 11) / 11
        attempt = claim(runs, trial)
        write_curves(attempt, steps, quality)
        runs.trial(trial).artifacts.mkdir()
        (runs.trial(trial).artifacts / "confusion.csv").write_text("skin,hair\n9,1\n", encoding="utf-8")
        finish(runs, trial, {"iou": quality, "val_loss": 1 - quality}, at=BEGAN + 60 * steps)
