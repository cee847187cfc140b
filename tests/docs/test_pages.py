"""How blocks and their names are read."""

import pytest

from tests.docs.pages import Block, read_blocks

FENCED = "```{}\nx\n```\n"


def only(text: str) -> Block:
    (found,) = read_blocks("page.md", text)
    return found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (FENCED.format('yaml title="a.yaml"'), "a.yaml"),
        ("and this as `b.yaml`:\n\n" + FENCED.format("yaml"), "b.yaml"),
        ("and in `b.yaml`, with a reason\n\n" + FENCED.format("yaml"), "b.yaml"),
        ("**There**: `c.yml`\n\n" + FENCED.format("yaml"), "c.yml"),
        ("## The task: `d.py`\n\nIt trains.\n\n" + FENCED.format("python"), "d.py"),
        ("## The task: `d.py`\n\n" + FENCED.format("yaml"), ""),
        ("Save these tasks as `g.py` in a folder.\n\n" + FENCED.format("python"), "g.py"),
        (FENCED.format("python") + "\nSave it as `h.py`, and go on.\n", "h.py"),
        ("It reads `e.yaml` where it is.\n\n" + FENCED.format("yaml"), ""),
        ("Type in the folder of `e.yaml`:\n\n" + FENCED.format("bash"), ""),
        ("so `f.yaml`:\n\n<!-- not run: slow -->\n" + FENCED.format("yaml"), "f.yaml"),
    ],
)
def test_a_block_has_the_name_that_the_page_gives_it(text: str, name: str) -> None:
    assert only(text).name == name


def test_only_the_last_block_of_a_section_has_the_name_of_its_heading() -> None:
    text = "## The task: `d.py`\n" + FENCED.format("python") + "then\n" + FENCED.format("python")

    assert [block.name for block in read_blocks("page.md", text)] == ["", "d.py"]


def test_a_block_in_a_list_is_read_without_its_indent() -> None:
    assert only("- so:\n\n  ```yaml\n  a:\n    b: 1\n  ```\n").text == "a:\n  b: 1\n"


def test_a_comment_before_a_block_gives_a_reason() -> None:
    block = only("<!-- not run: it takes a day -->\n" + FENCED.format("python"))

    assert (block.reason("not run"), block.reason("not checked")) == ("it takes a day", "")
