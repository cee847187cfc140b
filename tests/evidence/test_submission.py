from orchestrator.evidence.submission import Submission
from orchestrator.places.profile import LOCAL
from orchestrator.study.study import Study


def test_the_command_that_goes_on_can_be_typed() -> None:
    submission = Submission(
        study=Study(name="s", stages=()),
        code="c",
        data="",
        profile=LOCAL,
        given="my study.yaml",
        words=("--set", "axes.lr=[0.1]"),
    )

    assert submission.again == "python -m orchestrator submit 'my study.yaml' --set 'axes.lr=[0.1]'"
