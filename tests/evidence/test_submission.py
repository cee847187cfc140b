import pytest

from orchestrator.evidence.submission import Submission
from orchestrator.places.profile import LOCAL
from orchestrator.study.study import Study


@pytest.mark.parametrize(
    ("given", "words", "command"),
    [
        ("study.yaml", (), "python -m orchestrator submit study.yaml"),
        ("study.yaml", ("--cluster", "mine"), "python -m orchestrator submit study.yaml --cluster mine"),
        (
            "a b.yaml",
            ("--set", "axes.seed=[0]"),
            "python -m orchestrator submit 'a b.yaml' --set 'axes.seed=[0]'",
        ),
    ],
)
def test_what_was_typed_can_be_typed_again(given: str, words: tuple[str, ...], command: str) -> None:
    study = Study(name="s", stages=())

    assert (
        Submission(study=study, code="c", data="d", profile=LOCAL, given=given, words=words).again == command
    )
