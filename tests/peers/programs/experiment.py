"""Stands in for a Sacred experiment: reads `with name=value` words, and prints a loss."""

import json
import sys

assert sys.argv[1] == "with"
given = dict(word.split("=") for word in sys.argv[2:] if "=" in word)
last = {name.rpartition(".")[2]: value for name, value in given.items()}
print(f"loss {1 + len(json.loads(last['hidden_sizes'])) + float(last['dropout']) / 10}")
