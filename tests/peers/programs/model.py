"""Trains a model of some kind, and writes it and its accuracy."""

import argparse
import json
import os
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("verb", choices=["train"])
parser.add_argument("model")
parser.add_argument("--layers", type=int, required=True)
parser.add_argument("--width", type=int, required=True)
parser.add_argument("--feature", choices=["raw", "scaled"], required=True)
parser.add_argument("--out", required=True)
args = parser.parse_args()

accuracy = 0.5 + args.layers / 10 + args.width / 1000 + (args.feature == "scaled") / 10
Path(args.out).write_text(json.dumps(vars(args)))
Path(os.environ["ORCHESTRATOR_RESULT"]).write_text(json.dumps({"accuracy": accuracy}))
