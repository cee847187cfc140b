"""Draw synthetic stand-ins of the datasets: `python -m tasks.data.synthetic OUT --scale small`.

They have the formats and the faults of the real ones, and no real person is in them.
They prove that the programs run and learn; numbers made from them say nothing about real faces.
"""

from __future__ import annotations

import argparse
import io
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from tasks.data.reading import SYNTHETIC_MARK, DatasetError
from tasks.data.writers import aflw, celeba, celebhair, elfw, helen, lfw, vggface2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Scale: TypeAlias = Literal["tiny", "small", "medium"]


@dataclass(frozen=True, slots=True)
class Drawn:
    """How a dataset is drawn, and how many usable samples each scale has."""

    write: Callable[[Path, int, int], None]  # folder, usable samples, seed
    counts: Mapping[Scale, int]


DATASETS = {
    "lfw": Drawn(lfw.write, {"tiny": 24, "small": 120, "medium": 600}),
    "helen": Drawn(helen.write, {"tiny": 24, "small": 120, "medium": 600}),
    "celeba": Drawn(celeba.write, {"tiny": 24, "small": 600, "medium": 2000}),
    "celebhair": Drawn(celebhair.write, {"tiny": 24, "small": 150, "medium": 1200}),  # of the drawn CelebA
    "vggface2": Drawn(vggface2.write, {"tiny": 24, "small": 400, "medium": 1200}),
    "aflw": Drawn(aflw.write, {"tiny": 24, "small": 300, "medium": 2000}),
    "elfw": Drawn(elfw.write, {"tiny": 24, "small": 150, "medium": 600}),
}


def write(out: Path, *, scale: Scale, seed: int = 0, only: Sequence[str] | None = None) -> dict[str, int]:
    """Draw the datasets (all, or those in `only`) into folders of `out`; return their usable samples.

    The same scale and seed give the same bytes with the same Pillow. A dataset that was drawn with them
    already is left as it is. Raises DatasetError where anything else lies: no real dataset is overwritten.
    """
    counts = {name: _known(name).counts[scale] for name in only or DATASETS}
    mark = f"Drawn by tasks.data.synthetic with scale {scale} and seed {seed}; no real person is in it.\n"
    wanted = [name for name in counts if not _is_drawn(out / name, mark)]
    for name in wanted:
        # Written beside and renamed, so that an interrupted drawing never looks like a dataset.
        beside = out / f".{name}.part"
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        try:
            DATASETS[name].write(beside, counts[name], seed)
            (beside / SYNTHETIC_MARK).write_text(mark)
            beside.rename(out / name)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)  # a full disk gets its room back
            raise
    return counts


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line, draw, and say what lies where."""
    parser = argparse.ArgumentParser(prog="python -m tasks.data.synthetic", description=__doc__)
    parser.add_argument("out", type=Path, help="folder to draw into, for example data")
    parser.add_argument("--scale", choices=get_args(Scale), default="small")
    parser.add_argument("--seed", type=_seed, default=0, help="a whole number from 0 on")
    parser.add_argument(
        "--only", type=lambda text: text.split(","), help="comma-separated, for example lfw,helen"
    )
    given = parser.parse_args(arguments)
    try:
        counts = write(given.out, scale=given.scale, seed=given.seed, only=given.only)
    except DatasetError as error:
        return _told(f"error: {error}", 2)
    except OSError as error:
        hint = "hint: mend it, or draw into another folder"
        return _told(f"error: {error.strerror or error}: `{error.filename or given.out}`\n{hint}", 1)
    except KeyboardInterrupt:
        return _told("stopped; the same command goes on with the dataset that was being drawn", 130)
    return _printed(f"{given.out / name}: {count} usable samples" for name, count in counts.items())


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"`{text}` is no whole number from 0 on")
    return int(text)


def _told(message: str, code: int) -> int:
    sys.stderr.write(f"{message}\n")
    return code


def _printed(lines: Iterable[str]) -> int:
    """Print lines and return the exit code; a reader that has gone, or a closed output, is no failure."""
    try:
        print(*lines, sep="\n", flush=True)  # noqa: T201 - unlike `write` it knows a closed output
    except OSError as error:
        sys.stdout = io.StringIO()
        if not isinstance(error, BrokenPipeError):
            return _told(f"error: drawn, but the output cannot be written: {error.strerror}", 1)
    return 0


def _known(name: str) -> Drawn:
    if name not in DATASETS:
        raise DatasetError(f"no synthetic dataset is called `{name}`; known: {', '.join(DATASETS)}")
    return DATASETS[name]


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
