from pathlib import Path

from tasks import synthetic_data
from tasks.data import layout, synthetic
from tasks.parts.context import FolderContext


def test_artifacts_folder_is_a_data_folder(tmp_path: Path) -> None:
    context = FolderContext(root=tmp_path, data=tmp_path / "none")
    synthetic_data.run(synthetic_data.Params(scale="tiny"), context)
    folder = context.artifact("lfw").parent
    assert layout.all_missing(list(layout.LAYOUTS), folder) == []


def test_counts_are_the_result(tmp_path: Path) -> None:
    context = FolderContext(root=tmp_path, data=tmp_path / "none")
    result = synthetic_data.run(synthetic_data.Params(scale="tiny"), context)
    assert result == {f"{name}_images": 24 for name in synthetic.DATASETS}
