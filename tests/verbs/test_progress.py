import pytest

from orchestrator.verbs.progress import Progress, count_line


class Clock:
    """Seconds, as a test wants them."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("done", "left", "line"),
    [
        (0, None, "0/10,000"),
        (1200, 190.0, "1,200/10,000, about 3 min left"),
        (9990, 4.2, "9,990/10,000, about 5 s left"),
        (90, 9000.0, "90/10,000, about 2.5 h left"),
    ],
)
def test_a_line_says_how_far_it_is_and_what_is_left(done: int, left: float | None, line: str) -> None:
    assert count_line(done, 10_000, left) == line


@pytest.mark.parametrize(("several", "what"), [(False, "writing to MLflow"), (True, "writing toy to MLflow")])
def test_where_no_terminal_is_a_line_is_said_now_and_then(
    capsys: pytest.CaptureFixture[str], several: bool, what: str
) -> None:
    clock = Clock()
    with Progress(clock, several=several) as progress:
        for done in range(500, 600):  # 500 were there already; one a second
            progress.count("toy", done, 1000)
            clock.now += 1
    said = capsys.readouterr()

    assert not said.out
    assert said.err.splitlines()[:2] == [
        f"{what} 515/1,000, about 8 min left",
        f"{what} 530/1,000, about 8 min left",
    ]


def test_what_is_soon_over_is_not_talked_about(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(Clock()) as progress:
        progress.open()
        progress.count("toy", 0, 1)
        progress.count("toy", 1, 1)

    assert not capsys.readouterr().err


def test_a_terminal_shows_the_count(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich takes standard error for a terminal then
    monkeypatch.setenv("COLUMNS", "100")
    with Progress(Clock()) as progress:
        progress.count("toy", 12, 40)

    assert "12/40" in capsys.readouterr().err


def test_a_terminal_is_told_at_once_that_mlflow_is_opened(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    with Progress(Clock()) as progress:
        progress.open()

    assert "opening MLflow ..." in capsys.readouterr().err
