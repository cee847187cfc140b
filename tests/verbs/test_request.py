from pathlib import Path

import pytest

from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.messages.errors import StudyFileError
from orchestrator.study.fresh import Freshness
from orchestrator.study.read import read_study
from orchestrator.verbs.request import Request, Typed, no_code, read_request

STUDY = """
study: s
shapes: {large: {gpus: 2}}
stages: {train: {task: tests.toy_tasks.train, shape: large}}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a study file that asks for GPUs."""
    path = tmp_path / "s.yaml"
    path.write_text(STUDY)
    return path


def requested(file: Path, **typed: object) -> Request:
    return read_request(Typed(file=file, **typed), RunFolder(file.parent / "runs"), file.parent / "data")  # type: ignore[arg-type]  # of mixed types


def test_hints_repeat_what_was_typed_but_what_is_remembered() -> None:
    typed = Typed(
        file=Path("s.yaml"),
        cluster="dev",
        set_=["a.b=1"],
        only=["a"],
        cpu=True,
        freshness=Freshness(again=["a"]),
    )

    assert typed.words == ["--cluster", "dev", "--set", "a.b=1", "--only", "a", "--cpu"]


def test_while_nothing_is_written_nothing_is_remembered() -> None:
    typed = Typed(file=Path("s.yaml"), freshness=Freshness(again=["a"], as_before=["b"]))

    assert typed.submit_command == "python -m orchestrator submit s.yaml --fresh a --no-fresh b"


@pytest.mark.parametrize(("cpu", "gpus"), [(False, 2), (True, 0)])
def test_on_the_cpu_no_shape_asks_for_gpus(file: Path, cpu: bool, gpus: int) -> None:
    assert requested(file, cpu=cpu).read.study.stage("train").shape.gpus == gpus


def test_a_stage_that_is_trained_again_knows_its_code(file: Path) -> None:
    asked = requested(file, freshness=Freshness(again=["train"]))

    assert len(asked.fresh["train"]) == 12
    assert asked.read.study.stage("train").fresh == asked.fresh["train"]


def test_the_printed_results_of_reports_are_no_code(file: Path) -> None:
    (file.parent / "printed.yaml").write_text("tables: []\n")
    (file.parent / "r.yaml").write_text("reference: printed.yaml\n")
    file.write_text(f"{STUDY}report: r.yaml\n")

    assert no_code(Typed(file=file), read_study(file)) == [file.parent / "printed.yaml"]


def test_a_report_file_that_is_wrong_is_told(file: Path) -> None:
    (file.parent / "r.yaml").write_text("tabels: []\n")
    file.write_text(f"{STUDY}report: r.yaml\n")

    with pytest.raises(StudyFileError, match="tabels"):
        no_code(Typed(file=file), read_study(file))


def test_here_what_is_for_a_cluster_is_left_out_with_one_warning(file: Path) -> None:
    file.write_text(STUDY.replace("{gpus: 2}", "{gpus: 2, partition: long, qos: high}"))
    request = requested(file)

    assert request.read.study.stage("train").shape.chosen == {}
    assert [warning.message for warning in request.read.warnings] == [
        "partition, qos of shapes are for a cluster only, and ignored here"
    ]


def test_on_a_cluster_it_stays(file: Path) -> None:
    file.write_text(STUDY.replace("{gpus: 2}", "{gpus: 2, partition: long}"))

    assert requested(file, cluster="dev").read.study.stage("train").shape.partition == "long"
