"""Stands in for LULESH: getting copies its source, making makes a program, which says how long it took."""

import stat
import sys
from pathlib import Path

if sys.argv[1] == "get":
    Path(sys.argv[2]).write_text(Path(__file__).read_text())
elif sys.argv[1] == "make":
    binary = Path(sys.argv[2])
    binary.write_text(f"#!{sys.executable}\n{Path(__file__).read_text()}")
    binary.chmod(binary.stat().st_mode | stat.S_IXUSR)
else:
    size, iterations = int(sys.argv[2]), int(sys.argv[4])
    print(f"Grind time (us/z/c)  = {size / 100 + iterations / 1000:.4f} (per dom)")
