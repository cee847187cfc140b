"""How a task declares its parameters."""

import pytest

from orchestrator.study.edges.task_source import find_task
from tests.study.edges.task_module_fixture import error_of, ran

FUNCTION = "def run(params: {}, context): return type(params).__name__, context"


@pytest.mark.parametrize(
    ("task_module", "kind"),
    [
        (FUNCTION.format(form), kind)
        for form, kind in [("Model", "Model"), ("Data", "Data"), ("Both", "Both"), ("Typed", "dict")]
    ],
    indirect=["task_module"],
)
def test_a_function_is_handed_what_it_is_annotated_with(task_module: str, kind: str) -> None:
    assert ran(find_task(task_module), lr=1) == (kind, "context")


@pytest.mark.parametrize(
    ("task_module", "message", "hint"),
    [
        (
            "def run(params, context): pass",
            "`run(params, context)` does not say of which type `params` is",
            "Params",
        ),
        (
            "def run(params: Plain, context): pass",
            "is annotated with the class `Plain`, which is not a pydantic model, a dataclass or a TypedDict",
            "write `@dataclass` above `class Plain`",
        ),
        ("def run(lr: float, context): pass", "is annotated with `float`", "`class Params(BaseModel)`"),
        (
            "def run(args: argparse.Namespace, context): pass",
            "is annotated with the class `Namespace`",
            "`@dataclass`",
        ),
        ("def run(params: dict, context): pass", "is annotated with `dict`", "all parameters as one object"),
        (
            "def run(params: Elsewhere, context): pass",
            "is annotated with `Elsewhere`, which is not there when the program runs",
            "`if TYPE_CHECKING:`",
        ),
        ("def run(params: Odd, context): pass", "`Odd` cannot be checked: ", "types that pydantic knows"),
        (
            "def run(lr: float, width: int, context): pass",
            "missing a required argument",
            "`class Params(BaseModel)`",
        ),
        ("def run(lr: float, width: int, context): pass", "missing a required argument", "`@dataclass`"),
    ],
    indirect=["task_module"],
)
def test_parameters_of_another_form_are_told(task_module: str, message: str, hint: str) -> None:
    error = error_of(task_module)

    assert message in str(error)
    assert hint in str(error.hint)


NESTED = """
class T:
    class Own(BaseModel):
        lr: float = 0.5
    def run(self, params: Own, context): return params.lr
"""


@pytest.mark.parametrize("task_module", [NESTED], indirect=True)
def test_parameters_may_be_declared_in_the_class(task_module: str) -> None:
    assert ran(find_task(f"{task_module}.T")) == 0.5
