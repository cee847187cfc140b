"""What other tools run for the files of docs/coming_from.md.

Hydra, Optuna and submitit say it themselves. Of the others, which are too heavy for these tests, what their
documentation says of their files is read here in a few lines. Each reading was compared by hand with what the
tool does with the file of the page: SEML 0.5.7, W&B's sweeps 0.3.0, Snakemake 9.27.1, Ray 2.60.0, Maestro
1.2.1, signac-flow 0.29.1, DVC 3.67.1 and Guild 0.9.0.
"""

import itertools
import math
import re
import runpy
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import optuna
import pytest
from hydra import compose, initialize_config_dir
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import ChoiceSweep, IntervalSweep
from omegaconf import OmegaConf
from ruamel.yaml import YAML

from tests.peers.pairs import Combination, Combinations, Pair


def product(axes: Mapping[str, Sequence[Any]]) -> list[Combination]:
    """Return every combination of values."""
    return [dict(zip(axes, row, strict=True)) for row in itertools.product(*axes.values())]


def loaded(text: str) -> Any:
    """Return what a YAML text says."""
    return YAML(typ="safe").load(text)


def words(text: str, command: str) -> dict[str, Any]:
    """Return the `name=value` words that are typed after a command."""
    (line,) = (line for line in text.splitlines() if line.startswith(command))
    return {name: loaded(value) for name, value in re.findall(r"(\S+)=(\S+)", line)}


def of_seml(pair: Pair, folder: Path) -> Combinations:
    """A block is its fixed values with the product of its grid, `zip_id` aside; parts add to their parent."""
    whole = loaded(pair.there[0].text)
    parts = {name: part for name, part in whole.items() if name not in ("seml", "slurm", "fixed", "grid")}
    return {
        "train": [
            combination
            for part in parts.values()
            for combination in _seml_block(
                {**whole["fixed"], **part.get("fixed", {})}, {**whole["grid"], **part["grid"]}
            )
        ]
    }


def _seml_block(fixed: Combination, grid: Mapping[str, Mapping[str, Any]]) -> list[Combination]:
    zipped: dict[str, dict[str, list[Any]]] = {}
    for name, entry in grid.items():
        zipped.setdefault(entry.get("zip_id", name), {})[name] = _seml_values(entry)
    rows = [
        [dict(zip(group, row, strict=True)) for row in zip(*group.values(), strict=True)]
        for group in zipped.values()
    ]
    return [{k: v for part in (fixed, *parts) for k, v in part.items()} for parts in itertools.product(*rows)]


def _seml_values(entry: Mapping[str, Any]) -> list[Any]:
    if entry["type"] == "choice":
        return list(entry["options"])
    low, high = math.log10(entry["min"]), math.log10(entry["max"])
    return [10 ** (low + (high - low) * place / (entry["num"] - 1)) for place in range(entry["num"])]


def of_hydra(pair: Pair, folder: Path) -> Combinations:
    """Hydra parses and multiplies what is typed, and composes its configuration each time."""
    for file in pair.there[:-1]:
        (folder / file.name).parent.mkdir(parents=True, exist_ok=True)
        (folder / file.name).write_text(file.text)
    typed = pair.there[-1].text.partition("--multirun ")[2].split()
    (batch,) = BasicSweeper.split_arguments(OverridesParser.create().parse_overrides(typed), None)
    with initialize_config_dir(str(folder / "conf"), version_base=None):
        configs = [OmegaConf.to_container(compose("config", each), resolve=True) for each in batch]
    return {"train": [_flat(config) for config in configs]}


def _flat(config: Any) -> Combination:
    """Return the values of a configuration by their own names; a group's `name` by that of its group."""
    flat: Combination = {}
    for name, value in config.items():
        parts = value.items() if isinstance(value, dict) else [(name, value)]
        flat |= {name if key == "name" else key: part for key, part in parts}
    return flat


def of_optuna_sweeper(pair: Pair, folder: Path) -> Combinations:
    """Hydra parses the space; its sweeper, for an Optuna of before 3, asks for `n_trials`."""
    sweeper = loaded(pair.there[0].text)["hydra"]["sweeper"]
    parsed = OverridesParser.create().parse_overrides([f"{k}={v}" for k, v in sweeper["params"].items()])
    space = {override.get_key_element(): _space(override.value()) for override in parsed}
    return {"sphere": [{"trials": sweeper["n_trials"], sweeper["direction"]: "sphere", **space}]}


def _space(sweep: Any) -> Any:
    if isinstance(sweep, IntervalSweep):
        return [sweep.start, sweep.end]
    assert isinstance(sweep, ChoiceSweep)
    return {"choices": sweep.list}


def of_wandb(pair: Pair, folder: Path) -> Combinations:
    """A grid is the product of `values`; `value` is one of them."""
    parameters = loaded(pair.there[0].text)["parameters"]
    return {
        "train": product(
            {name: entry.get("values", [entry.get("value")]) for name, entry in parameters.items()}
        )
    }


def of_snakemake(pair: Pair, folder: Path) -> Combinations:
    """A rule whose output has a wildcard is run for each sample, any other one once."""
    text = pair.there[0].text
    samples = re.findall(r'"(\w+)"', text.partition("SAMPLES = ")[2].partition("\n")[0])
    rules = re.findall(r"^rule (\w+):.*?(?=^rule|\Z)", text, flags=re.MULTILINE | re.DOTALL)
    bodies = re.split(r"^rule \w+:", text, flags=re.MULTILINE)[1:]
    return {
        name: [{"sample": sample} for sample in samples] if "{sample}" in _output(body) else [{}]
        for name, body in zip(rules, bodies, strict=True)
        if name != "all"
    }


def _output(rule: str) -> str:
    return "".join(re.findall(r"output: (.*)", rule))


def of_ray(pair: Pair, folder: Path) -> Combinations:
    """Ray multiplies every `grid_search`; here a stand-in of its module runs the file and does so."""
    found: list[Combination] = []

    class Tuner:
        def __init__(self, _: Any, param_space: dict[str, Any], tune_config: int) -> None:
            axes = {k: v if isinstance(v, tuple) else (v,) for k, v in param_space.items()}
            found.extend(product(axes) * tune_config)

        def fit(self) -> "Tuner":
            return self

        def get_best_result(self) -> "Tuner":
            return self

        config = "unknown"

    tune = ModuleType("ray.tune")
    vars(tune).update(Tuner=Tuner, grid_search=tuple, TuneConfig=lambda num_samples, **_: num_samples)
    ray = ModuleType("ray")
    vars(ray)["tune"] = tune
    _run(pair, folder, {"ray": ray, "ray.tune": tune})
    return {"train": found}


def of_optuna(pair: Pair, folder: Path) -> Combinations:
    """Optuna runs the file."""
    study = _run(pair, folder, {})["study"]
    assert isinstance(study, optuna.Study)
    return {"train": [trial.params for trial in study.trials]}


def of_submitit(pair: Pair, folder: Path) -> Combinations:
    """Submitit runs the file, in this program."""
    import submitit

    given: list[Combination] = []

    def train(lr: float, seed: int) -> float:
        given.append({"lr": lr, "seed": seed})
        return lr

    module = ModuleType("train")
    vars(module)["train"] = train
    there = ModuleType("submitit")
    vars(there)["AutoExecutor"] = lambda folder: submitit.AutoExecutor(folder=folder, cluster="debug")
    _run(pair, folder, {"train": module, "submitit": there})
    return {"train": given}


def _run(pair: Pair, folder: Path, modules: Mapping[str, ModuleType]) -> dict[str, Any]:
    """Run the first file of the other tool, with modules of ours in the place of others."""
    file = folder / pair.there[0].name
    file.write_text(pair.there[0].text)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name, module in modules.items():
            patch.setitem(sys.modules, name, module)
        return runpy.run_path(str(file))


def of_maestro(pair: Pair, folder: Path) -> Combinations:
    """The values of all parameters are zipped; each step that uses one is run for each row."""
    whole = loaded(pair.there[0].text)
    values = {name.lower(): entry["values"] for name, entry in whole["global.parameters"].items()}
    rows = [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]
    return {step["name"]: rows for step in whole["study"]}


def of_signac(pair: Pair, folder: Path) -> Combinations:
    """A project has the state points that were opened; an aggregator runs once for each of its groups."""
    opened: list[Combination] = []

    class Project:
        def open_job(self, point: Combination) -> "Project":
            opened.append(point)
            return self

        def init(self) -> None:
            pass

    signac = ModuleType("signac")
    vars(signac)["init_project"] = Project
    _run(pair, folder, {"signac": signac})
    (group,) = re.findall(r'groupby\("(\w+)"\)', pair.there[1].text)
    return {"volume": opened, "mean": [{group: point[group]} for point in opened]}


def of_dvc(pair: Pair, folder: Path) -> Combinations:
    """A matrix is a product; fields of an item that is a mapping are `${item.model.layers}`."""
    stage = loaded(pair.there[0].text)["stages"]["train"]
    return {"train": [_flat(point) for point in product(stage["matrix"])]}


def of_guild(pair: Pair, folder: Path) -> Combinations:
    """Lists among the flags are multiplied."""
    typed = words(pair.there[1].text, "guild run train")
    return {"train": product({k: v if isinstance(v, list) else [v] for k, v in typed.items()})}


READINGS: dict[str, Callable[[Pair, Path], Combinations]] = {
    "SEML": of_seml,
    "Hydra: multirun": of_hydra,
    "Hydra: config groups": of_hydra,
    "Hydra: Optuna sweeper": of_optuna_sweeper,
    "W&B sweeps": of_wandb,
    "Snakemake": of_snakemake,
    "Ray Tune": of_ray,
    "Optuna": of_optuna,
    "submitit": of_submitit,
    "Maestro": of_maestro,
    "signac-flow": of_signac,
    "DVC": of_dvc,
    "Guild": of_guild,
}
