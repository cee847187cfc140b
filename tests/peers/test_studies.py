"""Documented examples of other tools as studies: what they plan, and a number of what they train."""

import json
import shutil
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from orchestrator.study.read import read_study
from tests.peers.pairs import Combination, Combinations, of_study, sets
from tests.toy_fixture import Toy

HERE = Path(__file__).resolve().parent


def grid(**axes: Any) -> list[Combination]:
    """Return every combination of values."""
    return [dict(zip(axes, row, strict=True)) for row in product(*axes.values())]


REPLICAS = grid(p=[1, 2, 5], replica=[0, 1, 2])
FLAGS = grid(kernel=["rbf", "linear"], regularization=[0.1, 1.0])
SAMPLES = grid(sample=["A", "B", "C"])
PEOPLE = [
    {"name": name, "greeting": greeting}
    for name, greeting in (("Pam", "Hello"), ("Jim", "Ciao"), ("Michael", "Hey"), ("Dwight", "Hi"))
]


def groups(*, sizes: dict[str, list[Any]]) -> Combinations:
    """Return what SEML's advanced example runs: a group for each kind of dataset."""
    more = grid(
        batchnorm=["batchnorm", "no_batchnorm"],
        preprocessing=["preprocessing_none", "preprocessing_normalize"],
        weight_decay=[1e-6, 1e-5, 1e-4, 1e-3],
    )
    asked = {"trials": 5, "minimize": "loss", "dropout": [0, 0.5]}
    return {
        kind: [
            {
                "model_type": f"variant_{n}",
                "dataset": f"{kind}_dataset_{n}",
                "hidden_sizes": s,
                **row,
                **asked,
            }
            for n, s, row in product((1, 2), options, more)
        ]
        for kind, options in sizes.items()
    }


PLANNED: dict[str, Combinations] = {
    "seml_example": {
        "small": grid(
            learning_rate=[1e-5],
            dataset=["small_dataset_1", "small_dataset_2"],
            hidden_sizes=[[16], [32, 16]],
            max_epochs=[[200, 999]],
            trials=[3],
            minimize=["loss"],
            dropout=[[0, 0.7]],
        ),
        "large": grid(
            learning_rate=[0.001],
            dataset=["large_dataset_1", "large_dataset_2"],
            hidden_sizes=[[64], [64, 32]],
            max_epochs=[1000],
            trials=[1],
            minimize=["loss"],
            dropout=[[0, 0.7]],
        ),
    },
    "seml_advanced": groups(sizes={"large": [[64], [64, 32]], "small": [[32], [32, 16]]}),
    "hydra_sphere": {
        "sphere": [{"trials": 20, "minimize": "sphere", "x": [-5.5, 5.5], "y": {"choices": [-5, 0, 5]}}]
    },
    "optuna_binh_korn": {
        "binh_korn": [
            {"trials": 30, "objective": [{"minimize": "v0"}, {"minimize": "v1"}], "x": [0, 5], "y": [0, 3]}
        ]
    },
    "hydra_groups": {"train": grid(dataset=["imagenet", "cifar10"], model=["alexnet", "resnet"])},
    "snakemake_tutorial": {"map": SAMPLES, "sort": SAMPLES, "call": [{}], "plot": [{}]},
    "snakemake_paramspace": {
        "simulate": [
            {"alpha": 1.0, "beta": 0.1, "gamma": 0.99},
            {"alpha": 2.0, "beta": 0.0, "gamma": 3.9},
            {"alpha": 0.5, "beta": 0.1, "gamma": 0.99},
        ],
        "plot": [{}],
    },
    "maestro_lulesh": {
        "get": [{}],
        "make": [{}],
        "run": grid(size=[10, 20, 30], iterations=[10, 20, 30]),
        "post_process": [{}],
        "post_process_size": grid(size=[10, 20, 30]),
        "post_process_trials": grid(trial=range(1, 10)),
    },
    "maestro_hello": {"hello": PEOPLE, "bye": PEOPLE},
    "wandb_fashion": {
        "train": grid(
            dropout=[0.1, 0.2, 0.4, 0.5, 0.7],
            channels_one=range(10, 21, 2),
            channels_two=range(24, 45, 4),
            learning_rate=[0.001, 0.005, 0.0005],
            epochs=[27],
        )
    },
    "signac_flow": {"volume": REPLICAS, "density": REPLICAS, "mean": grid(p=[1, 2, 5])},
    "dvc_matrix": {
        "train": [
            *grid(model=["cnn"], layers=[3], width=[32], feature=["raw", "scaled"]),
            *grid(model=["mlp"], layers=[2], width=[64], feature=["raw", "scaled"]),
        ],
        "compare": [{}],
    },
    "guild_pipeline": {"prepare": [{"split": 0.2}], "train": FLAGS, "evaluate": FLAGS},
    "optuna_pruning": {"iris": [{"trials": 20, "minimize": "error", "alpha": [1e-5, 1e-1]}]},
    "ray_basic": {"objective": grid(a=[0.001, 0.01, 0.1, 1.0], b=[1, 2, 3])},
    "optuna_conditional": {
        "objective": [
            {
                "trials": 15,
                "minimize": "error",
                "classifier": {"choices": ["SVC", "RandomForest"]},
                "svc_c": {"with": {"classifier": "SVC"}, "values": [1e-10, 1e10]},
                "rf_max_depth": {"with": {"classifier": "RandomForest"}, "values": [2, 32]},
            }
        ]
    },
    "optuna_enqueue": {
        "objective": [
            {
                "trials": 12,
                "maximize": "accuracy",
                "enqueue": [
                    {"bagging_fraction": 1.0, "bagging_freq": 0, "min_child_samples": 20},
                    {"bagging_fraction": 0.75, "bagging_freq": 5, "min_child_samples": 20},
                ],
                "bagging_fraction": [0.4, 1.0],
                "bagging_freq": [0, 7],
                "min_child_samples": [5, 100],
            }
        ]
    },
    "ray_constraints": {
        "easy_objective": [
            {
                "trials": 20,
                "minimize": "regret",
                "constraints": ["x1 + x2 <= 2.0"],
                **{f"x{place}": [0.0, 1.0] for place in range(1, 7)},
            }
        ]
    },
}

TRAINED: dict[str, tuple[str, str, list[float]]] = {
    "hydra_groups": ("train", "layers", [7, 50, 5, 50]),
    "snakemake_tutorial": ("plot", "variants", [2]),
    "snakemake_paramspace": ("plot", "mean", [9.485 / 3]),
    "maestro_lulesh": ("post_process_size", "mean", [0.12, 0.22, 0.32]),
    "maestro_hello": ("bye", "letters", [12, 11, 14, 12]),
    "signac_flow": ("mean", "mean", [0.999, 1.998, 4.995]),
    "dvc_matrix": ("compare", "mean", [0.848]),
    "guild_pipeline": ("evaluate", "accuracy", [0.71, 0.8, 0.51, 0.6]),
    "ray_basic": ("objective", "score", [a * a + b for a, b in product([0.001, 0.01, 0.1, 1], [1, 2, 3])]),
}
"""Study -> stage, metric and its value in each trial."""
SEARCHED: dict[str, tuple[str, str, int, float]] = {
    "seml_example": ("small", "loss", 12, 2.07),
    "seml_advanced": ("large", "loss", 20, 2.05),
    "hydra_sphere": ("sphere", "sphere", 20, 5.0),
    "wandb_fashion": ("train", "loss", 8, 0.7),
    "optuna_binh_korn": ("binh_korn", "v1", 30, 8.0),
    "optuna_conditional": ("objective", "error", 15, 0.3),
    "optuna_enqueue": ("objective", "error", 12, 0.0301),
    "ray_constraints": ("easy_objective", "regret", 20, 2.9),
}
"""Study -> stage, metric, how many trials, and what the least value is below."""
PRUNED: dict[str, tuple[str, str, int, float]] = {"optuna_pruning": ("iris", "error", 20, 0.15)}
"""Likewise, of studies of which some trials have no value."""
SMALLER = {
    "seml_advanced": {
        "weight_decay": [1e-6],
        "batchnorm": ["batchnorm"],
        "preprocessing": ["preprocessing_none"],
    },
    "wandb_fashion": {
        "dropout": [0.1, 0.2],
        "channels_one": [10],
        "channels_two": [24, 28],
        "learning_rate": [0.001, 0.005],
    },
}
"""Of 640 and 540 trials these are trained."""
HERE_ALONE = {"maestro_lulesh": ["--set=shapes.run.nodes=1"]}
"""What this machine does not have; tests/slurm/test_several_nodes.py trains it on two nodes."""


@pytest.fixture
def folder(tmp_path: Path) -> Toy:
    """Give a folder with all the programs, and no study."""
    shutil.copytree(HERE / "programs", tmp_path / "a folder", ignore=shutil.ignore_patterns("__pycache__"))
    return Toy(tmp_path / "a folder")


def metrics(folder: Toy, name: str, stage: str, metric: str) -> list[float]:
    """Train a study; return a metric of each trial of a stage, in their order."""
    shutil.copy(HERE / f"{name}.yaml", folder.folder)
    smaller = [f"--set=axes.{axis}={json.dumps(values)}" for axis, values in SMALLER.get(name, {}).items()]
    folder.type("submit", f"{name}.yaml", *smaller, *HERE_ALONE.get(name, []))
    done = [trial for trial in folder.trials(name, stage) if trial["state"] != "PRUNED"]
    return [folder.result(trial["id"])["metrics"][metric] for trial in done]


def test_every_study_is_planned_and_trained() -> None:
    assert (
        {path.stem for path in HERE.glob("*.yaml")}
        == PLANNED.keys()
        == TRAINED.keys() | SEARCHED.keys() | PRUNED.keys()
    )


@pytest.mark.parametrize("name", PLANNED)
def test_a_study_plans_what_the_other_tool_runs(
    name: str, folder: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.folder)
    monkeypatch.syspath_prepend(str(folder.folder))

    assert sets(of_study(read_study(HERE / f"{name}.yaml"))) == sets(PLANNED[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", TRAINED)
def test_a_study_trains_what_its_programs_say(name: str, folder: Toy) -> None:
    stage, metric, values = TRAINED[name]

    assert metrics(folder, name, stage, metric) == pytest.approx(values, abs=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("name", SEARCHED)
def test_the_best_of_many_trials_is_as_good_as_it_may_be(name: str, folder: Toy) -> None:
    stage, metric, count, most = SEARCHED[name]
    found = metrics(folder, name, stage, metric)

    assert len(found) == count
    assert 0 <= min(found) <= most


@pytest.mark.slow
@pytest.mark.parametrize("name", PRUNED)
def test_of_a_search_with_a_pruner_some_are_ended_early_and_the_best_is_good(name: str, folder: Toy) -> None:
    stage, metric, count, most = PRUNED[name]
    found = metrics(folder, name, stage, metric)

    assert len(folder.trials(name, stage)) == count
    assert 5 <= len(found) < count  # the median pruner ends none of the first five
    assert 0 <= min(found) <= most
