"""Rules of this repository that a machine can check."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted(path for ring in ("orchestrator", "tasks") for path in (ROOT / ring).rglob("*.py"))


def imports(path: Path) -> set[str]:
    """Return every module that a file imports, at its top or inside a function."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", sorted((ROOT / "orchestrator/core").rglob("*.py")), ids=named)
def test_core_imports_nothing_of_the_outer_rings_and_no_world(path: Path) -> None:
    world = {
        "os",
        "subprocess",
        "time",
        "socket",
        "pathlib",
        "shutil",
        "submitit",
        "mlflow",
        "optuna",
    }
    outer = ("orchestrator.edges", "tasks")
    found = {name for name in imports(path) if name in world or name.startswith(outer)}
    rings = {name for name in imports(path) if name.startswith("orchestrator.")}

    shared = set(re.findall(r"\brandom\.\w+", path.read_text(encoding="utf-8"))) - {"random.Random"}

    assert not found
    assert not shared  # a generator made of a seed is a value; the one of the module is not
    assert all(name.startswith(("orchestrator.core", "orchestrator.errors")) for name in rings)


@pytest.mark.parametrize("path", sorted((ROOT / "orchestrator/edges").rglob("*.py")), ids=named)
def test_edges_import_only_inwards(path: Path) -> None:
    allowed = ("orchestrator.core", "orchestrator.edges", "orchestrator.errors")

    assert all(name.startswith(allowed) for name in imports(path) if name.startswith("orchestrator."))


@pytest.mark.parametrize("path", sorted((ROOT / "tasks").rglob("*.py")), ids=named)
def test_tasks_know_nothing_of_the_engine(path: Path) -> None:
    assert not any(name.startswith("orchestrator") for name in imports(path))


@pytest.mark.parametrize("path", sorted((ROOT / "orchestrator").rglob("*.py")), ids=named)
def test_the_engine_knows_nothing_of_the_tasks(path: Path) -> None:
    assert not any(name == "tasks" or name.startswith("tasks.") for name in imports(path))


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_no_command_goes_through_a_shell(path: Path) -> None:
    assert "shell=True" not in path.read_text(encoding="utf-8")


REFUSED = {
    *(
        "eval",
        "exec",
        "compile",
        "__import__",
        "os.system",
        "os.popen",
        "subprocess.getoutput",
        "pickle.load",
    ),
    *(
        "pickle.loads",
        "pickle.Unpickler",
        "marshal.load",
        "marshal.loads",
        "shelve.open",
        "pandas.read_pickle",
    ),
    *("subprocess.getstatusoutput", "yaml.unsafe_load", "joblib.load", "shutil.unpack_archive"),
    *("cloudpickle.load", "cloudpickle.loads", "tarfile.open", "zipfile.ZipFile", "jsonpickle.decode"),
}
"""What runs, or unpacks, whatever it is given."""
ALLOWED_CALLS = {
    ("orchestrator/edges/small_disk.py", "pickle.loads"),  # from its own child, through a pipe
}
MARKED = {
    "torch.load": ("weights_only", True),
    "torch.hub.load_state_dict_from_url": ("weights_only", True),
    "np.load": ("allow_pickle", False),
    "YAML": ("typ", ("rt", "safe")),
}
"""What is safe with one argument alone."""


def calls(path: Path) -> list[tuple[str, dict[str, object]]]:
    """Return the name of everything that a file calls, with the keyword arguments that are constants."""
    return [
        (
            ast.unparse(node.func),
            {word.arg or "": getattr(word.value, "value", None) for word in node.keywords},
        )
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]


@pytest.mark.parametrize("path", [*SOURCES, *sorted((ROOT / "slurm").rglob("*.py"))], ids=named)
def test_nothing_that_is_read_can_be_run(path: Path) -> None:
    found = calls(path)

    assert not [name for name, _ in found if name in REFUSED and (named(path), name) not in ALLOWED_CALLS]
    for name, given in found:
        if name in MARKED:
            word, allowed = MARKED[name]
            assert given.get(word) in (allowed if isinstance(allowed, tuple) else (allowed,)), name


def test_conda_users_get_the_same_packages() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    conda = YAML(typ="safe").load((ROOT / "environment.yml").read_text(encoding="utf-8"))

    assert conda["dependencies"][-1]["pip"] == project["dependencies"]
