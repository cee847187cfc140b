"""Every task can be interrupted and resumed: the trial ends as if it had never been."""

from __future__ import annotations

import itertools
import json
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from safetensors import safe_open

from tests.tasks.attempts import Ended, attempted
from tests.tasks.resume_cases import CASES
from tests.tasks.test_tasks import NAMES, functions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow


def inside(asked: list[int]) -> Iterator[int]:
    """Stop once, between two questions of one epoch, or of a preparation."""
    places = [at for at, (now, later) in enumerate(itertools.pairwise(asked), 1) if now == later]
    yield places[len(places) * 2 // 3] if places else 1


def end_twice(asked: list[int]) -> Iterator[int]:
    """Stop at the last question of an epoch, or of the trial, and at the first one after it."""
    places = [at for at, (now, later) in enumerate(itertools.pairwise(asked), 1) if now < later]
    yield from (places[len(places) // 2] if places else len(asked), 1)


def again_and_again(asked: list[int]) -> Iterator[int]:
    """Stop at the very first question, then attempt after attempt, each after twice as many as before."""
    yield from (2**attempt for attempt in range(len(asked).bit_length()))


def killed_after_a_stop(asked: list[int]) -> Iterator[int]:
    """Stop after a third, kill the next attempt half-way through the rest, and another at its second step."""
    third = max(1, len(asked) // 3)
    yield from (third, -max(1, (len(asked) - third) // 2), -2)


def merged(logged: list[dict[str, float]]) -> dict[float, dict[str, float]]:
    """Return what is logged of each step; a later attempt replaces what an earlier one said."""
    steps: dict[float, dict[str, float]] = {}
    for line in logged:
        steps.setdefault(line["step"], {}).update(line)
    return steps


def content(path: Path) -> Any:
    """Return what a file says: tensors, arrays and pixels whatever the bytes around them."""
    if path.suffix == ".safetensors":
        with safe_open(path, framework="np") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  no mapping
            return file.metadata(), comparable(tensors)
    if path.suffix == ".npz":
        with np.load(path) as arrays:
            return comparable(dict(arrays))
    if path.suffix == ".png":
        with Image.open(path) as picture:
            return comparable({"": np.asarray(picture)})
    return path.read_bytes()


def comparable(arrays: dict[str, Any]) -> dict[str, Any]:
    """Return arrays as plain values, equal where type, shape and every bit are."""
    return {name: (array.dtype.str, array.shape, array.tobytes()) for name, array in arrays.items()}


def contents(folder: Path) -> dict[str, Any]:
    """Return what every file of a folder says."""
    return {
        path.relative_to(folder).as_posix(): content(path) for path in folder.rglob("*") if path.is_file()
    }


def metrics(ended: Ended) -> str:
    """Return the metrics as a text in which equal means the same bits, and NaN equals NaN."""
    return json.dumps(ended.metrics, indent=1)


def test_every_task_has_a_case() -> None:
    tasks = {f"{name}.{function}" for name in NAMES for function in functions(name)}
    assert {case.task for case in CASES.values()} == tasks


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("stops", [inside, end_twice, again_and_again, killed_after_a_stop])
def test_resumed_equals_uninterrupted(
    name: str,
    stops: Callable[[list[int]], Iterator[int]],
    tmp_path: Path,
    many: Path,
    whole: Callable[[str], Ended],
) -> None:
    wanted = whole(name)
    found = attempted(name, tmp_path, many, whole, stops(wanted.asked))
    assert found.attempts > 1
    assert metrics(found) == metrics(wanted)
    assert merged(found.logged) == merged(wanted.logged)
    if stops is not killed_after_a_stop:  # what was not saved is trained, and told, again
        assert found.logged == wanted.logged
    expected, written = contents(wanted.artifacts), contents(found.artifacts)
    assert written.keys() == expected.keys()
    assert [name for name in expected if written[name] != expected[name]] == []
    shutil.rmtree(tmp_path)  # networks and checkpoints: gigabytes in all
