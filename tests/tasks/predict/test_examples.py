import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tasks.digits import examples as of_digits
from tasks.parts import pictures
from tasks.parts.context import FolderContext
from tasks.predict.examples import COUNT, examples_for
from tasks.predict.finished import Finished, find_finished
from tests.tasks.predict.conftest import Runs


def prepare(folder: Path, parts: dict[str, list[str]]) -> None:
    """Prepare twelve small pictures, `0` to `11`, of which each is as bright as its number."""
    names = tuple(map(str, range(12)))
    order = pictures.Order(
        names=names, load=lambda row: (np.full((2, 3, 1), row, np.uint8), ()), parts=parts, digest="any"
    )
    pictures.write(order, FolderContext(root=folder.parent, data=folder))


def asked(runs: Runs, parts: dict[str, list[str]]) -> Finished:
    data = runs.add(seed=9)
    prepare(data.artifacts, parts)
    trial = runs.add(needs={"pictures": data.path.name.rpartition("-")[2]})
    return replace(find_finished(str(trial.path), runs.path), name="net")


def test_pictures_are_of_the_test_part(runs: Runs) -> None:
    found = examples_for(asked(runs, {"test": ["3", "5"]}))
    assert (found.origin, list(found.pictures)) == ("of the test part of the data of net", ["3", "5"])
    assert found.pictures["5"].shape == (2, 3, 3)


def test_pictures_that_the_trial_was_measured_on_come_before_them(runs: Runs) -> None:
    trial = asked(runs, {"test": ["3", "5"]})
    (trial.folder / "artifacts" / "predictions.csv").write_text("name,male\n7,1\n")
    assert list(examples_for(trial).pictures) == ["7"]


def test_test_pictures_of_a_network_are_those_that_it_kept(runs: Runs) -> None:
    trial = asked(runs, {})
    (trial.folder / "artifacts" / "network.json").write_text(json.dumps({"test": ["1", "2"]}))
    assert list(examples_for(trial).pictures) == ["1", "2"]


def test_pictures_without_a_part_are_spread_over_all(runs: Runs) -> None:
    found = examples_for(asked(runs, {}))
    assert list(found.pictures) == ["0", "2", "4", "6", "8", "10"]
    assert "may have been trained on" in found.origin


def test_without_data_they_are_drawn(runs: Runs) -> None:
    found = examples_for(find_finished(str(runs.add(needs={"pictures": "0" * 16}).path), runs.path))
    assert len(found.pictures) == COUNT
    assert "drawn" in found.origin


def test_task_may_have_its_own(runs: Runs) -> None:
    trial = find_finished(str(runs.add("tasks.digits").path), runs.path)
    assert examples_for(trial).pictures.keys() == of_digits(None).keys()  # type: ignore[arg-type]  # looks at nothing


def test_torn_data_is_no_fault(runs: Runs) -> None:
    trial = asked(runs, {})
    for index in runs.path.rglob(pictures.INDEX):
        index.write_text("{}")
    assert "drawn" in examples_for(trial).origin


@pytest.mark.parametrize("depth", [2, 3])
def test_data_further_away_is_found(runs: Runs, depth: int) -> None:
    trial = asked(runs, {"test": ["3"]})
    for _ in range(depth - 1):
        further = runs.add(needs={"net": trial.id})
        trial = find_finished(str(further.path), runs.path)
    assert list(examples_for(trial).pictures) == ["3"]
