"""Every task that can be trained in lockstep gives what it gives alone."""

from __future__ import annotations

import importlib
import inspect
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import torch
from safetensors.torch import load_file

from tasks.parts.context import FolderContext
from tests.tasks.attempts import one_thread
from tests.tasks.resume_cases import CASES
from tests.tasks.test_tasks import NAMES, functions, model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.tasks.attempts import Ended

pytestmark = pytest.mark.slow

TASKS = [
    (name, function)
    for name in NAMES
    for function in functions(name)
    if hasattr(importlib.import_module(name), f"{function}_together")
]
# A value for each parameter in which trainings in lockstep may differ, other than that of its case.
OTHERS: dict[str, Any] = {
    "lr": 3e-3,
    "momentum": 0.5,
    "weight_decay": 1e-2,
    "epochs": 2,
    "rho": 0.8,
    "eps": 1e-5,
    "l2": 1e-2,
    "fold": 1,
    "rule": "constant",
    "result": "best",
    "patience": 1,
    "max_epochs": 2,
    "hours": 1.0,
}
# Largest differences between a training in a stack and the same alone: metrics relative, or of so much where
# they are small; weights relative to the largest of their tensor. Rounding is some 1e-7 a step; where a
# gradient is nearly zero, Adam and RMSprop make a whole step of it.
METRICS, SMALL, WEIGHTS = 1e-4, 1e-5, 5e-3
EVERY = pytest.mark.parametrize(("name", "function"), TASKS)
WAYS = pytest.mark.parametrize("stack", [False, True], ids=["in turn", "stacked"])


@dataclass(frozen=True, slots=True)
class Company:
    """Trainings of one task: its case, once with each parameter changed, and once with another seed."""

    name: str
    function: str
    params: Sequence[Any]
    contexts: Sequence[FolderContext]

    def at(self, folder: Path, stops: dict[int, int] | None = None) -> Company:
        """Return the same in other folders; some say stop at a question of their own."""
        moved = [
            replace(context, root=folder / str(place), stop=_stops_at((stops or {}).get(place)))
            for place, context in enumerate(self.contexts)
        ]
        return replace(self, contexts=moved)

    def alone(self, place: int) -> dict[str, float]:
        """Train one by itself."""
        run = getattr(importlib.import_module(self.name), self.function)
        with one_thread():
            found: dict[str, float] = run(self.params[place], self.contexts[place])
        return found

    def together(self, *, stack: bool) -> dict[int, dict[str, float] | Exception]:
        """Train all in lockstep, in the way of a CPU or of a GPU."""
        run = getattr(importlib.import_module(f"{self.name}.train"), f"{self.function}_together")
        with one_thread():
            return dict(run(self.params, self.contexts, stack=stack))

    def weights(self, place: int) -> dict[str, torch.Tensor]:
        """Return what one has written."""
        files = self.contexts[place].artifact("any").parent.glob("*.safetensors")
        return {f"{path.name} {key}": value for path in files for key, value in load_file(path).items()}


def _stops_at(question: int | None) -> Callable[[], bool]:
    asked = iter(range(1, 100_000))
    return lambda: next(asked) == question


@pytest.fixture(scope="module")
def company(
    tmp_path_factory: pytest.TempPathFactory, many: Path, whole: Callable[[str], Ended]
) -> Callable[[str, str], tuple[Company, list[dict[str, float]]]]:
    """Give the trainings of a task, and what each of them gives alone."""

    @cache
    def trained(name: str, function: str) -> tuple[Company, list[dict[str, float]]]:
        case = next(case for case in CASES.values() if case.task == f"{name}.{function}")
        needs = {need: whole(other).artifacts for need, other in case.needs.items()}
        changes = [{}, *({key: OTHERS[key]} for key in importlib.import_module(name).LOCKSTEP), {}]
        asked = model(name, function)
        given = {**case.params, **({"width": 0.125} if "width" in asked.model_fields else {})}
        params = [asked.model_validate({**given, **change}) for change in changes]
        folder = tmp_path_factory.mktemp("alone")
        contexts = [
            FolderContext(root=folder / str(place), data=many, seed=5, needs=needs)
            for place in range(len(params))
        ]
        contexts[-1] = replace(contexts[-1], seed=6)
        found = Company(name, function, params, contexts)
        return found, [found.alone(place) for place in range(len(params))]

    return trained


def timeless(result: dict[str, float] | Exception) -> dict[str, float]:
    assert isinstance(result, dict), result
    return {name: value for name, value in result.items() if not name.startswith("timing_")}


def alike(wanted: dict[str, float]) -> Any:
    return pytest.approx(timeless(wanted), rel=METRICS, abs=SMALL)


def test_tasks_that_declare_lockstep_are_those_with_a_partner() -> None:
    declared = {name for name in NAMES if hasattr(importlib.import_module(name), "LOCKSTEP")}
    assert declared == {name for name, _ in TASKS} >= {"tasks.mininet"}


@EVERY
def test_what_may_differ_are_parameters(name: str, function: str) -> None:
    assert set(importlib.import_module(name).LOCKSTEP) <= set(model(name, function).model_fields)


@EVERY
def test_a_partner_is_a_generator_function(name: str, function: str) -> None:
    assert inspect.isgeneratorfunction(getattr(importlib.import_module(name), f"{function}_together"))


@EVERY
def test_in_turn_each_ends_bit_for_bit_as_alone(
    name: str, function: str, tmp_path: Path, company: Callable[..., Any]
) -> None:
    own, wanted = company(name, function)
    others = own.at(tmp_path)
    found = others.together(stack=False)
    assert [timeless(found[place]) for place in range(len(wanted))] == [timeless(each) for each in wanted]
    for place in range(len(wanted)):
        kept, written = own.weights(place), others.weights(place)
        assert all(torch.equal(written[key], kept[key]) for key in kept)


@EVERY
def test_stacked_each_ends_as_alone_but_for_rounding(
    name: str, function: str, tmp_path: Path, company: Callable[..., Any]
) -> None:
    own, wanted = company(name, function)
    others = own.at(tmp_path)
    found = others.together(stack=True)
    assert [timeless(found[place]) for place in range(len(wanted))] == [alike(each) for each in wanted]
    for place in range(len(wanted)):
        written = others.weights(place)
        for key, kept in own.weights(place).items():
            assert float((written[key] - kept).abs().max()) <= WEIGHTS * float(kept.abs().max()), key


@EVERY
@WAYS
def test_stopped_in_lockstep_it_goes_on_alone(
    name: str, function: str, tmp_path: Path, company: Callable[..., Any], stack: bool
) -> None:
    own, wanted = company(name, function)
    stopping = own.at(tmp_path, {1: 6, 2: 9})
    found = stopping.together(stack=stack)
    assert [place for place, ended in found.items() if isinstance(ended, InterruptedError)] == [1, 2]
    resumed = own.at(tmp_path)
    assert [timeless(resumed.alone(place)) for place in (1, 2)] == [alike(wanted[1]), alike(wanted[2])]


@EVERY
@WAYS
def test_stopped_alone_it_goes_on_in_lockstep(
    name: str, function: str, tmp_path: Path, company: Callable[..., Any], stack: bool
) -> None:
    own, wanted = company(name, function)
    for place, question in ((0, 7), (1, 9)):
        with pytest.raises(InterruptedError):
            own.at(tmp_path, {place: question}).alone(place)
    found = own.at(tmp_path).together(stack=stack)
    assert [timeless(found[place]) for place in range(len(wanted))] == [alike(each) for each in wanted]


@WAYS
def test_a_rate_at_which_the_loss_is_nan_ends_its_training_alone(
    tmp_path: Path, company: Callable[..., Any], stack: bool
) -> None:
    own, wanted = company("tasks.mininet", "run")
    params = [own.params[0], own.params[0].model_copy(update={"lr": 1e6})]
    found = replace(own, params=params, contexts=own.at(tmp_path).contexts[:2]).together(stack=stack)
    assert isinstance(found[1], FloatingPointError)
    assert timeless(found[0]) == alike(wanted[0])


@EVERY
def test_the_task_s_own_function_trains_together(
    name: str, function: str, tmp_path: Path, company: Callable[..., Any]
) -> None:
    own, wanted = company(name, function)
    others = own.at(tmp_path)
    partner = getattr(importlib.import_module(name), f"{function}_together")
    with one_thread():
        found = dict(partner(others.params[:2], others.contexts[:2]))
    assert [timeless(found[place]) for place in range(2)] == [alike(each) for each in wanted[:2]]
