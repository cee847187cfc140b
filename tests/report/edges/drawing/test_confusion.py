from orchestrator.report.edges.drawing.confusion import percent


def test_what_is_not_nothing_is_never_shown_as_nothing() -> None:
    assert [percent(share) for share in (0.001, 0.005, 0.234, 1.0)] == ["<1", "<1", "23", "100"]
