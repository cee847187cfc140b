from pathlib import Path

import pytest

from orchestrator.engine.members import GatheredTrial, members, wrong_need
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.evidence.evidence import Result
from orchestrator.study.trial import Gathered, Member, Trial

BOTH = Gathered(members=(Member(id="cd01", axes={"fold": 1}), Member(id="ab00", axes={"fold": 0})))
MEAN = Trial(
    id="ef00",
    stage="s",
    task="t",
    version=1,
    params={},
    seed=0,
    needs={"one": "ab00"},
    gathered={"both": BOTH},
    axes={},
)


def finished(runs: RunFolder, identity: str, loss: float) -> Path:
    folder = runs.trial(MEAN.model_copy(update={"id": identity}))
    folder.path.mkdir(parents=True)
    folder.publish_result(Result(metrics={"loss": loss}, attempt=1, time=0, seconds=1, code="c"))
    return folder.artifacts


def test_the_trials_of_a_need_come_in_the_order_of_the_plan(tmp_path: Path) -> None:
    runs = RunFolder(tmp_path)
    first, second = finished(runs, "ab00", 0.5), finished(runs, "cd01", 0.25)

    assert members(runs.trial(MEAN), BOTH) == [
        GatheredTrial(trial="cd01", axes={"fold": 1}, artifacts=second, metrics={"loss": 0.25}),
        GatheredTrial(trial="ab00", axes={"fold": 0}, artifacts=first, metrics={"loss": 0.5}),
    ]


def test_a_result_that_is_gone_is_told(tmp_path: Path) -> None:
    runs = RunFolder(tmp_path)
    finished(runs, "ab00", 0.5)
    (finished(runs, "cd01", 0.5).parent / "result.json").unlink()

    with pytest.raises(FileNotFoundError, match="the needed trial cd01 has no result"):
        members(runs.trial(MEAN), BOTH)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("both", "the need `both` has several trials: write context.members('both')"),
        ("one", "the need `one` is one trial: write context.need('one')"),
        ("none", "no need `none` here; there are ['both', 'one']"),
    ],
)
def test_a_need_that_is_asked_for_in_the_wrong_way_is_told(name: str, message: str) -> None:
    assert wrong_need(MEAN, name).args == (message,)
