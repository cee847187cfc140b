from pathlib import Path

import pytest

STUDY = """\
study: toy
axes: {net: [small, big], lr: [0.1]}
stages:
  data: {task: tests.toy_tasks.score, params: {metric: m}}
  train: {task: tests.toy_tasks.train, over: [net], needs: {data: {stage: data, when: {net: small}}}}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a good study file.

    Nothing uses its axis `lr`; its stages want a folder of datasets, but for one point that another makes.
    """
    file = tmp_path / "toy.yaml"
    file.write_text(STUDY, encoding="utf-8")
    return file
