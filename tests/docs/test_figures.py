"""The page about figures: what it says to write is what ships, and can be drawn of trials."""

import importlib
import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from orchestrator.report.edges.counts_file import read_counts
from orchestrator.report.edges.figure_kinds import DRAWN
from orchestrator.report.figures.curves import curves
from orchestrator.report.figures.definitions import KINDS, CurvesDefinition, PicturesDefinition
from orchestrator.report.figures.pictures import pictures
from orchestrator.report.report_file import ReportFile
from tests.docs.pages import ROOT, page
from tests.observations import gather, observe
from tests.report.figures.plain_figures import ANSWERS

PAGE = page("figures.md")
SNIPPETS: list[dict[str, Any]] = [YAML(typ="safe").load(text)["figures"][0] for text in PAGE.all("yaml")]
SEEN = [
    observe({"test_acc": 0.8 + 0.01 * seed, "val_loss": 0.5}, "train", optimizer=optimizer, lr=lr, seed=seed)
    for optimizer in ("sgd", "adam")
    for lr in (0.003, 0.03)
    for seed in range(3)
]
FACES = [
    observe({}, "segment", dataset="lfw", hair=True, encoder=encoder, pretrain=pretrain)
    for encoder in ("vgg16", "vgg19")
    for pretrain in ("control", "gender")
]
TRIALS = gather(
    *SEEN,
    *FACES,
    history=lambda _: {0: {"val_acc": 0.5, "val_loss": 2.0}, 1: {"val_acc": 0.9, "val_loss": 1.0}},
    counts=lambda *_: ANSWERS,
)


@pytest.mark.parametrize("given", SNIPPETS, ids=lambda given: given["id"])
def test_a_figure_of_the_page_has_something_to_draw(given: dict[str, Any]) -> None:
    (entry,) = ReportFile.model_validate({"figures": [given]}).figures
    if isinstance(entry, CurvesDefinition):
        shown: Any = curves(entry, TRIALS)
    elif isinstance(entry, PicturesDefinition):
        shown = pictures(entry, TRIALS)
    else:
        shown = DRAWN[entry.kind].values(entry, TRIALS)

    assert shown.notes


def test_the_figures_of_the_page_are_those_of_the_digits() -> None:
    digits = YAML(typ="safe").load(ROOT / "reports" / "digits.yaml")["figures"]
    on_page = {given["id"]: given for given in SNIPPETS}

    assert digits == [on_page[figure["id"]] for figure in digits]


def test_every_kind_is_named_and_shown() -> None:
    named = re.findall(r"^\| `(\w+)` \|", PAGE.text.split("## Curves")[0], flags=re.MULTILINE)

    shown = [*dict.fromkeys(given.get("kind", "curves") for given in SNIPPETS)]

    assert [name for name in named if name != "kind"] == shown
    assert set(named) - {"kind"} == set(KINDS)


def test_the_counts_of_the_page_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "confusion.csv").write_text(PAGE.all("csv")[0])

    assert read_counts(tmp_path / "confusion.csv", "") == ANSWERS


def test_the_function_of_the_page_writes_such_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "write_confusion.py").write_text(PAGE.files["write_confusion.py"])
    monkeypatch.syspath_prepend(str(tmp_path))
    truths = ["cat"] * 10 + ["dog"] * 10
    answers = ["cat"] * 8 + ["dog"] * 2 + ["cat"] + ["dog"] * 9
    importlib.import_module("write_confusion").write_confusion(
        tmp_path / "confusion.csv", truths, answers, ["cat", "dog"]
    )

    assert read_counts(tmp_path / "confusion.csv", "") == ANSWERS
