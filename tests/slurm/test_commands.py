"""A script of somebody else on a real Slurm: swept, cut off by the wall limit, resumed, tabulated."""

import json
from collections.abc import Iterator

import pytest

from slurm.dev_cluster import up
from tests.cluster_fixture import DevCluster
from tests.engine.test_command_study import SCRIPT
from tests.toy_fixture import Toy
from tests.waiting import wait

STUDY = """\
study: swept
axes: {lr: [0.1, 0.2, 0.4], seed: [0, 1, 2]}
shapes: {small: {memory: 500MB, time: 1min}}
stages:
  train:
    command: python train.py --lr ${lr} --seed ${seed} --held --output-dir ${checkpoint}
    resume: --resume ${checkpoint}/checkpoint.json
    metrics: {val_acc: 'val acc: ([0-9.]+)', first: 'first epoch ([0-9]+)'}
    over: [lr, seed]
    shape: small
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory, dev_cluster: DevCluster) -> Iterator[Toy]:
    """Give the folder of a study whose first trials have met the wall limit of their workers."""
    up(dev_cluster.layout)
    toy = Toy(tmp_path_factory.mktemp("swept") / "a folder")
    toy.folder.mkdir()
    (toy.folder / "train.py").write_text(SCRIPT)
    (toy.folder / "helper.py").write_text("one = 1\n")
    toy.study(STUDY)
    toy.type("submit", "study.yaml", "--cluster", "dev")
    wait(lambda: list((toy.folder / "runs").glob("trials/*/*/attempts/001/exit.json")))
    toy.let_go()
    toy.done("swept", 9)
    yield toy
    toy.type("cancel", "swept", code=None)


def test_each_combination_is_trained_to_its_end(swept: Toy) -> None:
    results = [swept.result(trial["id"])["metrics"]["val_acc"] for trial in swept.trials("swept")]

    assert results == pytest.approx([0.3] * 3 + [0.6] * 3 + [1.2] * 3)


def test_a_trial_that_met_the_wall_limit_went_on_where_it_was(swept: Toy) -> None:
    stopped = [path.parents[1] for path in (swept.folder / "runs").glob("trials/*/*/attempts/002")]
    firsts = {json.loads((folder / "result.json").read_text())["metrics"]["first"] for folder in stopped}

    assert firsts == {1.0}


def test_its_table_has_a_row_for_each_learning_rate(swept: Toy) -> None:
    (table,) = swept.json("report", "swept")["tables"]

    assert len(table["rows"]) == 3


def test_the_study_is_a_page_of_twenty_lines() -> None:
    assert len(STUDY.splitlines()) <= 20
