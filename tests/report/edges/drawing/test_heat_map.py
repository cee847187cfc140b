import pytest

from orchestrator.report.edges.drawing.heat_map import luminance


@pytest.mark.parametrize(("color", "light"), [((1, 1, 1), 1.0), ((0, 0, 0), 0.0), ((0.5, 0.5, 0.5), 0.214)])
def test_luminance_is_that_of_wcag(color: tuple[float, float, float], light: float) -> None:
    assert luminance(*color) == pytest.approx(light, abs=1e-3)
