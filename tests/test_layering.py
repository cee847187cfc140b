"""Who may import whom: rooms downwards, the world in its places, the engine and the tasks apart."""

import ast
import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENGINE = ROOT / "orchestrator"
ROOMS = (
    "messages",
    "files",
    "study",
    "places",
    "evidence",
    "engine",
    "report",
    "schemas",
    "tracking",
    "doctor",
    "drill",
    "verbs",
    "api",
)
"""From the ground up: a room imports from itself and from what stands before it."""
WORLD = {
    "mlflow",
    "optuna",
    "os",
    "pathlib",
    "psutil",
    "shutil",
    "signal",
    "socket",
    "submitit",
    "subprocess",
    "tempfile",
    "threading",
    "time",
}
TOUCHING = {"files", "places", "engine", "verbs", "api"}
"""Rooms that touch the world, or join what does with what decides."""
DOORS = {
    "study/read.py",
    "report/report.py",
    "tracking/mlflow_records.py",
    "tracking/replay.py",
    "tracking/replay_program.py",
    "tracking/report_files.py",
    "tracking/serve_ui.py",
    "tracking/track.py",
    "doctor/doctor.py",
    "doctor/probing.py",
    "drill/drill.py",
    "drill/small_copy.py",
}
"""Where the other rooms join what decides with their own edges."""


def room(path: Path) -> str:
    return path.relative_to(ENGINE).parts[0]


def named(path: Path) -> str:
    return str(path.relative_to(ENGINE))


def imports(path: Path) -> set[str]:
    """Return every module that a file imports, at its top or inside a function."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def is_pure(path: Path) -> bool:
    inside = path.relative_to(ENGINE).parts[1:-1]
    return room(path) not in TOUCHING and not {"edges", "faults"} & set(inside) and named(path) not in DOORS


def types_of(path: Path) -> list[str]:
    """Return the public classes and named types of a file."""
    found: list[str] = []
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            found.append(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found += [target.id for target in targets if isinstance(target, ast.Name)]
    return [name for name in found if re.fullmatch(r"[A-Z][a-z]\w*", name)]


ROOM_FILES = sorted(path for name in ROOMS for path in (ENGINE / name).rglob("*.py"))
PURE_FILES = [path for path in ROOM_FILES if is_pure(path)]


def test_the_top_shows_rooms_and_four_files() -> None:
    shown = {path.name for path in ENGINE.iterdir() if not path.name.startswith(("__pycache__", "."))}

    assert shown == {*ROOMS, "__init__.py", "__main__.py", "cli.py", "py.typed"}


def test_rooms_import_downwards() -> None:
    upwards = [
        (named(path), name)
        for path in ROOM_FILES
        for name in imports(path)
        if (parts := name.split("."))[0] == "orchestrator" and len(parts) > 1 and parts[1] in ROOMS
        if ROOMS.index(parts[1]) > ROOMS.index(room(path))
    ]

    assert not upwards


def test_what_decides_touches_no_world() -> None:
    below = re.compile(r"orchestrator\.(files|engine|\w+\.edges|drill\.faults)(\.|$)")
    touched = [
        (named(path), name)
        for path in PURE_FILES
        for name in imports(path)
        if name.split(".")[0] in WORLD or below.match(name)
    ]

    assert not touched


def test_randomness_is_made_of_a_seed() -> None:
    shared = [
        (named(path), name)
        for path in PURE_FILES
        for name in re.findall(r"\brandom\.\w+(?:\(\))?", path.read_text(encoding="utf-8"))
        # a generator made of a seed is a value; the one of the module is not
        if name not in {"random.Random", "random.default_rng"}
    ]

    assert not shared


def test_tasks_know_nothing_of_the_engine() -> None:
    tasks = sorted((ROOT / "tasks").rglob("*.py"))

    assert not [path for path in tasks if any(name.startswith("orchestrator") for name in imports(path))]


def test_the_engine_knows_nothing_of_the_tasks() -> None:
    engine = sorted(ENGINE.rglob("*.py"))

    assert not [path for path in engine if any(name.split(".")[0] == "tasks" for name in imports(path))]


def test_one_word_names_one_type() -> None:
    named_here = Counter(name for path in ROOM_FILES for name in types_of(path))

    assert not {name for name, count in named_here.items() if count > 1}


ASKS_SLURM_OF_ITS_SITE = {"doctor/edges/ask_site.py", "doctor/edges/probe_job.py", "doctor/probing.py"}
"""`doctor` looks at a Slurm site itself: its limits, its nodes, a job of its own that is no worker."""


def test_only_places_know_a_scheduler() -> None:
    known = [
        (named(path), name)
        for path in ROOM_FILES
        if room(path) != "places" and named(path) not in ASKS_SLURM_OF_ITS_SITE
        for name in imports(path)
        if re.match(r"orchestrator\.places\.slurm(\.|$)", name)
    ]

    assert not known


def test_only_places_ask_for_a_type_of_place_or_read_the_name_of_a_job() -> None:
    signs = re.compile(r"SlurmCluster|isinstance\([^)]*\b(ThisMachine|PbsCluster)\b|[\"'](slurm|local):")
    found = [
        (named(path), sign.group())
        for path in ROOM_FILES
        if room(path) != "places"
        for sign in signs.finditer(path.read_text(encoding="utf-8"))
    ]

    assert not found


def test_commands_of_slurm_are_called_where_the_users_variables_are_hidden() -> None:
    calls = [
        (named(path), ast.unparse(node.func))
        for path in ROOM_FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.List)
        if re.match(r"\['(sbatch|scancel|scontrol|squeue|sacct|sacctmgr|sinfo)'", ast.unparse(node.args[0]))
    ]

    assert len(calls) > 3
    assert {function for _, function in calls} <= {"ask", "answer"}, calls
