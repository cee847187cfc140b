from orchestrator.study.gather import Gathering, Made
from orchestrator.study.plan import Known
from orchestrator.study.study import Edge
from orchestrator.study.trial import Trial

FOLDS = Edge(name="n", stage="train", all=("fold", "lr"))
TRIALS = [
    Trial(
        id=f"{fold}",
        stage="train",
        task="t",
        version=1,
        params={"lr": 0.5},
        seed=0,
        needs={},
        axes={"fold": fold},
    )
    for fold in (0, 1)
]


def test_what_is_gathered_again_is_the_same_value() -> None:
    made: Made = {}
    first, second = (Gathering(Known(), made).of(FOLDS, list(TRIALS)) for _ in range(2))

    assert first is second is not None


def test_the_same_trials_of_another_stage_are_gathered_apart() -> None:
    made: Made = {}
    Gathering(Known(), made).of(FOLDS, TRIALS)
    other = Gathering(Known(), made).of(FOLDS.model_copy(update={"stage": "other", "all": ("fold",)}), TRIALS)

    assert other is not None
    assert other.members[0].axes == {"fold": 0}


def test_what_is_not_there_is_not_gathered() -> None:
    assert Gathering(Known(), {}).of(FOLDS, []) is None
