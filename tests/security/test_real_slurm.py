"""A run folder and values full of shell text, on a real Slurm."""

import json
import stat
from pathlib import Path

from tests.cluster_fixture import DevCluster
from tests.security.test_run_folder import NAMES, NOTED, SHELL, STUDY, TOKEN, canaries, type_in


def test_a_study_in_a_hostile_folder_is_trained(tmp_path: Path, dev_cluster: DevCluster) -> None:
    folder = tmp_path / "$(touch canary) 'a' \"b\" `touch canary`; touch canary #"
    folder.mkdir()
    (folder / "toy.py").write_text(NOTED)
    (folder / "study.yaml").write_text(STUDY.format(notes=json.dumps([SHELL, *NAMES])))
    queued = type_in(folder, "submit", "study.yaml", "--cluster", "dev", HF_TOKEN=TOKEN)
    done = type_in(folder, "watch", "s", "--every", "1")
    made = [path for path in (folder / "runs").rglob("*") if not path.is_symlink()]
    scripts = list((folder / "runs").rglob("*.sh"))

    assert (queued.returncode, done.returncode) == (0, 0), queued.stderr + done.stderr
    assert scripts
    assert not canaries(tmp_path)
    assert [path for path in made if path.stat().st_mode & stat.S_IWOTH] == []
    assert [path for path in made if path.is_file() and TOKEN.encode() in path.read_bytes()] == []
