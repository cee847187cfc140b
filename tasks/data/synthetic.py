"""Draw synthetic stand-ins of the datasets: `python -m tasks.data.synthetic OUT --scale small`.

They have the formats and the faults of the real ones, and no real person is in them.
They prove that the programs run and learn; numbers made from them say nothing about real faces.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from tasks.data import writers
from tasks.data.reading import SYNTHETIC_MARK, DatasetError

if TYPE_CHECKING:
    from collections.abc import Sequence

Scale: TypeAlias = Literal["tiny", "small", "medium"]

# Usable samples of each dataset.
COUNTS: dict[Scale, dict[str, int]] = {
    "tiny": {"lfw": 24, "helen": 24, "celeba": 24, "elfw": 24},
    "small": {"lfw": 120, "helen": 120, "celeba": 300, "elfw": 150},
    "medium": {"lfw": 600, "helen": 600, "celeba": 2000, "elfw": 600},
}
WRITERS = {
    "lfw": writers.write_lfw,
    "helen": writers.write_helen,
    "celeba": writers.write_celeba,
    "elfw": writers.write_elfw,
}


def write(out: Path, *, scale: Scale, seed: int = 0, only: Sequence[str] | None = None) -> dict[str, int]:
    """Draw the datasets (all, or those in `only`) into folders of `out`; return their usable samples.

    The same scale and seed give the same bytes with the same Pillow. A dataset that was drawn with them
    already is left as it is. Raises DatasetError where anything else lies: no real dataset is overwritten.
    """
    counts = {name: COUNTS[scale][name] for name in only or WRITERS if _known(name)}
    mark = f"Drawn by tasks.data.synthetic with scale {scale} and seed {seed}; no real person is in it.\n"
    wanted = [name for name in counts if not _is_drawn(out / name, mark)]
    for name in wanted:
        # Written beside and renamed, so that an interrupted drawing never looks like a dataset.
        beside = out / f".{name}.part"
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        WRITERS[name](beside, counts[name], seed)
        (beside / SYNTHETIC_MARK).write_text(mark)
        beside.rename(out / name)
    return counts


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line, draw, and say what lies where."""
    parser = argparse.ArgumentParser(prog="python -m tasks.data.synthetic", description=__doc__)
    parser.add_argument("out", type=Path, help="folder to draw into, for example data")
    parser.add_argument("--scale", choices=list(COUNTS), default="small")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--only", type=lambda text: text.split(","), help="comma-separated, for example lfw,helen"
    )
    given = parser.parse_args(arguments)
    try:
        counts = write(given.out, scale=given.scale, seed=given.seed, only=given.only)
    except DatasetError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    for name, count in counts.items():
        sys.stdout.write(f"{given.out / name}: {count} usable samples\n")
    return 0


def _known(name: str) -> bool:
    if name not in WRITERS:
        raise DatasetError(f"no synthetic dataset is called `{name}`; known: {', '.join(WRITERS)}")
    return True


def _is_drawn(folder: Path, mark: str) -> bool:
    """Say whether this folder was drawn with the same settings; raises DatasetError for any other content."""
    if not folder.exists():
        return False
    found = folder / SYNTHETIC_MARK
    if found.is_file() and found.read_text() == mark:
        return True
    raise DatasetError(
        f"`{folder}` is there already and was not drawn with these settings; it is left untouched\n"
        f"hint: choose another folder, or move `{folder}` away"
    )


if __name__ == "__main__":
    sys.exit(main())
