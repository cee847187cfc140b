"""The trials of `search_idle.py` as a program of Hydra's, whose Optuna sweeper asks for them."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import hydra
from hydra.core.hydra_config import HydraConfig

if TYPE_CHECKING:
    from omegaconf import DictConfig


@hydra.main(version_base="1.3", config_path=None)  # type: ignore[untyped-decorator]
def main(trial: DictConfig) -> float:
    """Sleep, write down when, and return the value of a quadratic."""
    began = time.time()
    time.sleep(trial.seconds)
    times = {"began": began, "ended": time.time()}
    (Path(HydraConfig.get().runtime.output_dir) / "times.json").write_text(json.dumps(times))
    return float((trial.x - 0.3) ** 2 + (trial.y + 0.2) ** 2)


if __name__ == "__main__":
    main()
