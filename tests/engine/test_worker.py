import time
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.places.wall_limit import End
from orchestrator.study.shape import Shape
from orchestrator.study.study import Point, Stage, Study
from tests.engine.workers import make_worker


@pytest.mark.parametrize(
    ("left_s", "fresh", "enough"), [(900, False, True), (60, False, False), (60, True, True)]
)
def test_only_a_worker_that_has_just_come_starts_a_trial_late(
    tmp_path: Path, left_s: float, fresh: bool, enough: bool
) -> None:
    worker = make_worker(tmp_path)
    late = replace(worker.limit, end=End(time=time.time() + left_s, known=True))

    assert replace(worker, limit=late, fresh=fresh).enough_time() is enough


def test_a_signal_ends_a_worker_after_the_trial_at_hand(tmp_path: Path) -> None:
    worker = make_worker(tmp_path)
    worker.stop()

    assert worker.stopping


def test_a_worker_whose_gpu_failed_takes_no_other_trial(tmp_path: Path) -> None:
    worker = make_worker(tmp_path)

    assert (worker.fit(), replace(worker, broken=True).fit()) == (True, False)


def test_a_worker_as_text_is_short_however_large_its_study(tmp_path: Path) -> None:
    points = tuple(Point(axes={"x": x}, seed=0, params={"x": x}) for x in range(1000))
    stage = Stage(name="train", task="toy.train", version=1, shape=Shape(), points=points)
    worker = make_worker(tmp_path, Study(name="s", stages=(stage,)))

    assert len(repr(worker.stop)) < 500  # `signal` makes a text of each handler, at each trial
