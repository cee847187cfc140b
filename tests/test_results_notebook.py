"""The notebook runs as it stands; `python -m tests.test_results_notebook` writes its outputs anew."""

import re
import tempfile
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.test_readme import block

NOTEBOOK = Path(__file__).resolve().parents[1] / "docs" / "results.ipynb"

pytestmark = pytest.mark.slow


def read() -> Any:
    return nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]  # nbformat has no types


def executed(folder: Path) -> Any:
    """Return the notebook after a kernel in this folder has run all of its cells."""
    notebook = read()
    place = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, kernel_name="python3", record_timing=False, resources=place).execute()
    return notebook


def cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def results(cell: Any) -> list[Any]:
    """Return what a cell shows, without what it says meanwhile."""
    return [output for output in cell.outputs if output.get("name") != "stderr"]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return executed(tmp_path_factory.mktemp("notebook"))


def test_its_task_is_that_of_the_readme() -> None:
    assert cells(read())[0].source == "%%writefile toy.py\n" + block("python").rstrip()


def test_six_lines_give_a_data_frame_and_a_table(ran: Any) -> None:
    six, frame = cells(ran)[3:5]

    assert len(list(filter(None, six.source.splitlines()))) == 6
    assert results(six)[0]["data"]["text/plain"].startswith("### loss of train by lr")
    assert "<strong>loss of train by lr</strong>" in results(six)[0]["data"]["text/html"]
    assert 'class="dataframe"' in results(frame)[0]["data"]["text/html"]


def test_a_study_shows_its_status(ran: Any) -> None:
    assert "6 of 6 trials" in results(cells(ran)[2])[0]["data"]["text/html"]


def anywhere(text: str) -> str:
    """Return the text of a plan without the number of workers, which is that of this machine's cores."""
    return re.sub(r"(?m)^(train .* )\d+( +[\d.]+)$", r"\1N\2", text)


def test_what_it_shows_is_what_stands_in_it(ran: Any) -> None:
    shown, stored = [
        [anywhere(output["data"]["text/plain"]) for cell in cells(notebook)[1:4] for output in results(cell)]
        for notebook in (ran, read())
    ]

    assert shown == stored


def main() -> None:
    """Write the notebook with what it shows now."""
    with tempfile.TemporaryDirectory() as folder:
        notebook = executed(Path(folder))
    for cell in cells(notebook):
        cell.outputs = results(cell)
    notebook.metadata["language_info"] = {"name": "python"}
    nbformat.write(notebook, NOTEBOOK)  # type: ignore[no-untyped-call]  # likewise


if __name__ == "__main__":
    main()
