"""The trials of `overhead.py` as a program of Hydra's, which its submitit launcher sends to Slurm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import hydra

if TYPE_CHECKING:
    from omegaconf import DictConfig


@hydra.main(version_base="1.3", config_path=None)  # type: ignore[untyped-decorator]
def main(trial: DictConfig) -> float:
    """Do nothing, or import what a training imports."""
    if trial.imports:
        import torch
        import torchvision

        return float(bool(torch.__version__ and torchvision.__version__)) + float(trial.index)
    return float(trial.index)


if __name__ == "__main__":
    main()
