import pytest

from orchestrator.messages import errors
from orchestrator.messages.errors import OrchestratorError, Problem, StudyFileError, UserError

ALL = [
    kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, OrchestratorError)
]
PROBLEM = Problem(where="s.yaml:3", path="axes.lr", message="`x` is text", hint="write a number")


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_only_what_the_user_gave_ends_with_2(kind: type[OrchestratorError]) -> None:
    assert kind.exit_code == (2 if issubclass(kind, UserError) else 1)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_the_drawing_of_errors_names_each(kind: type[OrchestratorError]) -> None:
    assert kind.__name__ in (errors.__doc__ or "")


def test_a_problem_says_where_what_and_what_to_type() -> None:
    assert str(PROBLEM) == "s.yaml:3: axes.lr: `x` is text\n    hint: write a number"


def test_a_problem_of_the_whole_file_has_no_path() -> None:
    assert str(Problem(where="s.yaml:1", path="", message="it is empty")) == "s.yaml:1: it is empty"


@pytest.mark.parametrize(("count", "words"), [(1, "1 problem in"), (2, "2 problems in")])
def test_problems_are_counted(count: int, words: str) -> None:
    assert words in str(StudyFileError([PROBLEM] * count))


@pytest.mark.parametrize(
    ("places", "said"),
    [
        (("r.yaml:3", "r.yaml:9"), "in `r.yaml`,"),
        (("r.yaml:3", "s.yaml:3"), "in the study,"),
        (("",), "in the study,"),
    ],
)
def test_problems_of_one_file_are_said_to_be_of_it(places: tuple[str, ...], said: str) -> None:
    found = [Problem(where=where, path="", message="wrong") for where in places]

    assert said in str(StudyFileError(found)).splitlines()[0]
