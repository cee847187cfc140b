"""Stands in for a network on Fashion-MNIST: argparse, a loop, and a file with what came of it."""

import argparse
import json
import os
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("--learning_rate", type=float, default=0.001)
parser.add_argument("--dropout", type=float, default=0.2)
parser.add_argument("--channels_one", type=int, default=16)
parser.add_argument("--channels_two", type=int, default=32)
parser.add_argument("--epochs", type=int, default=1)
args = parser.parse_args()

loss = 2.3
with Path(os.environ["ORCHESTRATOR_METRICS"]).open("a") as lines:
    for epoch in range(args.epochs):
        loss *= 1 - 10 * args.learning_rate * (1 - args.dropout)
        lines.write(
            json.dumps({"epoch": epoch, "loss": loss + 1 / (args.channels_one + args.channels_two)}) + "\n"
        )
