"""The pictures of the documentation, made from a small study."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from docs.pictures.commands import is_under_way
from docs.pictures.drawing import PICTURES, draw
from docs.pictures.png import MOST_BYTES, save, trimmed
from docs.pictures.terminal import svg
from docs.pictures.workshop import Subject, Workshop
from tests.browser.chromium import skip_without

MISSING = [name for name in ("tmux", "pdflatex", "pdftoppm") if shutil.which(name) is None]
TASK = """
import time
from typing import TypedDict


class Params(TypedDict):
    lr: float
    wait: float


def train(params: Params, context) -> dict[str, float]:
    for epoch in range(1, 6):
        time.sleep(params["wait"])
        context.log({"epoch": float(epoch), "val_loss": params["lr"] / epoch + context.seed / 100}, epoch)
    return {"val_loss": params["lr"] / 5 + context.seed / 100}
"""
STUDY = """
study: small
axes:
  lr: [0.1, 0.4]
  seed: [0, 1]
stages:
  first: {task: toy.train, over: [lr, seed], params: {wait: 0.4}}
  second: {task: toy.train, over: [lr, seed], params: {wait: 0.5}}
report: report.yaml
"""
REPORT = """
title: A small report
tables:
  - {id: losses, title: Loss by rate, stage: first, metric: val_loss, better: lower,
     rows: [{over: [lr]}], columns: [{label: Loss}]}
figures:
  - {id: curves, title: Loss over epochs, stage: first, metric: val_loss, series: [lr]}
"""
WIDTHS = {
    "report.png": 1280,
    "report_dark.png": 1280,
    "report_phone.png": 2 * 2 * 390 + 24,
    "figures.png": 1280,
    "mlflow.png": 1600,
    "mlflow_curves.png": 1600,
}
WORDS = {
    "watch.svg": ("orchestrator submit study.yaml", "small", "▸", "epoch"),
    "plan.svg": ("orchestrator plan study.yaml", "stage", "first", "CPU-hours"),
    "table.svg": ("orchestrator table small losses", "Loss by rate", "± 0.007"),
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    folder = tmp_path_factory.mktemp("small")
    for name, text in (("toy.py", TASK), ("study.yaml", STUDY), ("report.yaml", REPORT)):
        (folder / name).write_text(text)
    small = Subject(name="small", file="study.yaml", root=folder, table=("losses",), under_way=0.2)
    with Workshop(tmp_path_factory.mktemp("shop"), many=small, plain=small) as shop:
        yield shop


@pytest.mark.browser
@pytest.mark.slow
@skip_without
@pytest.mark.skipif(bool(MISSING), reason=f"NOT TESTED: no {', '.join(MISSING)} here")
@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_made(shop: Workshop, tmp_path: Path, name: str) -> None:
    path = draw(name, shop, tmp_path)

    if name in WORDS:
        text = "".join(ElementTree.fromstring(path.read_text()).itertext()).replace("\N{NO-BREAK SPACE}", " ")  # noqa: S314 - our own
        assert [word for word in WORDS[name] if word not in text] == []
    else:
        with Image.open(path) as picture:
            assert picture.width == WIDTHS.get(name, picture.width)
            assert len(picture.convert("RGB").getcolors(2**20) or ()) > 20  # an empty window has few


def test_a_picture_of_a_terminal_asks_for_nothing() -> None:
    text = svg("\x1b[1mbold\x1b[0m and █", "name")

    assert "bold" in text
    assert "@font-face" not in text
    assert "url(http" not in text


def test_a_terminal_is_shown_when_a_trial_has_logged_something() -> None:
    screen = "small  ██░░  2/8 · 3 s\n▸ first  {} 1 s"

    assert is_under_way(screen.format("epoch 1"), 0.25)
    assert not is_under_way(screen.format("nothing logged yet"), 0.25)
    assert not is_under_way(screen.format("epoch 1"), 0.5)


def test_paper_around_a_page_is_cut_off() -> None:
    page = Image.new("RGB", (100, 80), "#fff")
    page.paste("#000", (40, 30, 60, 40))

    assert trimmed(page, 5).size == (30, 20)


def test_a_picture_that_is_too_large_is_refused(tmp_path: Path) -> None:
    noise = Image.effect_noise((1200, 1200), 100)

    with pytest.raises(ValueError, match=f"more than {MOST_BYTES} bytes"):
        save(noise, tmp_path / "noise.png")
