from orchestrator.report.methods.appendix import appendix
from orchestrator.report.selection import Material
from tests.report.methods.described import STUDY, seen


def test_sections_with_nothing_to_say_are_left_out() -> None:
    found = appendix(STUDY, seen(), Material(stages={}), tables=(), searched=(), commits={})

    assert [section.title for section in found] == [
        "Experiments",
        "Parameters",
        "Seeds",
        "Code and software",
        "Hardware",
        "Failures and interruptions",
    ]
