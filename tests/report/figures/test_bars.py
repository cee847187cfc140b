import pytest

from orchestrator.messages.errors import NotFoundError
from orchestrator.report.figures.bars import Bars, bars, bars_chart
from orchestrator.report.figures.definitions import BarsDefinition
from tests.observations import observe
from tests.report.figures.plain_figures import SEEN, WAITING, figure, trials


def shown(**changes: object) -> Bars:
    definition = figure("bars", **changes)
    assert isinstance(definition, BarsDefinition)
    return bars(definition, trials(*SEEN, WAITING))


def test_a_bar_ends_at_the_mean_and_has_its_spread() -> None:
    cell = bars_chart(shown(spread="range"))["cells"][1][0]

    assert (cell["value"], cell["low"], cell["high"]) == (0.71, 0.7, 0.72)


def test_a_missing_trial_is_told_and_marked() -> None:
    found = shown()

    assert "[a] 3 of 4 have a value (1 waiting); the mean is over those." in found.notes
    assert bars_chart(found)["cells"][0][0]["mark"] == "a"


def test_best_and_worst_are_said() -> None:
    says = bars_chart(shown(digits=2))["says"]

    assert says.startswith("Bars of acc by lr, a colour for each of small, large.")
    assert says.endswith("Best 0.81 (large, 0.1), worst 0.51 (small, 0.01).")


def test_more_rows_than_colours_are_refused() -> None:
    seen = [observe({"acc": 0.5}, "train", net=f"n{place}", lr=0.1) for place in range(9)]

    with pytest.raises(NotFoundError, match="its 9 rows over net are more than the 8 colours"):
        bars(figure("bars"), trials(*seen))  # type: ignore[arg-type]
