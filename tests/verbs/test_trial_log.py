import pytest

from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.verbs.trial_log import pieces
from tests.tracked_study import claim, face_study, leave, look


@pytest.mark.parametrize("follow", [True, False])
def test_the_log_of_an_attempt_that_ended_is_one_piece(faces: RunFolder, follow: bool) -> None:
    trial = look(faces, face_study()).plan.trials[0]
    leave(claim(faces, trial), "interrupted")

    assert list(pieces(faces.trial(trial), 1, follow=follow)) == [b"attempt 1\n"]


def test_a_log_that_grows_is_followed_to_its_end(faces: RunFolder) -> None:
    trial = look(faces, face_study()).plan.trials[0]
    attempt = claim(faces, trial)
    following = pieces(faces.trial(trial), 1, follow=True)
    read = next(following)
    with (attempt / "log.txt").open("a") as log:
        log.write("more\n")
    leave(attempt, "interrupted")

    assert read + b"".join(following) == b"attempt 1\nmore\n"


def test_without_a_log_nothing_is_printed(faces: RunFolder) -> None:
    trial = look(faces, face_study()).plan.trials[0]
    (claim(faces, trial) / "log.txt").unlink()

    assert list(pieces(faces.trial(trial), 1, follow=False)) == []
