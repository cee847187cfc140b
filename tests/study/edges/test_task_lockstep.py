"""What a task says of training several trials at once."""

import pytest

from orchestrator.study.edges.task_source import find_task
from orchestrator.study.parameters import handed
from tests.study.edges.task_module_fixture import error_of

FUNCTIONS = """
LOCKSTEP = ("lr",)
def train(params: Data, context): return {}
def train_together(params, contexts):
    for place, each in enumerate(params): yield place, {"lr": each.lr}
def test(params: Data, context): return {}
class Trainer:
    LOCKSTEP = ()
    def run(self, params: Data, context): return {}
    def run_together(self, params, contexts): yield 0, {"all": len(params)}
"""


@pytest.mark.parametrize("task_module", [FUNCTIONS], indirect=True)
@pytest.mark.parametrize(("name", "differ"), [("train", {"lr"}), ("Trainer", set())])
def test_a_task_with_a_partner_says_in_what_trials_may_differ(
    task_module: str, name: str, differ: set[str]
) -> None:
    lockstep = find_task(f"{task_module}.{name}").lockstep

    assert lockstep is not None
    assert lockstep.differ == differ


@pytest.mark.parametrize("task_module", [FUNCTIONS], indirect=True)
def test_one_without_a_partner_trains_one_trial_at_a_time(task_module: str) -> None:
    assert find_task(f"{task_module}.test").lockstep is None


@pytest.mark.parametrize("task_module", [FUNCTIONS], indirect=True)
@pytest.mark.parametrize(("name", "given"), [("train", {"lr": 0.1}), ("Trainer", {"all": 1})])
def test_the_partner_is_called(task_module: str, name: str, given: dict[str, float]) -> None:
    task = find_task(f"{task_module}.{name}")
    assert task.lockstep is not None

    assert list(task.lockstep.run([handed(task, {})], ["context"])) == [(0, given)]


TOGETHER = """
def train(params: Data, context): return {}
def train_together(params, contexts): yield
"""


@pytest.mark.parametrize(
    ("task_module", "message", "hint"),
    [
        (
            "def train(params: Data, context): return {}\ndef train_together(params, contexts): return {}",
            "is no generator function",
            "write `def train_together(params, contexts)`, with `yield place, metrics`",
        ),
        (
            TOGETHER + "LOCKSTEP = 'lr'",
            "LOCKSTEP` is `lr`",
            'make it names of parameters in which trials may differ, as `LOCKSTEP = ("lr", "momentum")`',
        ),
        (
            TOGETHER + "LOCKSTEP = ('rate',)",
            "LOCKSTEP` names `rate`",
            "allowed: `lr`",
        ),
    ],
    indirect=["task_module"],
)
def test_what_cannot_be_used_is_told(task_module: str, message: str, hint: str) -> None:
    error = error_of(f"{task_module}.train")

    assert message in str(error)
    assert hint in (error.hint or "")
