"""A program whose configuration is composed by Hydra."""

from typing import Any

import hydra


@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(config: Any) -> None:
    """Say what was composed."""
    print(f"{config.model.type} on {config.dataset.name}: layers {config.model.num_layers}")


main()
