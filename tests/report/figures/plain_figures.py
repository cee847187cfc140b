"""One figure of each kind with the trials that it is of, as plain values."""

from collections.abc import Mapping
from typing import Any

from orchestrator.report.figures.counts import Counts
from orchestrator.report.figures.definitions import KINDS, AnyFigure
from orchestrator.report.selection import Material, Observation
from orchestrator.study.trial import Trial
from tests.observations import gather, observe

AXES = [(net, lr) for net in ("small", "large") for lr in (0.01, 0.1)]
SEEN = [
    observe(
        {"acc": 0.5 + 0.1 * place + 0.01 * seed, "loss": 1.0 - 0.1 * place},
        "train",
        net=net,
        lr=lr,
        seed=seed,
    )
    for place, (net, lr) in enumerate(AXES)
    for seed in (0, 1, 2)
]
WAITING = observe(None, "train", net="small", lr=0.01, seed=3)
ANSWERS = Counts(labels=("cat", "dog"), rows=((8, 2), (1, 9)))
KEYS: dict[str, dict[str, Any]] = {
    "bars": {"metric": "acc", "columns": "lr", "rows": "net"},
    "confusion": {"columns": "net", "where": {"lr": 0.1}},
    "curves": {"metric": "acc", "series": ["net", "lr"]},
    "epochs_to": {"metric": "acc", "reaches": 0.72, "columns": "lr", "rows": "net"},
    "heat_map": {"metric": "acc", "columns": "lr", "rows": "net"},
    "parallel": {"metric": "acc", "over": ["net", "lr"]},
    "pictures": {"artifact": "masks.png", "columns": "net", "rows": "lr"},
    "scatter": {"x": "loss", "y": {"name": "acc", "scale": 100}, "series": ["net"]},
}
"""What a figure of each kind says beside its id, title and stage."""


def figure(kind: str, **changes: Any) -> AnyFigure:
    """Return a definition of this kind; a change to None leaves the key out."""
    given = {"id": kind, "title": "T", "stage": "train", "kind": kind, **KEYS[kind], **changes}
    return KINDS[kind].model_validate({key: value for key, value in given.items() if value is not None})


def trials(*seen: Observation, counts: Counts | None = ANSWERS) -> Material:
    """Return the material of these trials, by default of all; each has logged its way to its accuracy."""
    return gather(*(seen or SEEN), history=logged, counts=lambda *_: counts)


def logged(trial: Trial) -> Mapping[int, Mapping[str, float]]:
    """Return the accuracy of a trial at four epochs, the last of which is that of its result."""
    found = next((one.metrics for one in SEEN if one.trial.id == trial.id and one.metrics), None)
    return {step: {"acc": found["acc"] * step / 4} for step in range(5)} if found else {}
