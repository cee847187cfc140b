"""What every kind of figure has to do, whichever it is."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from orchestrator.messages.errors import NotFoundError
from orchestrator.report.document import Figure
from orchestrator.report.edges.figure_kinds import Drawing, drawn_figure
from orchestrator.report.figures.definitions import KINDS
from orchestrator.report.selection import Material
from orchestrator.study.trial import Trial
from tests.observations import observe
from tests.report.figures.plain_figures import KEYS, SEEN, figure, trials

AXIS = {"parallel": "over", "curves": "series", "scatter": "series"}
"""Where an axis is named; elsewhere in the columns."""
UNFINISHED = observe(None, "train", net="large", lr=0.1, seed=7)


def drawn(kind: str, out: Path, material: Material | None = None, **changes: Any) -> Figure:
    """Draw a figure of a kind; its trials have left a red picture."""
    Image.new("RGB", (40, 20), "red").save(out / "masks.png")

    def artifact(_: Trial, name: str) -> Path:
        return out / name

    drawing = Drawing(out=out, artifact=artifact, room=100_000)
    return drawn_figure(figure(kind, **changes), material or trials(), drawing)


def test_there_is_a_plain_one_of_each_kind() -> None:
    assert set(KEYS) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_it_becomes_png_and_pdf(kind: str, tmp_path: Path) -> None:
    found = drawn(kind, tmp_path)

    assert Image.open(tmp_path / found.png).width > 600
    assert (tmp_path / found.pdf).read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_what_is_seen_and_has_a_note(kind: str, tmp_path: Path) -> None:
    found = drawn(kind, tmp_path)

    assert len(found.says) > 20
    assert found.notes


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_page_draws_is_json(kind: str, tmp_path: Path) -> None:
    chart = drawn(kind, tmp_path).chart

    assert chart is not None
    assert json.loads(json.dumps(chart, allow_nan=False))["kind"] == kind


@pytest.mark.parametrize("kind", KINDS)
def test_a_trial_that_is_not_finished_is_told(kind: str, tmp_path: Path) -> None:
    notes = drawn(kind, tmp_path, trials(*SEEN[:9], UNFINISHED)).notes

    assert any("waiting" in note or "not finished" in note or "have no" in note for note in notes)


@pytest.mark.parametrize("kind", KINDS)
def test_an_axis_that_is_none_is_told_with_the_nearest(kind: str, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r" axis .*`nett`") as told:
        drawn(kind, tmp_path, **{AXIS.get(kind, "columns"): ["nett"]})

    assert told.value.hint == "did you mean `net`?"


@pytest.mark.parametrize("kind", ["bars", "curves", "epochs_to", "heat_map", "parallel"])
def test_a_metric_that_is_none_is_told(kind: str, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="`accuracyy`"):
        drawn(kind, tmp_path, metric="accuracyy")


@pytest.mark.parametrize("kind", ["bars", "heat_map", "parallel", "scatter", "pictures", "confusion"])
def test_nothing_is_drawn_while_nothing_is_finished(kind: str, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="yet"):
        drawn(kind, tmp_path, trials(UNFINISHED))


def test_what_has_not_changed_is_not_drawn_again(tmp_path: Path) -> None:
    first = tmp_path / drawn("bars", tmp_path).png
    before = first.stat().st_mtime_ns
    drawn("bars", tmp_path)

    assert first.stat().st_mtime_ns == before
