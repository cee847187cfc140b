from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from orchestrator.study.part_type import NoPartError, type_at
from tests.nested_tasks import Data, Net, Opt


class Open(BaseModel, extra="allow"):
    """A model that takes anything."""


@pytest.mark.parametrize(
    ("annotation", "parts", "found"),
    [
        (Opt, ["name"], str),
        (Opt | None, ["momentum"], float),
        (Annotated[Opt, "x"], ["name"], str),
        (Net, ["depth"], int),
        (dict[str, Opt], ["first", "name"], str),
        (dict, ["any", "deep"], Any),
        (Any, ["any"], Any),
        (Open, ["any"], Any),
    ],
)
def test_the_type_of_a_part_is_found(annotation: Any, parts: list[str], found: Any) -> None:
    assert type_at(annotation, parts) is found


@pytest.mark.parametrize(("annotation", "part"), [(Opt, "lr"), (Data, "batch")])
def test_a_part_keeps_its_limits(annotation: Any, part: str) -> None:
    class Model(BaseModel):
        value: type_at(annotation, [part])  # type: ignore[valid-type]

    with pytest.raises(ValueError, match="greater than 0"):
        Model(value=0)


@pytest.mark.parametrize(
    ("annotation", "names"), [(Opt, ["name", "lr", "momentum"]), (int, []), (list[int], [])]
)
def test_a_part_that_is_not_there_is_an_error(annotation: Any, names: list[str]) -> None:
    with pytest.raises(NoPartError) as caught:
        type_at(annotation, ["wrong"])
    assert caught.value.names == names
