import re
from pathlib import Path

import numpy as np
import pytest

from tasks.predict.finished import NoAnswerError, find_finished, import_module_of, read_trained
from tests.tasks.predict.conftest import Runs

WHITE = np.full((2, 2, 3), 255, np.uint8)


def id_of(folder: Path) -> str:
    return folder.name.rpartition("-")[2]


def test_beginning_of_the_id_is_enough(runs: Runs) -> None:
    folder = runs.add().path
    assert find_finished(id_of(folder)[:5], runs.path).folder == folder


def test_name_of_the_folder_will_do(runs: Runs) -> None:
    folder = runs.add().path
    assert find_finished(folder.name, runs.path).folder == folder


def test_path_of_a_trial_needs_no_run_folder(runs: Runs, tmp_path: Path) -> None:
    folder = runs.add().path
    assert find_finished(str(folder), tmp_path / "none").id == id_of(folder)


def test_artifacts_and_parameters_reach_the_predictor(runs: Runs) -> None:
    answer = find_finished(str(runs.add().path), runs.path).load()(WHITE - 56)
    assert answer.scores["light"]["bright"] == pytest.approx(199 / 255)
    assert answer.mask is not None
    assert not answer.mask.any()


def test_needs_lead_to_the_trials_that_were_needed(runs: Runs) -> None:
    first = runs.add(seed=3)
    second = runs.add(needs={"start": id_of(first.path)})
    last = runs.add(needs={"weights": id_of(second.path)})
    trained = read_trained(last.path)
    assert trained.needs["weights"].needs["start"].seed == 3
    assert trained.need("weights") == second.artifacts


def test_need_that_is_gone_is_told_only_when_it_is_read(runs: Runs) -> None:
    trained = read_trained(runs.add(needs={"pictures": "0" * 16}).path)
    with pytest.raises(NoAnswerError, match=r"`pictures` is not there: .*\nhint: copy its folder"):
        trained.need("pictures")


def test_unknown_id_says_how_many_trials_there_are(runs: Runs) -> None:
    runs.add()
    with pytest.raises(NoAnswerError, match=r"none of the 1 trials .* begins with `xyz`\nhint: see ids with"):
        find_finished("xyz", runs.path)


@pytest.mark.parametrize("given", ["", "tests.tasks.predict.bright-"])
def test_no_id_at_all_means_no_trial(runs: Runs, given: str) -> None:
    runs.add()
    with pytest.raises(NoAnswerError, match="none of the 1 trials"):
        find_finished(given, runs.path)


def test_ambiguous_beginning_names_the_trials(runs: Runs) -> None:
    folders = [runs.add(seed=seed).path for seed in range(17)]  # 16 first digits: two share one
    firsts = [id_of(folder)[0] for folder in folders]
    shared = next(first for first in firsts if firsts.count(first) > 1)
    with pytest.raises(
        NoAnswerError, match=rf"`{shared}` begins the ids of \d+ trials: .*\nhint: write more"
    ):
        find_finished(shared, runs.path)


def test_absent_run_folder_says_how_to_name_it(tmp_path: Path) -> None:
    with pytest.raises(NoAnswerError, match="hint: name the run folder with --runs or ORCHESTRATOR_RUNS"):
        find_finished("a", tmp_path / "none")


def test_unfinished_trial_is_refused(runs: Runs) -> None:
    folder = runs.add(finished=False).path
    with pytest.raises(NoAnswerError, match=r"is not finished: .*\nhint: .* why " + id_of(folder)[:8]):
        find_finished(id_of(folder), runs.path)


def test_task_without_predictor_names_the_need_that_has_one(runs: Runs) -> None:
    asked = runs.add().path
    silent = runs.add("tests.toy_tasks.score", needs={"net": id_of(asked), "gone": "0" * 16}).path
    with pytest.raises(NoAnswerError, match=rf"no `predictor`\nhint: ask what it needed: {asked.name}$"):
        find_finished(str(silent), runs.path)


def test_function_of_a_module_is_asked_through_its_module(runs: Runs) -> None:
    trial = find_finished(str(runs.add("tests.tasks.predict.bright.test").path), runs.path)
    assert trial.load()(WHITE).scores == {"light": {"dark": 0.0, "bright": 1.0}}


@pytest.mark.parametrize("task", ["no_such_module_here", "tests.no_such_module.run"])
def test_unknown_module_says_where_to_type(runs: Runs, task: str) -> None:
    with pytest.raises(NoAnswerError, match=rf"`{task}`, and there is no such module .*\nhint: type this in"):
        find_finished(str(runs.add(task).path), runs.path)


def test_module_that_fails_is_told(runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken_task.py").write_text("raise RuntimeError('half written')\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(NoAnswerError, match="`broken_task` cannot be imported: RuntimeError: half written"):
        find_finished(str(runs.add("broken_task").path), runs.path)


def test_name_of_a_task_is_no_path(runs: Runs) -> None:
    folder = runs.add()
    file = folder.path / "trial.json"
    file.write_text(file.read_text().replace("tests.tasks.predict.bright", "../evil"))
    with pytest.raises(NoAnswerError, match=r"`\.\./evil`, and there is no such module"):
        find_finished(str(folder.path), runs.path)


def test_need_of_another_form_is_refused(runs: Runs) -> None:
    folder = runs.add(needs={"weights": "../../*"}).path
    with pytest.raises(NoAnswerError, match=r"trial.json` cannot be used: needs\.weights: "):
        find_finished(str(folder), runs.path)


def test_torn_description_is_told(runs: Runs) -> None:
    folder = runs.add().path
    (folder / "trial.json").write_text('{"format": 1,')
    with pytest.raises(
        NoAnswerError, match=r"cannot be used: Invalid JSON: .*\nhint: copy the trial's folder"
    ):
        find_finished(str(folder), runs.path)


def test_lost_artifact_is_told(runs: Runs) -> None:
    folder = runs.add()
    (folder.artifacts / "unit.txt").unlink()
    trial = find_finished(str(folder.path), runs.path)
    wanted = re.escape(f"look into `{folder.artifacts}`")
    with pytest.raises(NoAnswerError, match=rf"unit\.txt'\nhint: {wanted}"):
        trial.load()


def test_parameters_of_another_time_are_told(runs: Runs) -> None:
    folder = runs.add()
    file = folder.path / "trial.json"
    file.write_text(file.read_text().replace('"bright"', '"brightest"'))
    trial = find_finished(str(folder.path), runs.path)
    with pytest.raises(NoAnswerError, match=r"does not take: brightest: Extra inputs .*\nhint: type this"):
        trial.load()


def test_trial_without_a_network_of_its_own_names_the_need_that_has_one(runs: Runs) -> None:
    asked = runs.add().path
    folder = runs.add(needs={"net": id_of(asked)})
    (folder.artifacts / "unit.txt").unlink()
    with pytest.raises(NoAnswerError, match=rf"unit\.txt'\nhint: ask what it needed: {asked.name}$"):
        find_finished(str(folder.path), runs.path).load()


def test_notes_tell_what_to_know(runs: Runs) -> None:
    folder = runs.add(version=1, synthetic=1.0, random_weights=1.0).path
    words = " ".join(find_finished(str(folder), runs.path).notes)
    assert all(word in words for word in ("version 1", "drawn faces", "random weights"))


def test_nothing_to_know_gives_no_notes(runs: Runs) -> None:
    assert find_finished(str(runs.add(synthetic=0.0).path), runs.path).notes == ()


@pytest.mark.parametrize(
    "task",
    [
        "tests.toy_tasks",
        "tests.toy_tasks.score",
        "tests.toy_tasks.Score.run",
        "tests.toy_tasks:Score.run",
    ],
)
def test_the_module_of_a_task_is_found_in_each_of_its_names(task: str) -> None:
    assert import_module_of(task).__name__ == "tests.toy_tasks"
