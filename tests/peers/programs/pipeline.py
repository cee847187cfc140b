"""Prepares data, trains a model on them, and evaluates it on the rest."""

import argparse
import json
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("verb", choices=["prepare", "train", "evaluate"])
parser.add_argument("--val-split", type=float)
parser.add_argument("--data", type=Path)
parser.add_argument("--model", type=Path)
parser.add_argument("--kernel")
parser.add_argument("--regularization", type=float)
parser.add_argument("--out", type=Path)
args = parser.parse_args()

if args.verb == "prepare":
    args.out.write_text(json.dumps({"train": 100 * (1 - args.val_split), "val": 100 * args.val_split}))
elif args.verb == "train":
    rows = json.loads(args.data.read_text())["train"]
    args.out.write_text(json.dumps({"rows": rows, "kernel": args.kernel, "c": args.regularization}))
else:
    model, rows = json.loads(args.model.read_text()), json.loads(args.data.read_text())["val"]
    print(f"accuracy: {(model['rows'] + rows) / 200 + model['c'] / 10 + (model['kernel'] == 'rbf') / 5:.2f}")
