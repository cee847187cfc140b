import pytest

from orchestrator.messages.errors import NotFoundError
from orchestrator.report.figures.definitions import HeatMapDefinition
from orchestrator.report.figures.heat_map import HeatMap, heat_map, heat_map_chart
from tests.observations import observe
from tests.report.figures.plain_figures import figure, trials


def shown(**changes: object) -> HeatMap:
    definition = figure("heat_map", **changes)
    assert isinstance(definition, HeatMapDefinition)
    return heat_map(definition, trials())


def test_a_cell_has_its_number() -> None:
    chart = heat_map_chart(shown(digits=2))

    assert [[cell["text"] for cell in row] for row in chart["cells"]] == [["0.51", "0.61"], ["0.71", "0.81"]]


def test_sides_are_named_by_their_axes() -> None:
    assert (shown().across, shown().down) == ("lr", "net")


@pytest.mark.parametrize(("metric", "more"), [("acc", True), ("loss", False)])
def test_which_values_are_dark_follows_from_the_name_of_the_metric(metric: str, more: bool) -> None:
    assert heat_map_chart(shown(metric=metric))["more"] is more


def test_more_columns_than_can_be_read_are_refused() -> None:
    seen = [observe({"acc": 0.5}, "train", net="small", lr=place) for place in range(61)]

    with pytest.raises(NotFoundError, match="its 61 columns are more than can be read"):
        heat_map(figure("heat_map"), trials(*seen))  # type: ignore[arg-type]
