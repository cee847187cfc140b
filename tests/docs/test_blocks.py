"""Everything that pages say to write or to type is right; a block that nobody checks fails."""

import ast
import re
from pathlib import Path

import pytest

from tests.docs.following import run_python, save
from tests.docs.named import wrong_names
from tests.docs.pages import ROOT, Block, Page, pages
from tests.docs.typed_lines import is_known, is_ours, typed, wrong_in_line
from tests.docs.yaml_blocks import check_yaml

RUN = {
    "adding_a_study.md": "tests/docs/test_adding_a_study.py",
    "coming_from.md": "tests/peers/test_coming_from.py",
    "commands.md": "tests/docs/test_commands.py",
    "python.md": "tests/docs/test_python.py",
    "sharing.md": "tests/docs/test_sharing.py",
}
"""Page -> the test that runs its programs and types its lines."""
OF_OTHER_TOOLS = "coming_from.md"
"""The page with files of other tools: its test reads both sides."""
PAGES = pages()
BLOCKS = [(page, block) for page in PAGES for block in page.blocks]
HINT = (
    'this Python is run alone, beside the files that the page names. Name its file, as `python title="x.py"` '
    "behind the fence, or say above it `<!-- not run: why -->`"
)
SHELLS = ("bash", "console", "sh", "shell")


def of(*languages: str) -> list[object]:
    """Return the blocks of some languages as cases of a test, each with its place for a name."""
    found = [one for one in BLOCKS if one[1].language in languages and not one[1].reason("not checked")]
    return [pytest.param(*one, id=str(one[1])) for one in found]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder, the present one; what it holds can be imported."""
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path / "in")
    monkeypatch.syspath_prepend(str(tmp_path / "in"))
    return tmp_path / "in"


@pytest.mark.parametrize(("page", "block"), of("yaml", "yml"))
def test_yaml_is_what_files_may_say(page: Page, block: Block, folder: Path) -> None:
    if page.name == OF_OTHER_TOOLS:
        return
    wrong = check_yaml(block, page.files, folder)

    assert not wrong, f"{block}: {wrong}"


@pytest.mark.parametrize(("page", "block"), of("python", "py"))
def test_python_is_run(page: Page, block: Block, folder: Path) -> None:
    ast.parse(block.text)
    if page.name in RUN or block.reason("not run"):
        return
    save(page, folder)
    (folder / "block.py").write_text(block.text)
    done = run_python(f"import {block.name.removesuffix('.py').replace('/', '.') or 'block'}", folder)

    assert done.returncode == 0, f"{block}: {HINT}\n{done.stderr}"


@pytest.mark.parametrize(("page", "block"), of("", "text", *SHELLS))
def test_lines_can_be_typed(page: Page, block: Block) -> None:
    for number, line in typed(block):
        where = f"{page.name}:{number}: `{line}`"
        if is_ours(line):
            assert not wrong_in_line(line), f"{where}: {wrong_in_line(line)}"
        elif block.language in SHELLS and page.name not in RUN and not block.reason("not run"):
            assert is_known(line) or set(line.split()) & page.files.keys(), (
                f"{where}: there is no such module, file or target here. Say above the block "
                "`<!-- not run: why -->` if it belongs to another program"
            )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_sentences_name_is_there(page: Page) -> None:
    own = set(re.findall(r"[a-z_]\w*", " ".join(block.text for block in page.blocks)))
    wrong = [f"{page.name}: `{code}`: {what}" for code, what in wrong_names(page.prose, own)]

    assert not wrong, "\n".join(wrong)


def test_there_are_blocks_to_check() -> None:
    assert min(len(of(language)) for language in ("yaml", "python", "bash")) > 5


@pytest.mark.parametrize("page", RUN)
def test_a_page_that_is_run_has_its_test(page: str) -> None:
    test = ROOT / RUN[page]

    assert test.is_file()
    assert page.removesuffix(".md") in test.read_text(encoding="utf-8") + test.stem
