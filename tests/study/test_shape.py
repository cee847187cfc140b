import pytest
from pydantic import ValidationError

from orchestrator.study.shape import Shape, format_bytes, format_duration, parse_duration, parse_memory
from orchestrator.study.shape_entry import ShapeEntry

GPU = Shape(gpus=1, cpus=6, memory=24000)
CPU = Shape(cpus=2, memory=4000)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("20h", 72_000),
        ("1d12h", 129_600),
        ("90s", 90),
        ("5min", 300),
        ("5m", 300),
        ("20:00:00", 72_000),
        ("1-00:00:00", 86_400),
        (45, 45),
    ],
)
def test_durations(text: object, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "20", "h", "20x", "20h and more", True, 1.5])
def test_what_is_no_duration_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "megabytes"), [("24GB", 24_576), ("500MB", 500), ("1 tb", 1_048_576), (7, 7)]
)
def test_memory(text: object, megabytes: int) -> None:
    assert parse_memory(text) == megabytes


@pytest.mark.parametrize("text", ["24", "24XB", "much", True])
def test_what_is_no_memory_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="is not an amount of memory"):
        parse_memory(text)


@pytest.mark.parametrize(
    ("seconds", "text"), [(12, "12s"), (300, "5min"), (12_000, "3h 20min"), (93_600, "1d 2h"), (0, "0s")]
)
def test_durations_as_text(seconds: int, text: str) -> None:
    assert format_duration(seconds) == text


@pytest.mark.parametrize(
    ("trial", "room", "fits"),
    [
        (CPU, CPU, True),
        (GPU, GPU, True),
        (GPU, CPU, False),
        (CPU, GPU, False),
        (CPU.model_copy(update={"cpus": 3}), CPU, False),
        (CPU.model_copy(update={"memory": 4001}), CPU, False),
        (CPU.model_copy(update={"slots": 4}), CPU, True),
        (CPU, CPU.model_copy(update={"slots": 4}), False),
    ],
    ids=[
        "same",
        "same with a GPU",
        "no GPU there",
        "would idle a GPU",
        "too many cores",
        "too much memory",
        "alone instead of four at once",
        "would share",
    ],
)
def test_which_trials_fit_into_a_worker(trial: Shape, room: Shape, fits: bool) -> None:
    assert trial.fits(room) is fits


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 KB"),
        (1, "1 KB"),
        (4096, "4 KB"),
        (1024**2, "1.0 MB"),
        (24 * 1024**2, "24 MB"),
        (1400 * 1024**2, "1.4 GB"),
        (3000 * 1024**4, "3,000 TB"),
    ],
)
def test_bytes_as_they_are_told(count: int, text: str) -> None:
    assert format_bytes(count) == text


@pytest.mark.parametrize(
    "more",
    [
        {"partition": "long"},
        {"gpu": "a100"},
        {"constraint": "ib"},
        {"qos": "high"},
        {"account": "lab"},
        {"exclusive": True},
        {"nodes": 2},
        {"sbatch": {"nice": 1}},
    ],
)
def test_a_trial_is_taken_by_workers_of_the_same_placement(more: dict[str, object]) -> None:
    other = GPU.model_copy(update=more)

    assert (other.fits(other), other.fits(GPU), GPU.fits(other)) == (True, False, False)


def test_the_type_of_no_gpu_is_no_matter() -> None:
    assert CPU.model_copy(update={"gpu": "a100"}).fits(CPU)


def test_a_study_elsewhere_has_no_placement() -> None:
    assert Shape(cpus=2, partition="long", sbatch={"nice": 1}, nodes=2).anywhere() == Shape(cpus=2, nodes=2)


@pytest.mark.parametrize("given", [{"gpu": "a100"}, {"gpu": "a100", "gpus": 0}])
def test_a_type_of_no_gpu_is_told_in_a_study_file(given: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="`gpu: a100` says of which type, and `gpus:` how many"):
        ShapeEntry.model_validate(given)


def test_a_type_is_of_use_where_some_points_have_a_gpu() -> None:
    assert ShapeEntry.model_validate({"gpu": "a100", "gpus": "${n}"}).at({"n": 0}).gpus == 0


@pytest.mark.parametrize(("cpus", "slots", "threads"), [(8, 1, 8), (8, 4, 2), (7, 4, 1), (2, 4, 1)])
def test_trials_share_the_cores_of_their_worker(cpus: int, slots: int, threads: int) -> None:
    assert Shape(cpus=cpus, slots=slots).threads == threads


def test_slots_are_of_one_node() -> None:
    with pytest.raises(ValidationError, match="`nodes: 3` are several; leave out `slots` for"):
        Shape(slots=2, nodes=3)


def test_slots_and_lockstep_exclude_each_other() -> None:
    with pytest.raises(ValidationError, match="`lockstep: 4` and `slots: 2` are two ways to share a worker"):
        Shape(slots=2, lockstep=4)


@pytest.mark.parametrize(("shape", "most"), [(Shape(), 1), (Shape(slots=3), 3), (Shape(lockstep=8), 8)])
def test_a_worker_may_be_at_several_trials(shape: Shape, most: int) -> None:
    assert shape.at_once == most
