import tomllib
from pathlib import Path
from typing import Any

import pytest

from orchestrator.doctor.check_cards import built_for, check_cards, check_named_cards
from orchestrator.doctor.examination import Mark
from orchestrator.doctor.party import Module, Sharing
from tests.doctor.sites import node, partition, site
from tests.doctor.views import view

ROOT = Path(__file__).parents[2]
TORCH = Module(seconds=1.0, gpus=1, version="2.15.0", arches=("sm_75", "sm_80", "sm_90"))


def marks(cards: tuple[tuple[str, str], ...], torch: Module = TORCH) -> list[Mark]:
    """Return the marks of what is found on a machine with these cards."""
    sharing = Sharing(mps=False, mps_runs=False, gpus=1, divided=0, slices=(), alone=0, cards=cards)
    return [
        one.mark for one in check_cards({"one": view("node-0", modules={"torch": torch}, sharing=sharing)})
    ]


@pytest.mark.parametrize(
    ("capability", "arches", "fits"),
    [
        ((7, 0), ["sm_75", "sm_80"], False),
        ((7, 5), ["sm_75"], True),
        ((8, 6), ["sm_80"], True),
        ((8, 0), ["sm_86"], False),
        ((9, 0), ["sm_80"], False),
        ((9, 0), ["sm_90a"], True),
        ((12, 0), ["compute_90"], True),
        ((8, 0), ["compute_90"], False),
        ((10, 0), ["sm_100"], True),
    ],
)
def test_which_builds_run_on_a_card(capability: tuple[int, int], arches: list[str], fits: bool) -> None:
    assert built_for(capability, arches) is fits


@pytest.mark.parametrize(
    ("cards", "found"),
    [
        ((("Tesla V100", "7.0"),), [Mark.WRONG]),
        ((("NVIDIA H100", "9.0"),), [Mark.OK]),
        ((("NVIDIA H100", "9.0"), ("Tesla V100", "7.0")), [Mark.WRONG]),
        ((("Something", "[N/A]"),), []),
        ((), []),
    ],
)
def test_cards_that_torch_is_not_built_for_are_told(
    cards: tuple[tuple[str, str], ...], found: list[Mark]
) -> None:
    assert marks(cards) == found


def test_a_torch_that_does_not_say_what_it_is_built_for_is_left_alone() -> None:
    assert marks((("Tesla V100", "7.0"),), Module(seconds=1.0, gpus=1)) == []


def named(gres: str, torch: Module | None = TORCH) -> list[Any]:
    there = site(nodes=(node(gres={gres: 2}),))
    return check_named_cards(there, partition(), torch)


@pytest.mark.parametrize(
    ("gres", "hint"),
    [
        ("gpu:v100", "pip install -e . -c slurm/volta.txt"),
        ("gpu:tesla_v100-32gb", "pip install -e . -c slurm/volta.txt"),
        ("gpu:k40", "no torch of PyPI"),
    ],
)
def test_old_cards_are_known_by_their_names(gres: str, hint: str) -> None:
    (found,) = named(gres)

    assert found.mark is Mark.NOTE
    assert hint in found.hint


@pytest.mark.parametrize("gres", ["gpu", "gpu:a100", "gpu:p4000"])
def test_of_other_names_nothing_is_said(gres: str) -> None:
    assert named(gres) == []


def test_a_torch_of_before_knows_the_card() -> None:
    assert named("gpu:v100", Module(version="2.10.0", arches=("sm_70", "sm_75"))) == []


def test_without_torch_nothing_is_said_of_names() -> None:
    assert named("gpu:v100", None) == []


def test_what_is_installed_for_v100_is_new_enough_for_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (ROOT / "slurm/volta.txt").read_text(encoding="utf-8").splitlines()
    constraints = [line for line in lines if not line.startswith("#")]

    assert all(line.partition(",")[0] in project["dependencies"] for line in constraints)
