import json
from pathlib import Path

import pytest

from tasks.fetch.__main__ import main
from tests.tasks.fetch.host import Host
from tests.tasks.fetch.test_unpack import pack


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let nothing be there, and nothing be given by the environment."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setenv("ORCHESTRATOR_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("TASKS_FETCH_MIRROR", raising=False)


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ([], "nothing to fetch was given"),
        (["vgg11"], "`vgg11` is neither a name nor a file"),
        (["vg16"], "did you mean `vgg16`?"),
        (["absent.yaml"], "`absent.yaml` is no file"),
    ],
)
def test_what_is_given_wrong_is_told(given: list[str], word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(given) == 2
    assert word in capsys.readouterr().err


def test_what_has_to_be_asked_for_is_told_with_its_own_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["aflw"]) == 3
    out, err = capsys.readouterr()
    assert out.startswith("ask     aflw")
    assert "get it from: TU Graz" in err


def test_what_comes_is_told(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "SmithCVPR2013_dataset_resized"
    parts = {f"{name}__{part}": "1" for part in ("images__a", "labels__a")}
    lists = {f"{name}__{part}": "1" for part in ("exemplars.txt", "tuning.txt", "testing.txt")}
    host.files[f"{name}.zip"] = pack(tmp_path / "a.zip", **parts, **lists).read_bytes()
    monkeypatch.setenv("TASKS_FETCH_MIRROR", host.url)

    assert main(["helen"]) == 0
    out, err = capsys.readouterr()
    assert out == f"fetched helen  {tmp_path}/data/helen\n"
    assert f"fetching {name}.zip" in err


def test_what_cannot_be_written_is_told(
    host: Host, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").write_text("a file")

    assert main(["helen", "--mirror", host.url]) == 1
    assert "hint: mend it, or name another folder" in capsys.readouterr().err


def test_everything_is_listed_without_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {one["name"]: one["standing"] for one in told}["vgg16"] == "absent"


def test_names_and_places_stand_apart(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert {len(line.split()) for line in told} == {3}
