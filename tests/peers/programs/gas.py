"""The volume of an ideal gas at a pressure, with noise that each replica has of its own, and its density."""

import sys
from pathlib import Path

if sys.argv[1] == "volume":
    p, replica = map(int, sys.argv[2:4])
    Path(sys.argv[4]).write_text(str((1000 + replica) / p))
else:
    print("density", round(1000 / float(Path(sys.argv[2]).read_text()), 4))
