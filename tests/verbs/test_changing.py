import json

import pytest

from orchestrator.evidence.edges.run_folder import RunFolder
from tests.tracked_study import claim, face_study, leave, look
from tests.verbs.conftest import Type


def test_all_that_is_not_done_is_cancelled(type_: Type, faces: RunFolder) -> None:
    assert type_("cancel", "faces").err == (
        "44 trials cancelled\nnext: python -m orchestrator submit /grids/faces.yaml\n"
    )


def test_only_named_trials_are_cancelled(type_: Type, faces: RunFolder) -> None:
    trials = look(faces, face_study()).plan.trials
    type_("cancel", "faces", trials[0].id[:8], trials[1].id[:8])

    assert look(faces, face_study()).count() == {"CANCELLED": 2, "READY": 2, "BLOCKED": 20, "WAITING": 20}


def test_an_empty_text_does_not_mean_every_trial(type_: Type, faces: RunFolder) -> None:
    assert type_("cancel", "faces", "").code == 2
    assert "CANCELLED" not in look(faces, face_study()).count()


def test_what_is_done_is_not_cancelled(before: Type) -> None:
    assert before("cancel", "before").err.startswith("0 trials cancelled")


def test_a_failed_trial_is_made_ready_again(before: Type) -> None:
    done = before("retry", "before")

    assert done.err == (
        "1 trials ready again\nnext: python -m orchestrator submit /home/ann/study/study.yaml\n"
    )
    assert json.loads(before("status", "before", "--json").out)["states"] == {"DONE": 7, "READY": 1}


def test_a_trial_may_be_named_alone(before: Type) -> None:
    assert before("retry", "0662caba").err.startswith("1 trials ready again")


def test_a_restart_sets_the_checkpoint_aside(type_: Type, faces: RunFolder) -> None:
    trial = look(faces, face_study()).plan.trials[0]
    leave(claim(faces, trial), "failed")
    checkpoint = faces.trial(trial).path / "checkpoint"
    checkpoint.mkdir()
    (checkpoint / "state.txt").touch()
    type_("retry", "faces", "--restart")

    assert [path.name for path in checkpoint.parent.glob("checkpoint*/state.txt")] == ["state.txt"]
    assert not checkpoint.exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("retry", "before", "19c1"), "`19c1`: nothing to take up again (1 DONE)"),
        (("retry", "before", "ffff"), "the study has no trial `ffff`"),
        (("retry", "ffff"), "has a trial `ffff`"),
        (("cancel", "before", "ffff"), "the study has no trial `ffff`"),
        (("retry", "befroe"), "hint: did you mean `before`?"),
        (("cancel", "befroe"), "hint: did you mean `before`?"),
        (("retry", ""), "a trial is given as an empty text"),
        (("retry", "before", ""), "a trial is given as an empty text"),
    ],
)
def test_what_cannot_be_meant_ends_with_2(before: Type, words: tuple[str, ...], message: str) -> None:
    done = before(*words)

    assert done.code == 2
    assert message in done.err
