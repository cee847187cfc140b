import pytest
from pydantic import ValidationError

from orchestrator.study.placement import Placement

A100 = {"partition": "gpulong", "gpu": "a100", "qos": "high", "account": "lab", "constraint": "ib&avx512"}


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("gres", "write `gpus: 2` and `gpu: a100` in the shape"),
        ("mem", "write `memory: 24GB` in the shape"),
        ("cpus_per_task", "write `cpus: 4` in the shape"),
        ("cpus-per-task", "write `cpus: 4` in the shape"),
        ("partition", "write `partition: NAME` in the shape"),
        ("job-name", "it is set by this program"),
        ("export", "it is set by this program"),
    ],
)
def test_options_that_are_set_otherwise_are_refused_with_the_key_to_use(key: str, hint: str) -> None:
    with pytest.raises(ValidationError, match=hint):
        Placement(sbatch={key: "x"})


@pytest.mark.parametrize("key", ["wrap", "output", "container", "nic", "bbf", "uid"])
def test_options_that_are_not_known_to_be_harmless_are_refused(key: str) -> None:
    with pytest.raises(ValidationError, match="is no option that a shape may have"):
        Placement(sbatch={key: "x"})


@pytest.mark.parametrize(
    "given",
    [
        {"sbatch": {"nodelist": "a\n#SBATCH --wrap=rm"}},
        {"sbatch": {"nice": [1]}},
        {"partition": "--wrap=x"},
        {"partition": "a b"},
        {"qos": "a\nb"},
        {"gpu": "a100:4"},
        {"constraint": "ib\n"},
        {"account": ""},
    ],
)
def test_no_value_reaches_beyond_its_option(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Placement.model_validate(given)


def test_what_is_said_of_places_comes_back_from_a_file() -> None:
    placement = Placement.model_validate({**A100, "exclusive": True, "sbatch": {"nice": 100}})

    assert Placement.model_validate_json(placement.model_dump_json()) == placement


def test_nothing_is_written_where_nothing_is_said() -> None:
    assert Placement().model_dump_json() == "{}"


def test_a_placement_can_be_a_key() -> None:
    assert len({Placement(sbatch={"nice": 1, "hint": "x"}), Placement(sbatch={"hint": "x", "nice": 1})}) == 1


@pytest.mark.parametrize(("nodes", "answer"), [(1, True), (2, False)])
def test_whether_anything_is_said(nodes: int, answer: bool) -> None:
    assert (Placement(nodes=nodes) == Placement()) is answer
