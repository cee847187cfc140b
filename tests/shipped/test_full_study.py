"""The full study against the matrix of all runs that the five published studies report."""

from collections import Counter
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from orchestrator.study.plan import Known, Plan, expand
from orchestrator.study.read import read_study

ROOT = Path(__file__).resolve().parents[2]
MATRIX = YAML(typ="safe").load((ROOT / "tests/study_matrix.yaml").read_text(encoding="utf-8"))
# Our stage -> what the matrix calls it: stage and kind.
NAMES = {
    "face_segmentation.celeba": "P/prep",
    "face_segmentation.masks": "P/prep",
    "face_segmentation.gender": "A/train",
    "face_segmentation.encode": "C/cache",
    "face_segmentation.segment": "B/train",
    "face_segmentation.mean_mask": "B0/eval",
    "background_removal.celebhair": "P/prep",
    "background_removal.vggface2": "P/prep",
    "background_removal.unet": "D/train",
    "background_removal.unet_test": "D/eval",
    "background_removal.recognition": "F/train",
    "background_removal.cutouts": "E/infer",
    "background_removal.recognition_test": "G/eval",
    "elfw_classes.elfw": "P/prep",
    "elfw_classes.transfer": "H/train",
    "elfw_classes.overfit": "I/train",
    "elfw_classes.sweep": "J/train",
    "elfw_classes.final": "K/train",
    "elfw_classes.test": "K/eval",
    "facial_attributes.celeba": "P/prep",
    "facial_attributes.aflw": "P/prep",
    "facial_attributes.encode": "C/cache",
    "facial_attributes.encode_aflw": "C/cache",
    "facial_attributes.single": "L/train",
    "facial_attributes.genre_aflw": "M/train",
    "facial_attributes.genage": "N/train",
    "facial_attributes.multi4": "O/train",
    "multitask.faces": "P/prep",
    "multitask.multi": "S/train",
    "multitask.single": "S/train",
}
# What a trial rests upon: the names of all trials that it needs, directly or not.
Bases = Counter[tuple[str, frozenset[str]]]


@pytest.fixture(scope="module")
def plan() -> Plan:
    """The plan once the sweep is done, so that its best trial is known."""
    study = read_study(ROOT / "grids/full_study.yaml").study
    sweep = [trial.id for trial in expand(study, Known()).of("elfw_classes.sweep")]
    results = {trial: {"final_val_loss": 1.0 + place} for place, trial in enumerate(sweep)}
    return expand(study, Known(results=results, ended=frozenset(sweep)))


def test_every_run_of_the_matrix_is_a_trial(plan: Plan) -> None:
    assert Counter(NAMES[trial.stage] for trial in plan.trials) == MATRIX["counts"]


def test_no_two_runs_are_the_same_trial(plan: Plan) -> None:
    assert len({trial.id for trial in plan.trials}) == len(MATRIX["jobs"]) == 119


def test_trials_rest_upon_what_the_matrix_says(plan: Plan) -> None:
    def bases(identity: str) -> frozenset[str]:
        needs = plan.by_id[identity].needs.values()
        return frozenset().union(*({NAMES[plan.by_id[need].stage]} | bases(need) for need in needs))

    ours: Bases = Counter((NAMES[trial.stage], bases(trial.id)) for trial in plan.trials)

    assert ours == printed_bases()


def printed_bases() -> Bases:
    jobs = {job["id"]: job for job in MATRIX["jobs"]}
    names = {identity: f"{job['stage']}/{job['kind']}" for identity, job in jobs.items()}

    def bases(identity: str) -> frozenset[str]:
        needs = jobs[identity]["deps"]
        return frozenset().union(*({names[need]} | bases(need) for need in needs))

    return Counter((names[identity], bases(identity)) for identity in jobs)


def test_before_the_sweep_two_trials_are_not_decided() -> None:
    plan = expand(read_study(ROOT / "grids/full_study.yaml").study, Known())

    assert plan.undecided == {"elfw_classes.final": 1, "elfw_classes.test": 1}


def test_the_sweep_of_50_epochs_trains_its_best_no_second_time() -> None:
    study = read_study(ROOT / "grids/elfw_sweep_50.yaml").study
    sweep = expand(study, Known()).of("sweep")
    results = {trial.id: {"final_val_loss": float(place == 0)} for place, trial in enumerate(sweep[:2])}
    losses = {trial.id: {"final_val_loss": 2.0} for trial in sweep} | results
    (test,) = expand(study, Known(results=losses, ended=frozenset(losses))).of("test")

    assert test.needs["trained"] == sweep[1].id
    assert {trial.params["epochs"] for trial in sweep} == {50}
