"""Rules of this repository that a machine can check."""

import ast
import tomllib
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted(path for part in ("orchestrator", "tasks") for path in (ROOT / part).rglob("*.py"))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_command_goes_through_a_shell() -> None:
    assert not [named(path) for path in SOURCES if "shell=True" in path.read_text(encoding="utf-8")]


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
MARKED = {
    "torch.load": ("weights_only", True),
    "torch.hub.load_state_dict_from_url": ("weights_only", True),
    "np.load": ("allow_pickle", False),
    "YAML": ("typ", ("rt", "safe")),
}
"""What is safe with one argument alone."""
ONCE = {("tasks/fetch/unpack.py", "tarfile.open"), ("tasks/fetch/unpack.py", "zipfile.ZipFile")}
"""What unpacks in one place alone: tests/tasks/fetch/test_unpack.py holds that it lays nothing outside."""


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


def is_safe(path: Path, name: str, given: dict[str, object]) -> bool:
    if name in MARKED:
        word, allowed = MARKED[name]
        return given.get(word) in (allowed if isinstance(allowed, tuple) else (allowed,))
    return name not in REFUSED


def test_nothing_that_is_read_can_be_run() -> None:
    read = [*SOURCES, *sorted((ROOT / "slurm").rglob("*.py"))]

    unsafe = [
        (named(path), name) for path in read for name, given in calls(path) if not is_safe(path, name, given)
    ]

    assert sorted(unsafe) == sorted(ONCE)


def test_conda_users_get_the_same_packages() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    conda = YAML(typ="safe").load((ROOT / "environment.yml").read_text(encoding="utf-8"))

    assert conda["dependencies"][-1]["pip"] == project["dependencies"]
