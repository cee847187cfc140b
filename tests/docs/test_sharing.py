"""The page about trials that share a worker: what it says to write runs, and trains its trials together."""

import re
from pathlib import Path

import pytest

from orchestrator.study.shape import Shape
from tests.docs.pages import page
from tests.toy_fixture import make_toy

PAGE = page("sharing.md")
(TASK,) = PAGE.all("python")
SLOTS, STUDY = PAGE.all("yaml")


def test_a_shape_may_have_slots_as_the_page_says() -> None:
    (given,) = re.findall(r"\{(.*)\}", SLOTS)
    words = dict(word.split(": ") for word in given.split(", "))

    assert Shape.model_validate(words).slots == 4


@pytest.mark.slow
def test_the_study_of_the_page_is_trained_in_lockstep(tmp_path: Path) -> None:
    toy = make_toy(tmp_path)
    (toy.folder / "small.py").write_text(TASK)
    toy.study(STUDY)
    toy.type("submit", "study.yaml")

    made_with = [toy.result(trial["id"])["provenance"] for trial in toy.trials("small")]
    assert [facts.get("lockstep") for facts in made_with] == [6] * 6
