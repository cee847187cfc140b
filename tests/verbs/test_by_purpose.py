import typer
from typer.testing import CliRunner

from orchestrator.verbs.by_purpose import ByPurpose


def first() -> None:
    """Say the first thing."""


def another() -> None:
    """Say another thing."""


def last() -> None:
    """Say the last thing."""


APP = typer.Typer(cls=ByPurpose, rich_markup_mode=None, add_completion=False)
for verb, purpose in ((first, "Begin"), (another, "Go on"), (last, "Begin")):
    APP.command(rich_help_panel=purpose)(verb)


def test_verbs_stand_under_their_purpose_in_the_same_columns() -> None:
    shown = CliRunner().invoke(APP, ["--help"]).stdout

    assert shown.partition("exit.\n\n")[2].splitlines() == [
        "Begin:",
        "  first    Say the first thing.",
        "  last     Say the last thing.",
        "",
        "Go on:",
        "  another  Say another thing.",
    ]
