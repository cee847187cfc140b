"""What a study costs as it grows: one Markdown table for each kind of study.

    python benchmarks/scale.py [--trials 100 1000 10000] [--search-random 2000] [--search-tpe 500]
                               [--only plan,submit,...] [--json] [--cluster dev] [--hundred-thousand]

Trials do nothing (benchmarks/trial_noop.py), or return a quadratic that a search asks for
(benchmarks/trial_search.py). Two workers run them. Seconds are of the wall clock, from a command's start to
its end; memory is that of the command and all it has started (benchmarks/measuring.py says how). `replay` is
`orchestrator.tracking.track.sync` in a program of its own, `client` MLflow's client with the same runs:
both without their imports. File operations are counted in separate short runs (benchmarks/operations.py).
On a cluster `submit` comes back at once: its seconds are up to the last result then, its memory is its own.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.hundred_thousand import hundred_thousand
from benchmarks.markdown import table
from benchmarks.measured_study import GROUPS, MeasuredStudy
from benchmarks.operations import operations_per_trial, why_not
from orchestrator.files.file_system import file_system_of

if TYPE_CHECKING:
    from benchmarks.studies import Kind

Columns = dict[str, dict[str, float]]
TITLES: dict[Kind, str] = {
    "noop": "trials that do nothing",
    "random": "answers of a random search",
    "tpe": "answers of a TPE search",
}


def main() -> None:
    """Measure and print."""
    options = _options()
    tables: dict[str, Columns] = {}
    with tempfile.TemporaryDirectory(prefix="scale-", dir=options.folder) as place:
        where = _where(Path(place))
        _say(where)
        if options.hundred_thousand:
            tables["a large study"] = {"100,000 trials": hundred_thousand(Path(place).resolve(), _say)}
        else:
            tables = _measured(options, Path(place).resolve())
    if options.json:
        print(json.dumps({"where": where, "tables": tables}, indent=1))
    else:
        print("\n\n".join([where, *(table(title, columns) for title, columns in tables.items())]))


def _measured(options: argparse.Namespace, place: Path) -> dict[str, Columns]:
    sizes: dict[Kind, list[int]] = {
        "noop": options.trials,
        "random": options.search_random,
        "tpe": options.search_tpe,
    }
    kinds = [kind for kind, counts in sizes.items() if any(counts)]
    tables: dict[str, Columns] = {TITLES[kind]: {} for kind in kinds}
    for kind in kinds:
        for trials in filter(None, sizes[kind]):
            study = MeasuredStudy(place / f"{kind}-{trials}", kind, trials, options.cluster)
            tables[TITLES[kind]][f"{trials:,}"] = study.numbers(options.only, _say)
    if "operations" in options.only:
        if reason := why_not():
            _say(f"NOT MEASURED, file operations: {reason}")
        else:
            tables["of one trial, locally"] = {TITLES[kind]: operations_per_trial(kind) for kind in kinds}
    return {title: columns for title, columns in tables.items() if any(columns.values())}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trials", type=int, nargs="*", default=[100, 1000, 10000], help="0 leaves it out")
    parser.add_argument("--search-random", type=int, nargs="*", default=[2000], help="likewise")
    parser.add_argument("--search-tpe", type=int, nargs="*", default=[500], help="likewise")
    parser.add_argument(
        "--only",
        type=lambda text: text.split(","),
        default=list(GROUPS),
        help=f"of {', '.join(GROUPS)}; what these need is done too",
    )
    parser.add_argument("--cluster", help="on this Slurm profile, for instance dev; counts its calls")
    parser.add_argument(
        "--folder", type=Path, help="where the run folders are made, else for files in passing"
    )
    parser.add_argument("--hundred-thousand", action="store_true", help="only a study of 100,000 trials")
    parser.add_argument("--json", action="store_true", help="numbers as JSON instead of tables")
    options = parser.parse_args()
    if unknown := set(options.only) - set(GROUPS):
        parser.error(f"--only knows {', '.join(GROUPS)}, not {', '.join(sorted(unknown))}")
    return options


def _where(folder: Path) -> str:
    cores, load = len(os.sched_getaffinity(0)), os.getloadavg()[0]
    kind, _ = file_system_of(folder)
    return f"{cores} cores (load {load:.1f} before), {kind}, Python {platform.python_version()}"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
