"""Whether more or less of a metric is better: as the study says, else as its name lets guess."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestrator.report.definition import Better
    from orchestrator.study.objective import Objective
    from orchestrator.study.study import Stage, Study

Said = dict[str, "Better"]
"""Metric -> which of its values is better."""

LESS = frozenset(
    re.findall(
        r"\w+",
        "loss losses error errors err mse rmse mae mape msle nll nelbo bce ce perplexity ppl wer cer per fid "
        "kid bpc bpd regret divergence kl lpips eer hd hd95 brier ece",
    )
)
MORE = frozenset(
    re.findall(
        r"\w+",
        "acc accuracy iou miou jaccard dice f1 f2 fscore auc auroc roc auprc prauc ap mrr ndcg recall "
        "precision sensitivity specificity r2 bleu rouge meteor psnr ssim mcc kappa top1 top3 top5 reward "
        "return elbo likelihood correlation pearson spearman purity ari nmi",
    )
)
"""Words in names of metrics of which less, or more, is better."""
_NEITHER = frozenset(
    re.findall(
        r"\w+",
        "baseline chance untrained random dropped missing epoch epochs step steps time seconds hours count "
        "number num images samples size share weight weights support parameters params classes",
    )
)
"""Words of what is only set beside results, or counted."""
_PARTS = (
    frozenset({"val", "valid", "validation", "eval", "dev"}),
    frozenset[str](),
    frozenset({"test"}),
    frozenset({"train", "training"}),
)
"""Parts of the data that a metric is of, those first by which one chooses; in the middle none is named."""


def guessed(metric: str) -> Better:
    """Return which values of a metric its name says are better; `none` where it says nothing, or both."""
    words = _words(metric)
    less, more = bool(words & LESS), bool(words & MORE)
    if less == more or words & _NEITHER:
        return "none"
    return "lower" if less else "higher"


def said(study: Study, stage: str) -> Said:
    """Return what the study says of the metrics of a stage: its search, else who needs its best."""
    needed = [edge.best for other in study.stages for edge in other.needs if edge.stage == stage if edge.best]
    found: Said = {}
    for objective in (*_searched(study.stage(stage)), *needed):
        found.setdefault(objective.metric, "lower" if objective.minimize else "higher")
    return found


def all_said(study: Study) -> dict[str, Said]:
    """Return the same of each stage."""
    return {stage.name: said(study, stage.name) for stage in study.stages}


def directions(metrics: Iterable[str], told: Mapping[str, Better]) -> Said:
    """Return which values of these metrics are better, as told, else as guessed."""
    return {metric: told.get(metric, guessed(metric)) for metric in metrics}


def first_of(metrics: Sequence[str], told: Mapping[str, Better]) -> str | None:
    """Return the metric that a stage is about; None where nothing tells which values are better.

    What the study says goes first, then what is measured on validation data, last what is on training data.
    """
    for metric in told:
        if metric in metrics:
            return metric
    known = [metric for metric in metrics if guessed(metric) != "none"]
    return min(known, key=part_of, default=None)


def direction_note(found: Mapping[str, Better], told: Mapping[str, Better]) -> str:
    """Say which values are taken to be better, and who says so; nothing where none is."""
    known = _ways({metric: way for metric, way in found.items() if metric in told})
    guesses = _ways({metric: way for metric, way in found.items() if metric not in told})
    parts = [f"{known}, as the study has it"] * bool(known) + [f"{guesses}, guessed by name"] * bool(guesses)
    return f"Better is {'; '.join(parts)}." if parts else ""


def _ways(found: Mapping[str, Better]) -> str:
    """Return metrics with their directions, as `more of acc and less of loss`."""
    sides = []
    for better, word in (("higher", "more"), ("lower", "less")):
        if metrics := [metric for metric, way in found.items() if way == better]:
            sides.append(f"{word} of {', '.join(metrics)}")
    return " and ".join(sides)


def _searched(stage: Stage) -> Sequence[Objective]:
    if stage.search is None:
        return ()
    objective = stage.search.objective
    return objective if isinstance(objective, list) else [objective]


def part_of(metric: str) -> int:
    """Return the place of the part of the data that a metric is of, among those by which one chooses."""
    words = _words(metric)
    named = [place for place, part in enumerate(_PARTS) if part & words]
    return named[0] if named else 1


def _words(metric: str) -> frozenset[str]:
    """Return the words of a name in small letters: `valLoss`, `val/loss` and `val_loss` have the same."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", metric)
    return frozenset(re.findall(r"[a-z0-9]+", f"{parted} {metric}".lower()))  # `IoU` is one word
