"""Makes the pictures of the documentation from run folders that it is handed, or trains.

python -m docs.pictures
python -m docs.pictures --quickstart runs --digits runs report.png table.svg
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from docs.pictures.drawing import PICTURES, draw
from docs.pictures.workshop import DIGITS, QUICKSTART, Workshop

HERE = Path(__file__).parent


def main() -> None:
    """Make the pictures that are asked for, or all of them."""
    asked = argparse.ArgumentParser(prog="python -m docs.pictures", description=__doc__)
    asked.add_argument("names", nargs="*", metavar="PICTURE", help=f"of {', '.join(PICTURES)}; else all")
    asked.add_argument("--out", type=Path, default=HERE, help="the folder that they are written to")
    for subject in (QUICKSTART, DIGITS):
        asked.add_argument(
            f"--{subject.name}", type=Path, metavar="RUNS", help=f"a run folder with {subject.name} finished"
        )
    given = asked.parse_args()
    if unknown := sorted(set(given.names) - set(PICTURES)):
        asked.error(f"there is no picture {', '.join(unknown)}; there are {', '.join(PICTURES)}")
    handed = {one.name: vars(given)[one.name] for one in (QUICKSTART, DIGITS) if vars(given)[one.name]}
    given.out.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="pictures-", ignore_cleanup_errors=True) as folder,
        Workshop(Path(folder), handed) as shop,
    ):
        for name in given.names or PICTURES:
            size = draw(name, shop, given.out).stat().st_size
            sys.stderr.write(f"{given.out / name}: {size / 1000:.0f} kB\n")


if __name__ == "__main__":
    main()
