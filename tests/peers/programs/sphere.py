"""Hydra's sphere function, for `x=1 y=2`."""

import sys

given = dict(word.split("=", 1) for word in sys.argv[1:])
print("sphere", float(given["x"]) ** 2 + float(given["y"]) ** 2)
