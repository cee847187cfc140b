import math
from pathlib import Path

import numpy as np
import pytest
import torch

from orchestrator.engine.context import Context, whole_step
from orchestrator.engine.edges.pruner_line import AskingEnd
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.study.trial import Trial


class Pruner(AskingEnd):
    """One that ends a trial as soon as it has logged something."""

    def __init__(self) -> None:
        self.pruned = False

    def tell(self, *_: object) -> None:
        self.pruned = True


def context_of(tmp_path: Path) -> Context:
    trial = Trial(id="0" * 16, stage="s", task="t", version=1, params={}, seed=0, needs={}, axes={})
    folder = RunFolder(tmp_path).trial(trial)
    folder.attempt(1).mkdir(parents=True)
    return Context(folder, folder.attempt(1), trial, tmp_path, tmp_path, pruner=Pruner())


def test_a_trial_that_is_pruned_has_to_stop(tmp_path: Path) -> None:
    context = context_of(tmp_path)
    before = context.should_stop()
    context.log({"loss": 0.5}, 1)

    assert (before, context.should_stop(), context.told_to_stop) == (False, True, True)


def test_what_is_pruned_was_told_by_nobody_outside(tmp_path: Path) -> None:
    context = context_of(tmp_path)
    context.log({"loss": 0.5}, 1)

    assert (context.stopping, context.signalled) == (True, False)


@pytest.mark.parametrize("step", [3, np.int64(3), torch.tensor(3), torch.tensor([3]), 3.0, np.float32(3)])
def test_a_step_is_a_whole_number_of_any_kind(step: object) -> None:
    assert whole_step(step) == 3


@pytest.mark.parametrize("step", [1.5, "3", math.nan, math.inf, None, torch.tensor([1, 2])])
def test_a_step_that_is_no_whole_number_is_refused(step: object) -> None:
    with pytest.raises(TypeError, match="count in whole numbers"):
        whole_step(step)
