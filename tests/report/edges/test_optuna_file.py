from pathlib import Path

import optuna
import pytest
from optuna.storages.journal import JournalFileBackend, JournalStorage

from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.report.edges.optuna_file import optuna_bytes
from orchestrator.study.objective import Objective
from tests.report.edges.test_search_outcomes import looked


@pytest.fixture(scope="module", params=[".db", ".log"])
def file(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """Give a file with a search of which the second of three answers failed."""
    folder = tmp_path_factory.mktemp("optuna")
    submission, seen = looked(Objective(maximize="loss"), 0.5, None, 0.25)
    runs = RunFolder(folder / "runs")
    attempt = runs.trial(seen.plan.trials[0]).attempt(1)
    attempt.mkdir(parents=True)
    (attempt / "metrics.jsonl").write_text('{"step": 3, "metrics": {"loss": 2.0}}\n')
    file = folder / f"s{request.param}"
    file.write_bytes(optuna_bytes(runs, submission, seen, request.param))
    return file


def storage_of(file: Path) -> optuna.storages.BaseStorage:
    """Return a file as Optuna opens it."""
    if file.suffix == ".db":
        return optuna.storages.RDBStorage(f"sqlite:///{file}")
    return JournalStorage(JournalFileBackend(str(file)))


@pytest.fixture(scope="module")
def study(file: Path) -> optuna.Study:
    """Give the search as Optuna reads it."""
    return optuna.load_study(study_name="s/sweep encoder=vgg16", storage=storage_of(file))


def test_trials_have_states_values_and_parameters(study: optuna.Study) -> None:
    assert [(trial.state.name, trial.values, trial.params) for trial in study.trials] == [
        ("COMPLETE", [0.5], {"lr": 0.01, "note": "b"}),
        ("FAIL", None, {"lr": 0.02, "note": "a"}),
        ("COMPLETE", [0.25], {"lr": 0.03, "note": "b"}),
    ]


def test_the_best_is_the_best(study: optuna.Study) -> None:
    assert (study.best_trial.number, study.metric_names) == (0, ["loss"])


def test_what_was_logged_is_there(study: optuna.Study) -> None:
    assert study.trials[0].intermediate_values == {3: 2.0}


def test_each_trial_says_which_it_is(study: optuna.Study) -> None:
    attributes = study.trials[2].user_attrs

    assert attributes["answer"] == 3
    assert attributes["folder"].endswith(f"toy.train-{attributes['trial']}")


def test_the_study_says_where_it_is_from(study: optuna.Study) -> None:
    assert study.user_attrs["orchestrator:study"] == "s"


@pytest.mark.parametrize("ending", [".db", ".log"])
def test_the_same_is_written_again(ending: str, tmp_path: Path) -> None:
    submission, seen = looked(Objective(minimize="loss"), 0.5)
    one, other = (optuna_bytes(RunFolder(tmp_path / "runs"), submission, seen, ending) for _ in range(2))

    assert one == other
