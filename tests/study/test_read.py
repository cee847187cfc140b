import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from orchestrator.messages.errors import StudyFileError
from orchestrator.study.plan import Known, expand
from orchestrator.study.read import Read, read_draft, read_study, study_name

ROOT = Path(__file__).resolve().parents[2]
GRIDS = ROOT / "grids"


def sizes(read: Read) -> dict[str, int]:
    return {stage.name.rpartition(".")[2]: len(stage.points) for stage in read.study.stages}


def test_a_study_is_read(path: Path) -> None:
    assert sizes(read_study(path)) == {"data": 1, "train": 2}


def test_what_nothing_uses_is_a_warning(path: Path) -> None:
    assert [warning.where for warning in read_study(path).warnings] == [f"{path}:2"]


def test_overrides_reach_the_trials(path: Path) -> None:
    read = read_study(path, set_=["train.epochs=7", "axes.net=[big]"])

    assert [point.params["epochs"] for point in read.study.stage("train").points] == [7]


def test_a_draft_has_the_stages_whose_tasks_can_be_found(path: Path) -> None:
    path.write_text(
        path.read_text().replace("task: tests.toy_tasks.train,", "task: tests.nothing, ovr: [a],")
    )
    draft = read_draft(path)

    assert list(draft.tasks) == ["data"]
    assert draft.axes == {"net", "lr", "seed"}
    assert [problem.where for problem in draft.problems] == [f"{path}:5"] * len(draft.problems)


LINKED = """
study: linked
axes:
  model: {small: {lr: 1, metric: a}, large: {lr: 2, metric: b}}
stages:
  train: {task: tests.toy_tasks.train, over: [model]}
  score: {task: tests.toy_tasks.score, over: [model]}
"""


@pytest.fixture
def linked(tmp_path: Path) -> Path:
    """Return a study whose two stages each use a field of the same records."""
    file = tmp_path / "linked.yaml"
    file.write_text(LINKED, encoding="utf-8")
    return file


def test_a_field_that_a_left_out_stage_may_use_is_not_told(linked: Path) -> None:
    assert sizes(read_study(linked, only=["train"])) == {"train": 2}


def test_a_record_is_chosen_and_changed_on_the_command_line(linked: Path) -> None:
    read = read_study(linked, set_=["axes.model.small.lr=3", "axes.model=[small]"])

    assert [point.params["lr"] for point in read.study.stage("train").points] == [3]


@pytest.mark.parametrize(
    ("own", "set_"),
    [("", ["axes.model.large.lr=3", "axes.model=[large]"]), ("axes: {model: [large]}\n", ["train.note=a"])],
)
def test_a_record_of_a_composed_study_is_chosen(linked: Path, own: str, set_: list[str]) -> None:
    whole = linked.with_name("whole.yaml")
    whole.write_text(f"study: whole\nstudies: [linked.yaml]\n{own}", encoding="utf-8")

    assert sizes(read_study(whole, set_=set_)) == {"train": 1, "score": 1}


def test_a_study_that_extends_another_changes_and_adds_records(linked: Path) -> None:
    more = linked.with_name("more.yaml")
    more.write_text(
        "extends: linked.yaml\naxes: {model: {small: {lr: 4}, huge: {lr: 5, metric: c}}}\n", encoding="utf-8"
    )

    points = read_study(more).study.stage("train").points
    assert [(point.axes["model"], point.params["lr"]) for point in points] == [
        ("small", 4),
        ("large", 2),
        ("huge", 5),
    ]


def test_it_is_known_from_which_files(path: Path) -> None:
    (path.parent / "more.yaml").write_text("extends: toy.yaml\naxes: {lr: [0.2]}\n", encoding="utf-8")

    assert set(read_study(path.parent / "more.yaml").sources) == {path, path.parent / "more.yaml"}


@pytest.mark.parametrize(
    ("text", "set_", "kept"),
    [
        ("extends: toy.yaml\n", [], ("work",)),
        ("extends: toy.yaml\nstages: {train: {keep: [checkpoint]}}\n", [], ("checkpoint",)),
        ("study: all\nstudies: [toy.yaml]\n", [], ("work",)),
        ("extends: toy.yaml\n", ["stages.train.keep=[]"], ()),
    ],
    ids=["extended", "replaced", "composed", "set"],
)
def test_what_is_kept_comes_along(path: Path, text: str, set_: list[str], kept: tuple[str, ...]) -> None:
    path.write_text(path.read_text().replace("over: [net],", "over: [net], keep: [work],"), encoding="utf-8")
    (path.parent / "more.yaml").write_text(text, encoding="utf-8")

    assert read_study(path.parent / "more.yaml", set_=set_).study.stages[-1].keep == kept


def test_only_leaves_the_rest_out(path: Path) -> None:
    assert sizes(read_study(path, only=["data"])) == {"data": 1}


def test_names_of_parameters_are_known_while_no_stage_is_left_out(path: Path) -> None:
    whole, part = read_study(path).names, read_study(path, only=["data"]).names

    assert whole.params is not None
    assert {"epochs", "net"} <= whole.params
    assert part.params is None


def test_a_stage_that_is_left_out_keeps_its_name(path: Path) -> None:
    names = read_study(path, only=["data"]).names

    assert (names.stages, names.kept) == ({"data", "train"}, {"data"})


def test_a_name_is_read_from_a_file_with_mistakes(path: Path) -> None:
    path.write_text(f"{path.read_text()}reprot: x\n", encoding="utf-8")

    assert study_name(path) == "toy"


BACKGROUNDS = {"celebhair": 1, "vggface2": 1, "unet": 1, "unet_test": 1, "recognition": 1}
BACKGROUNDS |= {"cutouts": 1, "recognition_test": 2}
ELFW = {"elfw": 1, "transfer": 1, "overfit": 1, "sweep": 18, "final": 1, "test": 1}
ATTRIBUTES = {"celeba": 1, "aflw": 1, "encode": 1, "encode_aflw": 1, "single": 4, "genre_aflw": 1}
ATTRIBUTES |= {"genage": 1, "multi4": 1}
FACES = {"celeba": 1, "masks": 2, "gender": 3, "encode": 12, "segment": 24, "mean_mask": 4}

SIDE = {"celeba": 1, "masks": 2, "gender": 3, "encode": 12, "segment": 12}
SIDE |= {"sgd": 18, "fcn32": 8, "end_to_end": 12}

STUDIES = {
    "face_segmentation": FACES,
    "face_segmentation_grid_decoder": {**FACES, "gender": 1, "encode": 4, "segment": 8, "grid": 8},
    "face_segmentation_side": SIDE,
    "background_removal": BACKGROUNDS,
    "background_removal_readings": BACKGROUNDS
    | {"unet": 2, "unet_test": 2, "recognition": 4, "recognition_test": 8},
    "elfw_classes": ELFW,
    "elfw_all_pictures": ELFW,
    "elfw_sweep_50": {"elfw": 1, "sweep": 18, "test": 1},
    "elfw_search": {"elfw": 1, "sweep": 1, "final": 1, "test": 1},
    "elfw_hyperband": {"elfw": 1, "sweep": 1, "final": 1, "test": 1},
    "face_segmentation_search": {"celeba": 1, "masks": 1, "gender": 3, "encode": 3, "tune": 3, "segment": 3},
    "facial_attributes": ATTRIBUTES,
    "facial_attributes_crops": {"celeba": 2, "encode": 2, "single": 2},
    "facial_attributes_depth": {"celeba": 1, "encode": 1, "genage": 4},
    "facial_attributes_lfw": {"celeba": 1, "encode": 1, "single": 1, "lfw": 1, "verification": 2},
    "facial_attributes_search": {"celeba": 1, "encode": 1, "single": 4, "genage": 1, "multi4": 1},
    "multitask": {"faces": 1, "multi": 10, "single": 20},
    "multitask_readings": {"faces": 2, "multi": 80},
    "multitask_generated": {"faces": 1, "multi": 10, "single": 20},
    "digits": {"train": 60},
}


@pytest.mark.parametrize("name", STUDIES)
def test_the_studies_of_this_repository(name: str) -> None:
    read = read_study(GRIDS / f"{name}.yaml")

    assert (sizes(read), read.warnings) == (STUDIES[name], ())


COMPOSED = ("full_study", "quickstart", "quickstart_searches", "quickstart_side")


@pytest.mark.parametrize("name", COMPOSED)
def test_the_composed_studies_have_no_doubtful_lines(name: str) -> None:
    assert read_study(GRIDS / f"{name}.yaml").warnings == ()


def test_every_study_of_this_repository_has_a_test() -> None:
    assert {path.stem for path in GRIDS.glob("*.yaml")} == {*COMPOSED, *STUDIES}


def test_the_quickstart_is_the_full_study_and_its_data() -> None:
    full, quick = (
        Counter(trial.stage for trial in expand(read_study(GRIDS / f"{name}.yaml").study, Known()).trials)
        for name in ("full_study", "quickstart")
    )

    assert quick - full == {"data": 1}
    assert not full - quick


def test_hair_and_no_hair_share_their_encoding() -> None:
    plan = expand(read_study(GRIDS / "full_study.yaml").study, Known())
    shared = [trial.needs["features"] for trial in plan.of("face_segmentation.segment")]

    assert sorted(shared) == sorted(2 * [trial.id for trial in plan.of("face_segmentation.encode")])


def test_only_gender_encodings_need_a_training() -> None:
    plan = expand(read_study(GRIDS / "full_study.yaml").study, Known())

    assert {(trial.axes["pretrain"], *trial.needs) for trial in plan.of("face_segmentation.encode")} == {
        ("control", "pictures"),
        ("gender", "pictures", "weights"),
    }


@pytest.mark.parametrize(
    "names",
    [("face_segmentation", "full_study"), ("background_removal", "background_removal_readings")],
    ids=lambda names: names[1],
)
def test_a_part_alone_has_the_same_trials_as_in_the_larger_study(names: tuple[str, str]) -> None:
    part, whole = (
        {trial.id for trial in expand(read_study(GRIDS / f"{name}.yaml").study, Known()).trials}
        for name in names
    )

    assert part < whole


@pytest.mark.parametrize(
    ("variant", "own"), [("grid_decoder", {"grid"}), ("side", {"sgd", "fcn32", "end_to_end"})]
)
def test_variants_of_a_study_train_only_what_is_theirs(variant: str, own: set[str]) -> None:
    main, other = (
        expand(read_study(GRIDS / f"{name}.yaml").study, Known())
        for name in ("face_segmentation", f"face_segmentation_{variant}")
    )

    shared = {trial.id for trial in main.trials} & {trial.id for trial in other.trials}
    assert shared == {trial.id for trial in other.trials if trial.stage not in own}


def test_the_readings_of_the_multi_task_text_share_its_trainings() -> None:
    part, readings = (
        expand(read_study(GRIDS / f"{name}.yaml").study, Known())
        for name in ("multitask", "multitask_readings")
    )

    assert {trial.id for trial in part.of("multi")} < {trial.id for trial in readings.of("multi")}


def test_reading_a_study_imports_nothing_heavy() -> None:
    program = (
        "import sys; from pathlib import Path; from orchestrator.study.read import read_study;"
        f"read_study(Path({str(GRIDS / 'quickstart.yaml')!r}));"
        "heavy = {'torch', 'optuna', 'mlflow', 'pandas', 'matplotlib'}; print(heavy & sys.modules.keys())"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert done.stdout == "set()\n"


def test_both_spellings_of_a_task_are_the_same_trials(path: Path) -> None:
    dotted = expand(read_study(path).study, Known())
    path.write_text(path.read_text().replace("toy_tasks.train", "toy_tasks:train"), encoding="utf-8")
    read = read_study(path)

    assert [trial.id for trial in expand(read.study, Known()).trials] == [trial.id for trial in dotted.trials]
    assert read.tasks.keys() >= {stage.task for stage in read.study.stages}


BRANCHES = """
study: branches
stages:
  sweep:
    task: tests.nested_tasks.train
    search:
      sampler: grid
      space: {layers: {1: , 2: {beta: [0.1]}}}
      objective: {minimize: loss}
"""


def test_the_keys_of_branches_are_values(tmp_path: Path) -> None:
    path = tmp_path / "branches.yaml"
    path.write_text(BRANCHES)
    points = read_study(path).study.stage("sweep").points

    assert [point.axes for point in points] == [{"layers": 1, "beta": None}, {"layers": 2, "beta": 0.1}]


@pytest.mark.parametrize("space", ["{1: [2]}", "{free: [{1: 2}]}"])
def test_other_keys_are_texts(space: str, tmp_path: Path) -> None:
    path = tmp_path / "branches.yaml"
    path.write_text(BRANCHES.replace("{layers: {1: , 2: {beta: [0.1]}}}", space))

    with pytest.raises(StudyFileError, match="key `1` is not text"):
        read_study(path)


def test_a_plan_without_options_of_a_sampler_starts_without_optuna(tmp_path: Path) -> None:
    path = tmp_path / "branches.yaml"
    path.write_text(BRANCHES.replace("grid", "cmaes\n      trials: 3"))
    path.write_text(path.read_text().replace("{layers:", "{opt.lr: {low: 0.1, high: 0.2}, layers:"))
    program = f"""
import sys
from pathlib import Path
from orchestrator.study.read import read_study
read_study(Path({str(path)!r}))
sys.exit("optuna" in sys.modules)
"""

    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
