from pathlib import Path

from PIL import Image

from orchestrator.report.edges.figures import draw_curves
from orchestrator.report.figures.curves import Curves, Series
from orchestrator.report.figures.definitions import CurvesDefinition

SERIES = Series(
    label="Control", color=0, dash=1, lines=(((0, 0.1), (1, 0.3)), ((0, 0.2),)), trials=("a", "b")
)
IOU = CurvesDefinition(id="figure_1", title="IoU", stage="segment", metric="iou", series=["pretrain"])
CURVES = Curves(definition=IOU, series=(SERIES,), notes=("n",))


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
