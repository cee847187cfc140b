"""The schemas that ship: as the models are, and such that what ships fits them."""

import json
import re
from pathlib import Path
from typing import get_args

import pytest
from jsonschema import Draft7Validator

from orchestrator.schemas.kinds import FileKind, shipped_schema
from orchestrator.schemas.walk import Schema, walked
from tests.schemas.valid import FILES, HEADER, ROOT, wrong

KINDS = get_args(FileKind)
PLACE = ROOT / "orchestrator/schemas"


def unexplained(schema: Schema) -> list[str]:
    """Return the keys that neither their field nor what they refer to explains."""
    found: list[str] = []

    def look(part: Schema) -> Schema:
        found.extend(key for key, value in part.get("properties", {}).items() if "description" not in value)
        return part

    walked(schema, look)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_what_ships_is_what_the_models_say(kind: FileKind) -> None:
    shipped = json.loads((PLACE / f"{kind}.json").read_text())

    assert shipped == shipped_schema(kind), "a model has changed: type `make schemas`"


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_a_schema(kind: FileKind) -> None:
    Draft7Validator.check_schema(shipped_schema(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_is_explained(kind: FileKind) -> None:
    assert not unexplained(shipped_schema(kind)), "write a docstring below the field"


@pytest.mark.parametrize(("kind", "path"), FILES, ids=str)
def test_shipped_files_fit(kind: FileKind, path: Path) -> None:
    assert not wrong(shipped_schema(kind), path.read_text())


@pytest.mark.parametrize(("kind", "path"), FILES, ids=str)
def test_the_first_line_of_shipped_files_leads_to_the_schema(kind: FileKind, path: Path) -> None:
    first = path.read_text().partition("\n")[0]

    assert first.startswith(HEADER)
    assert (path.parent / first.removeprefix(HEADER)).resolve() == PLACE / f"{kind}.json"


WRITTEN = [
    *(ROOT / "tests/captured/run_folder_of_0_1").rglob("study.yaml"),
    *(ROOT / "tests/captured/run_folder_of_0_1").rglob("given.yaml"),
]


@pytest.mark.parametrize("path", WRITTEN, ids=str)
def test_studies_of_older_versions_fit(path: Path) -> None:
    assert not wrong(shipped_schema("study"), path.read_text())


EXAMPLES = [
    block
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
    for block in re.findall(r"```yaml[^\n]*\n(.*?)```", page.read_text(), flags=re.DOTALL)
    if re.search(r"^study:", block, flags=re.MULTILINE) and re.search(r"^stages:", block, flags=re.MULTILINE)
]


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: text[:30])
def test_studies_of_the_pages_fit(text: str) -> None:
    assert not wrong(shipped_schema("study"), text)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("name: a\nmax_time: 2 weeks\n", ["max_time"]),
        ("name: a\nmax_time: 0\n", ["max_time"]),
        ("name: a\npartitoin: gpu\n", [""]),
        ("name: a\naccount: null\nsetup: [module purge]\nsbatch: {nodelist: x, exclusive: true}\n", []),
        ("name: a\nsbatch: {Nodes: 1}\n", ["sbatch"]),
    ],
)
def test_a_wrong_profile_is_underlined(text: str, places: list[str]) -> None:
    assert wrong(shipped_schema("profile"), text) == places


def test_a_printed_table_is_named_by_its_id_or_with_other_labels() -> None:
    table = (
        "{id: a, title: A, stage: s, metric: m, rows: [{label: a}], columns: [{over: [b]}], reference: %s}"
    )

    for reference, places in (
        ("x", []),
        ("{table: x, rows: {a: b}}", []),
        ("{rows: {}}", ["tables.0.reference"]),
    ):
        text = f"tables: [{table % reference}]\n"
        assert wrong(shipped_schema("report"), text) == places
