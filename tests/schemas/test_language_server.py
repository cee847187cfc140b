"""What people see while they write, in an editor with the YAML language server."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.schemas.language_server import LanguageServer, installed
from tests.schemas.valid import FILES, HEADER, ROOT
from tests.verbs.conftest import Type

pytestmark = pytest.mark.slow

HEAD = f"""\
{HEADER}{ROOT}/orchestrator/schemas/study.json
study: toy
axes: {{lr: [1, 2]}}
stages:
  train:
    task: toy.train
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    """A language server as npm has it."""
    words = installed(tmp_path_factory.mktemp("language server"))
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        server = LanguageServer(process)
        server.begin()
        yield server
        process.terminate()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "study.yaml"


@pytest.mark.parametrize("path", [path for _, path in FILES], ids=str)
def test_nothing_is_underlined_in_what_ships(server: LanguageServer, path: Path) -> None:
    assert not server.underlined(path, path.read_text())


@pytest.mark.parametrize(
    ("added", "message"),
    [
        ("    neds: {}\n", "Property neds is not allowed."),
        ("    needs: {a: {stag: b}}\n", "Property stag is not allowed."),
        ("    shape: 3\n", 'Incorrect type. Expected "string | null".'),
        ("shapes: {a: {time: 2 weeks}}\n", "write for example `20h`, `1d12h`, `30min` or `20:00:00`"),
    ],
)
def test_what_is_wrong_is_underlined(server: LanguageServer, file: Path, added: str, message: str) -> None:
    assert message in server.underlined(file, HEAD + added)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (HEAD + "    |", "needs"),
        (HEAD + "    ne|", "needs"),
        (HEAD + "|", "shapes"),
        (HEAD.partition("\n")[0] + "\n|", "study"),
        (HEAD + "    needs:\n      data:\n        |", "stage"),
        (HEAD + "    search:\n      sampler: |", "random"),
        (HEAD + "shapes:\n  gpu:\n    |", "memory"),
        (HEAD.replace("study: toy", "extends: other.yaml") + "    |", "search"),
    ],
)
def test_keys_and_words_are_offered(server: LanguageServer, file: Path, text: str, word: str) -> None:
    assert word in server.offered(file, text)


def test_a_key_is_explained(server: LanguageServer, file: Path) -> None:
    assert "the stage that is needed" in server.explained(file, f"{HEAD}    ne|eds: {{}}\n")


STUDY = """
study: toy
axes: {net: [small, big], seed: [0]}
shapes: {gpu: {gpus: 1}}
stages:
  data: {task: tests.toy_tasks.score}
  train:
    task: tests.toy_tasks.train
"""


@pytest.fixture
def own(type_: Type, file: Path) -> str:
    """Return a study that names a schema of its own."""
    file.write_text(STUDY)
    file.with_name("own.json").write_text(type_("schema", "--study", str(file)).out)
    return f"{HEADER}own.json{STUDY}"


@pytest.mark.parametrize(
    ("added", "word"),
    [
        ("    params:\n      |", "epochs"),
        ("    over: [|]", "net"),
        ("    over:\n      - |", "net"),
        ("    needs:\n      pictures: |", "data"),
        ("    shape: |", "gpu"),
    ],
)
def test_names_of_the_study_are_offered(
    server: LanguageServer, file: Path, own: str, added: str, word: str
) -> None:
    assert word in server.offered(file, own + added)


def test_a_parameter_that_a_task_lacks_is_underlined(server: LanguageServer, file: Path, own: str) -> None:
    assert server.underlined(file, f"{own}    params: {{epochz: 3}}\n") == ["Property epochz is not allowed."]
