from orchestrator.report.edges.drawing.epochs_to import spread
from orchestrator.report.figures.epochs_to import Reached


def test_equal_steps_lie_side_by_side() -> None:
    steps = ((1, "a"), (1, "b"), (2, "c"))
    places = [*spread(Reached(row="r", column="c", steps=steps))]

    assert [step for _, step in places] == [1, 1, 2]
    assert len({place for place, step in places if step == 1}) == 2
