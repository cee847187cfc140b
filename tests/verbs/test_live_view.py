"""What a terminal shows of a study that goes on, and what is said where there is none."""

from pathlib import Path

import pytest

from orchestrator.evidence.durations import Spent
from orchestrator.evidence.state import State
from orchestrator.evidence.time_left import TimeLeft
from orchestrator.verbs.headway import FailedTrials, Headway, RunningTrial, StageHeadway
from orchestrator.verbs.live_view import changes, hours_text, live_lines, minute_line

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
NOW = 10_000.0
LEFT = TimeLeft(seconds=540, trials=31, workers=4, unknown=0)


def stage(name: str, **states: int) -> StageHeadway:
    """Return a stage with so many trials in these states."""
    return StageHeadway(name=name, states={State[state.upper()]: count for state, count in states.items()})


def running(name: str, **metrics: float) -> RunningTrial:
    return RunningTrial(name=name, seconds=80, left=40, step=12, metrics=metrics)


def failed(stage_name: str, count: int = 1) -> FailedTrials:
    return FailedTrials(
        stage=stage_name, kind="nan_loss", message="the loss\nis NaN", trial="3f2a1b2c3d", count=count
    )


def study(
    *stages: StageHeadway,
    at_work: tuple[RunningTrial, ...] = (),
    bad: tuple[FailedTrials, ...] = (),
    left: TimeLeft | None = LEFT,
) -> Headway:
    """Return a study that was submitted twelve minutes ago, and looked at just now."""
    return Headway(
        study="faces",
        looked=NOW,
        since=NOW - 720,
        trials=sum(one.trials for one in stages),
        done=sum(one.done for one in stages),
        stages=stages,
        running=at_work,
        failed=bad,
        left=left,
        spent=Spent(cpu_hours=1.3, gpu_hours=0.5),
        workers=4,
    )


def large(at_work: int = 4) -> Headway:
    """Return a study of 29 stages in the middle."""
    finished = [stage(f"prepare.part{n}", done=4) for n in range(12)]
    begun = [stage(f"train.part{n}", done=3, running=1, ready=5) for n in range(4)]
    waiting = [stage(f"test.part{n}", waiting=2) for n in range(12)]
    return study(
        *finished,
        *begun,
        stage("train.bad", done=2, failed=2),
        *waiting,
        at_work=tuple(running(f"part{n} lr=0.1", val_loss=0.1234567, acc=0.5) for n in range(at_work)),
        bad=(failed("train.bad", 2),),
    )


def lines_of(headway: Headway, width: int = 80, height: int = 24, now: float = NOW) -> list[str]:
    return [line.plain.rstrip() for line in live_lines(headway, now, width, height)]


@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40)])
def test_a_study_of_29_stages_looks_as_it_did(width: int, height: int) -> None:
    expected = (GOLDEN / f"live_{width}x{height}.txt").read_text(encoding="utf-8")

    assert "\n".join([*lines_of(large(), width, height), ""]) == expected


@pytest.mark.parametrize("at_work", [0, 1, 4, 40])
@pytest.mark.parametrize(("width", "height"), [(80, 24), (60, 15), (40, 6), (120, 40), (200, 60)])
def test_there_is_never_more_than_there_is_room_for(at_work: int, width: int, height: int) -> None:
    lines = lines_of(large(at_work), width, height)

    assert len(lines) < height
    assert max(map(len, lines)) <= width


def test_what_is_being_trained_is_in_sight_however_many_stages_there_are() -> None:
    assert sum(line.startswith("▸ part") for line in lines_of(large())) == 4


def test_of_many_trials_at_work_the_others_are_counted() -> None:
    lines = lines_of(large(40))
    shown = sum(line.startswith("▸ part") for line in lines)

    assert shown >= 8
    assert f"▸ and {40 - shown} more at work" in lines


def test_stages_that_give_way_are_those_that_wait() -> None:
    assert "6 more stages wait (12 trials)" in lines_of(large())


def test_finished_stages_are_one_line() -> None:
    assert lines_of(study(stage("a", done=2), stage("b", done=1, pruned=1), stage("c", ready=1)))[3:5] == [
        "2 stages done",
        "c  0/1  1 ready",
    ]


def test_a_search_shows_its_best_so_far() -> None:
    search = StageHeadway(name="a", states={State.DONE: 2}, undecided=7, best=("loss", 0.0123456))

    assert lines_of(study(search))[3] == "a  2/9  7 undecided  best loss=0.01235"


def test_the_first_line_says_how_far_the_study_is() -> None:
    line = lines_of(study(stage("a", done=15, ready=15)))[0]

    assert line == f"faces  {'█' * 15}{'░' * 15}  15/30 · 12 min · about 9 min left"


def test_time_passes_between_two_looks() -> None:
    line = lines_of(study(stage("a", ready=1)), now=NOW + 120)[0]

    assert line.endswith("0/1 · 14 min · about 7 min left")


@pytest.mark.parametrize(
    ("left", "told"),
    [
        (LEFT, "from 31 finished trials, 4 workers"),
        (
            TimeLeft(seconds=90, trials=1, workers=1, unknown=3),
            "from 1 finished trial, 1 worker, 3 trials unknown",
        ),
        (None, "4 workers"),
        (TimeLeft(seconds=0, trials=1, workers=1, unknown=0), "4 workers"),
    ],
)
def test_the_second_line_says_what_the_time_left_rests_on_and_what_it_cost(
    left: TimeLeft | None, told: str
) -> None:
    line = lines_of(study(stage("a", ready=1), left=left), width=100)[1]

    assert line == f"{told} · 1.3 CPU-hours, 0.5 GPU-hours so far"


def test_what_does_not_fit_beside_each_other_are_two_lines() -> None:
    assert lines_of(study(stage("a", ready=1)), width=60)[1:3] == [
        "from 31 finished trials, 4 workers",
        "1.3 CPU-hours, 0.5 GPU-hours so far",
    ]


def test_a_time_left_is_at_least_that_where_not_all_is_known() -> None:
    left = TimeLeft(seconds=60, trials=1, workers=1, unknown=3)

    assert lines_of(study(stage("a", ready=1), left=left))[0].endswith("at least 60 s left")


def test_a_running_trial_says_how_far_it_is() -> None:
    line = lines_of(study(stage("a", running=1), at_work=(running("a seed=0", loss=0.12345),)))[-1]

    assert line.split() == ["▸", "a", "seed=0", "step", "12", "loss=0.123", "80", "s,", "~40", "s", "left"]


def test_a_trial_that_logs_its_epoch_shows_that() -> None:
    line = lines_of(study(stage("a", running=1), at_work=(running("a", epoch=3, loss=0.5),)))[-1]

    assert "epoch 3 loss=0.5" in line


def test_a_failure_is_one_line_with_its_class() -> None:
    line = lines_of(study(stage("a", failed=3), bad=(failed("a", 3),)))[-1]

    assert line == "✗ a 3f2a1b2c and 2 more: nan_loss: the loss is NaN"


def test_of_many_kinds_of_failures_the_others_are_counted() -> None:
    bad = tuple(failed(f"s{n}") for n in range(5))
    lines = lines_of(study(stage("a", failed=5), bad=bad))

    assert lines[-1] == "✗ and 3 more ways in which trials failed"


def test_what_could_steer_the_terminal_is_replaced() -> None:
    trial = running("a seed=\x1b[2J", **{"lo\nss": 0.5})
    lines = lines_of(study(stage("a", running=1), at_work=(trial,)))

    assert not {"\x1b", "\n"} & set("".join(lines))


def test_the_end_of_a_stage_is_told_once() -> None:
    before, after = study(stage("a", running=2)), study(stage("a", done=2))

    assert changes(before, after) == ["a is done: 2 trials"]
    assert changes(after, after) == []


def test_what_had_ended_before_is_not_told() -> None:
    assert changes(None, study(stage("a", done=2))) == []


def test_the_first_failure_of_a_kind_is_told_and_how_the_stage_ended() -> None:
    before = study(stage("a", done=1, running=1))
    after = study(stage("a", done=1, failed=1), bad=(failed("a"),))

    assert changes(before, after) == ["a 3f2a1b2c failed: nan_loss", "a has ended: 1 done, 1 failed"]


def test_a_line_a_minute_says_how_far_the_study_is() -> None:
    assert minute_line(large(), NOW) == (
        "62/112 · 12 min · about 9 min left (from 31 finished trials, 4 workers) · 4 running · "
        "1.3 CPU-hours, 0.5 GPU-hours so far"
    )


@pytest.mark.parametrize(
    ("hours", "text"),
    [(0, "0"), (0.0002, "<0.001"), (0.0344, "0.034"), (2.61, "2.6"), (40, "40"), (1240.3, "1,240")],
)
def test_hours_have_few_digits(hours: float, text: str) -> None:
    assert hours_text(hours) == text
