"""Stands in for LULESH and its compiler: building makes a program that can be run."""

import stat
import sys
from pathlib import Path

if sys.argv[1] == "build":
    binary = Path(sys.argv[2])
    binary.write_text(f"#!{sys.executable}\n{Path(__file__).read_text()}")
    binary.chmod(binary.stat().st_mode | stat.S_IXUSR)
else:
    size, iterations, trial = map(int, sys.argv[2:])
    print(f"Grind time (us/z/c)  = {size / 1000 + trial / 100:.4f} (per dom)  ({iterations} overall)")
