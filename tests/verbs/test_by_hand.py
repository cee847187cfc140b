from pathlib import Path

from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.study.plan import Known, expand
from orchestrator.study.shape import Shape
from orchestrator.study.study import Point, Stage
from orchestrator.verbs.by_hand import by_hand
from tests.tracked_study import submission

WORDS = ["torchrun", "--nnodes=${nodes}", "--nproc_per_node=${gpus}", "--rdzv-endpoint=${rendezvous}"]


def test_nodes_and_gpus_are_those_of_the_trials_shape(tmp_path: Path) -> None:
    point = Point(axes={}, seed=0, params={"command": {"words": WORDS}}, shape=Shape(nodes=2, gpus=4))
    given = submission("s", Stage(name="a", task="command", version=1, shape=Shape(), points=(point,)))
    (trial,) = expand(given.study, Known()).trials

    assert by_hand(RunFolder(tmp_path), given, trial) == [
        "  by hand: torchrun --nnodes=2 --nproc_per_node=4 --rdzv-endpoint=localhost:29500"
    ]
