"""The configuration texts of the development cluster."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from slurm.dev_config import MAX_ARRAY_SIZE, TEMPLATES, Layout, render

LAYOUT = Layout(Path("/cluster"))


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.in")), ids=lambda path: path.stem)
def test_every_name_of_a_template_is_known(template: Path) -> None:
    assert "$" not in render(template.read_text(), LAYOUT)


def test_unknown_name_is_an_error() -> None:
    with pytest.raises(KeyError, match="no_such_name"):
        render("$no_such_name", LAYOUT)


def test_gpu_files_are_below_the_folder() -> None:
    assert "File=/cluster/gpu/gpu[0-1]" in render((TEMPLATES / "gres.conf.in").read_text(), LAYOUT)


def test_profile_states_the_array_limit_of_the_cluster() -> None:
    profile = YAML(typ="safe").load(TEMPLATES.parent / "dev.yaml")

    assert profile["max_array_size"] == MAX_ARRAY_SIZE
