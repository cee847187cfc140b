from pathlib import Path

import pytest
from PIL import Image

from orchestrator.messages.errors import NotFoundError
from orchestrator.report.curves import Curves, Pictures, Series
from orchestrator.report.definition import FigureDefinition
from orchestrator.report.edges.figures import draw_curves, draw_pictures
from tests.observations import observe

SERIES = Series(
    label="Control", color=0, dash=1, lines=(((0, 0.1), (1, 0.3)), ((0, 0.2),)), trials=("a", "b")
)
IOU = FigureDefinition(id="figure_1", title="IoU", stage="segment", metric="iou", series=["pretrain"])
CURVES = Curves(definition=IOU, series=(SERIES,), notes=("n",))
TRIAL = observe({}, hair=True).trial
OVERLAY = FigureDefinition(
    id="figure_2", title="Overlay", stage="segment", artifact="overlay.png", series=["pretrain"]
)
PICTURES = Pictures(definition=OVERLAY, panels=(("Control", TRIAL),))


def test_curves_become_png_and_pdf(tmp_path: Path) -> None:
    figure = draw_curves(CURVES, tmp_path)

    assert Image.open(tmp_path / figure.png).size == (1024, 624)
    assert (tmp_path / figure.pdf).read_bytes().startswith(b"%PDF")


def test_same_curves_give_the_same_bytes(tmp_path: Path) -> None:
    one, other = (draw_curves(CURVES, tmp_path / name) for name in ("one", "other"))

    assert (tmp_path / "one" / one.pdf).read_bytes() == (tmp_path / "other" / other.pdf).read_bytes()


def test_colour_of_a_series_is_drawn(tmp_path: Path) -> None:
    image = Image.open(tmp_path / draw_curves(CURVES, tmp_path).png).convert("RGB")

    assert (0, 0x72, 0xB2) in {color for _, color in image.getcolors(maxcolors=1 << 20) or []}


def test_picture_is_drawn(tmp_path: Path) -> None:
    Image.new("RGB", (40, 20), "red").save(tmp_path / "overlay.png")
    figure = draw_pictures(PICTURES, lambda _: tmp_path / "overlay.png", tmp_path)
    image = Image.open(tmp_path / figure.png).convert("RGB")

    assert image.getpixel((image.width // 2, image.height // 2)) == (255, 0, 0)


def test_missing_picture_names_the_trial(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=f"trial {TRIAL.id} has left no `overlay.png`"):
        draw_pictures(PICTURES, lambda _: tmp_path / "overlay.png", tmp_path)
