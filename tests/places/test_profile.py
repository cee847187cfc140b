from typing import Any

import pytest
from pydantic import ValidationError

from orchestrator.places.profile import LOCAL, Profile, more_memory
from orchestrator.study.shape import Shape


def test_only_the_profile_that_is_built_in_is_of_this_machine() -> None:
    assert (LOCAL.here, Profile(name="dev").here) == (True, False)


@pytest.mark.parametrize(
    ("most", "more"), [(None, None), (9000, 4000), (3000, 3000), (2000, None), (1000, None)]
)
def test_a_lack_of_memory_is_met_with_twice_as_much_where_there_is_more(
    most: int | None, more: int | None
) -> None:
    assert more_memory(Profile(name="p", max_memory=most), Shape(memory=2000)) == more


@pytest.mark.parametrize(
    "given",
    [
        {"partition": "--wrap=x"},
        {"account": "a\n#SBATCH --wrap=x"},
        {"sbatch": {"comment": "a\nrm"}},
        {"sbatch": {"--wrap": "x"}},
        {"name": "../p"},
        {"partitions": "gpu"},
    ],
)
def test_what_would_be_another_option_or_a_command_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Profile.model_validate({"name": "p"} | given)
