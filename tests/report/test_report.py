"""The whole way: a small run folder, declared tables, files on disk."""

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.evidence.evidence import Attempt, Evidence, Exit, Failure, Result
from orchestrator.evidence.judge import judge
from orchestrator.evidence.state import Seen
from orchestrator.evidence.submission import Submission
from orchestrator.places.profile import LOCAL
from orchestrator.report.document import report_json
from orchestrator.report.report import facts, gather, results, write_report
from orchestrator.study.plan import Known, Plan, expand
from orchestrator.study.shape import Shape
from orchestrator.study.study import Point, Stage, Study
from tests.report.edges.test_page import data

FACES = Path(__file__).resolve().parents[2] / "reports" / "face_segmentation.yaml"
AXES: dict[str, list[Any]] = {
    "encoder": ["vgg16"],
    "pretrain": ["control", "gender"],
    "dataset": ["lfw"],
    "hair": [True, False],
    "seed": [0, 1],
}
STAGES = {
    "gender": ["encoder", "seed"],
    "segment": ["encoder", "pretrain", "dataset", "hair", "seed"],
    "mean_mask": ["dataset", "hair"],
}


def stage(name: str, over: list[str]) -> Stage:
    rows = [dict(zip(over, values, strict=True)) for values in product(*(AXES[axis] for axis in over))]
    points = tuple(
        Point(axes=row, seed=row.get("seed", 0), params={key: row[key] for key in row if key != "seed"})
        for row in rows
    )
    return Stage(name=f"faces.{name}", task=f"tasks.{name}", version=1, shape=Shape(), points=points)


def submission(*reports: Path) -> Submission:
    study = Study(name="toy", stages=tuple(stage(name, over) for name, over in STAGES.items()))
    return Submission(
        study=study,
        code="c0de",
        data="data",
        profile=LOCAL,
        reports=tuple(map(str, reports)),
        given="toy.yaml",
    )


def metrics(stage_name: str, axes: dict[str, Any]) -> dict[str, float]:
    if stage_name.endswith("gender"):
        return {"val_acc": 0.975, "best_epoch": 23, "parameters_conv": 7079424, "random_weights": 1}
    if stage_name.endswith("mean_mask"):
        return {"val_iou": 0.4}
    return {"val_iou": {"control": 0.5, "gender": 0.6}[axes["pretrain"]], "untrained_val_iou": 0.1}


def fill(runs: RunFolder, plan: Plan) -> Seen:
    """Leave every trial finished but one, as workers would, and judge them."""
    evidence: dict[str, Evidence] = {}
    for trial in plan.trials[:-1] if plan.trials[-1].stage.endswith("segment") else plan.trials:
        folder = runs.trial(trial)
        folder.attempt(1).mkdir(parents=True)
        steps = [f'{{"step": {step}, "metrics": {{"val_iou": 0.1}}}}\n' for step in (0, 1)]
        (folder.attempt(1) / "metrics.jsonl").write_text("".join(steps))
        folder.artifacts.mkdir()
        Image.new("RGB", (8, 8)).save(folder.artifacts / "overlay.png")
        result = Result(metrics=metrics(trial.stage, trial.axes), attempt=1, time=0, seconds=1, code="c0de")
        evidence[trial.id] = Evidence(result=result)
    return judge(plan, evidence)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    runs, given = RunFolder(folder), submission(FACES)
    out = runs.study("toy") / "report"
    write_report(runs, given, fill(runs, expand(given.study, Known())), out)
    return out


def table(out: Path, identity: str) -> dict[str, Any]:
    report = json.loads((out / "report.json").read_text())
    return next(entry for entry in report["tables"] if entry["id"] == identity)


def test_cell_has_what_the_contract_names(out: Path) -> None:
    cell = table(out, "table_5_1")["rows"][1]["cells"][0]

    assert cell["column"] == "LFW / Hair"
    assert (cell["value"], cell["std"], cell["n"], cell["reference"]) == (0.6, 0.0, 2, 0.66)
    assert len(cell["trials"]) == 2


def test_baselines_stand_below_the_models(out: Path) -> None:
    rows = {row["row"]: row["cells"][0]["value"] for row in table(out, "table_5_1")["rows"]}

    assert rows["Mean mask"] == 0.4
    assert rows["Untrained decoder / Gender"] == 0.1


def test_percent_stand_beside_printed_percent(out: Path) -> None:
    cell = table(out, "table_4_1")["rows"][0]["cells"][1]

    assert (cell["value"], cell["reference"]) == (97.5, 97.5)


def test_improvement_is_computed_from_the_trials(out: Path) -> None:
    relative, points = table(out, "improvements")["rows"][0]["cells"]

    assert (relative["value"], points["value"]) == (pytest.approx(20), pytest.approx(10))


def test_random_weights_are_in_a_note(out: Path) -> None:
    assert "Encoder weights: random (in 2 of 2 trials)." in [
        n["text"] for n in table(out, "table_4_1")["notes"]
    ]


def test_tables_of_absent_encoders_are_left_out_and_named(out: Path) -> None:
    left_out = json.loads((out / "report.json").read_text())["left_out"]

    assert "table_5_2: the study has no trial of stage `faces.segment` with encoder=vgg19" in left_out


@pytest.mark.parametrize(
    "name",
    ["report.html", "report.md", "tables/table_5_1.csv", "tables/table_5_1.tex", "figures/figure_5_1.png",
     "figures/figure_5_1.pdf", "figures/figure_5_7.png"],
)  # fmt: skip
def test_file_is_written(out: Path, name: str) -> None:
    assert (out / name).stat().st_size > 0


def test_links_lead_to_trial_folders(out: Path) -> None:
    trial = table(out, "table_5_1")["rows"][0]["cells"][0]["trials"][0]
    known = data((out / "report.html").read_text())["trials"]
    (link,) = [one["folder"] for one in known if one["id"] == trial]

    assert (out / link).is_dir()


def test_study_without_definitions_gets_a_table_per_stage(tmp_path: Path) -> None:
    runs, given = RunFolder(tmp_path), submission()
    report = write_report(runs, given, fill(runs, expand(given.study, Known())), tmp_path / "out")

    made = report_json(report)

    assert [entry["id"] for entry in made["tables"]] == ["faces_gender", "faces_segment", "faces_mean_mask"]
    assert "faces_segment_curves" in [entry["id"] for entry in made["figures"]]
    assert (tmp_path / "out/figures/faces_segment_curves.png").is_file()


def test_unfinished_study_has_a_report_without_numbers(tmp_path: Path) -> None:
    given = submission(FACES)
    report = write_report(
        RunFolder(tmp_path), given, judge(expand(given.study, Known()), {}), tmp_path / "out"
    )

    assert {
        cell.value
        for chapter in report.chapters
        for entry in chapter.tables
        for row in entry.rows
        for cell in row.cells
    } == {None}


def test_what_is_gathered_of_a_trial_tells_what_it_cost() -> None:
    given = submission()
    costly = given.study.stages[0].model_copy(update={"shape": Shape(gpus=2)})
    given = given.model_copy(update={"study": Study(name="toy", stages=(costly,))})
    plan = expand(given.study, Known())
    end = Exit(outcome="failed", time=0, seconds=60, failure=Failure(kind="nan_loss", message=""))
    failed = Evidence(attempts=(Attempt(number=1, claim=None, alive=False, exit=end),))
    one = gather(given, judge(plan, {plan.trials[0].id: failed})).stages["faces.gender"][0]

    assert (one.attempts, one.seconds, one.gpus, one.failure) == (1, 60, 2, "nan_loss")


def measured(*busy: float | None) -> dict[str, str]:
    """Return the facts of a study of which so many trials were measured."""
    used = [{"busy": percent, "memory_mb": 3174, "of_mb": 40960, "own": True} for percent in busy]
    plan = expand(submission().study, Known())
    known = {
        trial.id: Evidence(
            result=Result(metrics={}, attempt=1, time=0, seconds=1, code="c", provenance={"gpu_use": use})
        )
        for trial, use in zip(plan.trials, used, strict=False)
    }
    return dict(facts(submission(), judge(plan, known)))


def test_a_report_says_how_gpus_were_used_where_that_was_measured() -> None:
    assert measured(10, 30)["Use of GPUs"] == "20 % busy on average, 3.1 GB at most (2 trials measured)"
    assert measured(None)["Use of GPUs"] == "3.1 GB at most (1 trial measured)"
    assert "Use of GPUs" not in measured()


def test_results_are_a_frame_for_those_who_go_on_in_python(tmp_path: Path) -> None:
    runs, given = RunFolder(tmp_path), submission(FACES)
    runs.study("toy").mkdir(parents=True)
    (runs.study("toy") / "study.json").write_text(given.model_dump_json())
    frame = results("toy", tmp_path)

    assert set(frame["stage"]) == {"faces.gender", "faces.segment", "faces.mean_mask"}
    assert set(frame["state"]) == {"READY"}


def test_a_report_file_without_a_title_has_a_heading_beside_other_chapters(tmp_path: Path) -> None:
    file = tmp_path / "report.yaml"
    file.write_text(
        "tables:\n  - {id: t, title: T, stage: gender, metric: val_acc, rows: [{over: [encoder]}],"
        " columns: [{label: all}]}\n"
    )
    runs, given = RunFolder(tmp_path), submission(file)
    report = write_report(runs, given, fill(runs, expand(given.study, Known())), tmp_path / "out")

    assert [chapter.title for chapter in report.chapters] == ["Tables"]
