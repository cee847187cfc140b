import pytest

from orchestrator.verbs.progress import Progress, progress_line


class Clock:
    """Seconds, as a test wants them."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("done", "left", "line"),
    [
        (0, None, "toy: 0 of 10,000 trials"),
        (1200, 190.0, "toy: 1,200 of 10,000 trials, 3 min left"),
        (9990, 4.2, "toy: 9,990 of 10,000 trials, 5 s left"),
        (90, 9000.0, "toy: 90 of 10,000 trials, 2.5 h left"),
    ],
)
def test_a_line_says_how_far_it_is_and_what_is_left(done: int, left: float | None, line: str) -> None:
    assert progress_line("toy", done, 10_000, left) == line


def test_where_no_terminal_is_a_line_is_said_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    with Progress(clock) as progress:
        for done in range(500, 600):  # 500 were there already; one a second
            progress.count("toy", done, 1000)
            clock.now += 1

    assert capsys.readouterr().err.splitlines()[:2] == [
        "toy: 515 of 1,000 trials, 8 min left",
        "toy: 530 of 1,000 trials, 8 min left",
    ]


def test_what_is_soon_over_is_not_talked_about(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(Clock()) as progress:
        progress.count("toy", 0, 1)
        progress.count("toy", 1, 1)

    assert not capsys.readouterr().err


def test_a_terminal_shows_the_count(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich takes standard error for a terminal then
    with Progress(Clock()) as progress:
        progress.count("toy", 12, 40)

    assert "toy: 12 of 40 trials" in capsys.readouterr().err
