"""The study of the soak: its file, its profile, and the folder they are typed in."""

from __future__ import annotations

import shutil
from pathlib import Path

STUDY = """
study: soak
axes:
  seed: [{seeds}]
  length: [{lengths}]
shapes:
  brief: {{cpus: 5, memory: 500MB, time: 1m}}
  joint: {{cpus: 5, memory: 500MB, time: 1m, lockstep: 4}}
stages:
  long: {{task: soaked.train, over: [length], params: {{steps: "${{length}}"}}, shape: brief}}
  first: {{task: soaked.train, over: [seed], params: {{child: true}}, shape: brief}}
  second:
    task: soaked.go_on
    over: [seed]
    needs: {{source: first}}
    params: {{steps: 16, asks: false, child: true}}
    shape: brief
  third: {{task: soaked.go_on, over: [seed], needs: {{source: second}}, params: {{steps: 24}}, shape: joint}}
  sweep:
    task: soaked.train
    params: {{least: 0.03}}
    search:
      sampler: random
      trials: {asked}
      parallel: 4
      space: {{rate: {{low: 0.01, high: 1.0, log: true}}}}
      objective: {{minimize: loss}}
    shape: joint
  final: {{task: soaked.go_on, needs: {{source: {{stage: sweep, best: loss}}}}, shape: brief}}
  median:
    task: soaked.train
    params: {{steps: 18}}
    search:
      sampler: random
      trials: {ended}
      space: {{rate: {{low: 0.01, high: 1.0, log: true}}}}
      objective: {{minimize: loss}}
      pruner: {{name: median, n_startup_trials: 1, metric: value}}
    shape: joint
  halving:
    task: soaked.train
    params: {{steps: 22}}
    search:
      sampler: random
      trials: {ended}
      space: {{rate: {{low: 0.01, high: 1.0, log: true}}}}
      objective: {{minimize: loss}}
      pruner: {{name: successive_halving, min_resource: 2, reduction_factor: 2, metric: value}}
    shape: brief
"""
"""Trials that outlast a wall limit, three stages in a row, a search whose answers depend on no result.

Some of each are trained in lockstep, up to four together.

Two searches whose pruners end trials early: which of them depends on what is ended before.

Some leave a program to itself, some never ask whether to stop, and some losses are NaN.

Two workers have room on a node.
"""
PRUNED = {"median", "halving"}
"""Stages of which trials may be ended early."""
PROFILE = """
name: soak
partition: gpu
max_workers: {workers}
max_array_size: 65
signal_lead: 8
lease: 15
"""


def write(folder: Path, data: Path, *, trials: int, workers: int, longest: int, pace: float) -> Path:
    """Write a folder with task, study and profile, and return it; `pace` is in seconds per step.

    What trials find at `data` in it lies elsewhere, on the disk of this machine: clients of a network file
    system that append to one diary would overwrite each other's lines.
    """
    data.mkdir(parents=True)
    folder.mkdir(parents=True)
    (folder / "data").symlink_to(data)
    long = max(1, trials // 50)
    ended = max(2, trials // 20)
    rest = trials - long - 1 - 2 * ended
    seeds = rest * 5 // 6 // 3
    asked = rest - 3 * seeds
    study = STUDY.format(
        seeds=", ".join(map(str, range(seeds))),
        lengths=", ".join(str(longest + number) for number in range(long)),
        asked=asked,
        ended=ended,
    )
    (folder / "study.yaml").write_text(study)
    (folder / "profile.yaml").write_text(PROFILE.format(workers=workers))
    (folder / "data" / "pace").write_text(f"{pace}\n")
    shutil.copyfile(Path(__file__).with_name("task.py"), folder / "soaked.py")
    return folder
