"""Stands in for a Sacred experiment: reads `with name=value` words and prints a loss."""

import json
import sys

given = dict(word.split("=", 1) for word in sys.argv[2:])
sizes = json.loads(given.get("hidden_sizes") or given["model.hidden_sizes"])
dropout = float(given.get("dropout") or given["regularization.dropout"])
assert sys.argv[1] == "with"
print(f"loss {1 + len(sizes) + dropout / 10}")
