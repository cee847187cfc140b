"""A few pictures to begin with: of the trial's own data, held out where one can tell, else drawn ones."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tasks.data.looks import sample_look
from tasks.data.writers.people import portrait_of
from tasks.parts import pictures
from tasks.predict.finished import NoAnswerError, read_trained

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tasks.data.images import Pixels
    from tasks.parts.prediction import Trained
    from tasks.predict.finished import Finished

COUNT = 6
SIDE = 250


@dataclass(frozen=True, slots=True)
class Examples:
    """Pictures by name, and where they are from."""

    origin: str
    pictures: Mapping[str, Pixels]  # uint8 [H, W, 3]


def examples_for(trial: Finished) -> Examples:
    """Return what may be asked first; pictures whose preparation is gone or torn are drawn instead."""
    trained = read_trained(trial.folder)
    if trial.pictures is not None:
        return Examples(f"of the test part of the data of {trial.name}", trial.pictures(trained))
    for folder in _prepared(trained):
        try:
            return _of_data(pictures.read(folder), _named_in(trained.artifacts), trial.name)
        except (OSError, ValueError, KeyError):
            continue
    rng = np.random.default_rng(0)
    drawn = {
        f"drawn {place + 1}": portrait_of(sample_look(rng), SIDE, SIDE, rng).image for place in range(COUNT)
    }
    return Examples(f"that is drawn, for the data of {trial.name} is not here", drawn)


def _of_data(data: pictures.Pictures, named: set[str], trial: str) -> Examples:
    """Return pictures that the trial was measured on, else those of the test part, else any."""
    rows = [row for row, name in enumerate(data.names) if name in named]
    origin = f"of the data of {trial}, held out of its training"
    if not rows and "test" in data.parts:
        rows, origin = data.parts["test"].tolist(), f"of the test part of the data of {trial}"
    if not rows:
        rows = list(range(len(data.names)))
        origin = f"of the data of {trial}, which it may have been trained on"
    spread = rows[:: max(1, len(rows) // COUNT)][:COUNT]
    return Examples(origin, {data.names[row]: _three_channels(data.picture(row)) for row in spread})


def _prepared(trained: Trained, depth: int = 3) -> Iterator[Path]:
    """Yield folders of prepared pictures among the needed trials, the nearest first."""
    needed = []
    for name in trained.needs:
        try:
            needed.append(trained.needs[name])
        except NoAnswerError:  # only the training used it
            continue
    yield from (one.artifacts for one in needed if (one.artifacts / pictures.INDEX).is_file())
    for one in needed if depth else ():
        yield from _prepared(one, depth - 1)


def _named_in(artifacts: Path) -> set[str]:
    """Return the names of pictures that a trial wrote answers for, or keeps as its test."""
    found: set[str] = set()
    for path in artifacts.glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as file:
            found |= {line[0] for line in csv.reader(file) if line}
    view = artifacts / "network.json"
    return found | (set(json.loads(view.read_text()).get("test", ())) if view.is_file() else set())


def _three_channels(picture: Pixels) -> Pixels:
    return np.repeat(picture, 3, axis=2) if picture.shape[2] == 1 else picture
