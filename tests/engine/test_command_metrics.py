import math

import pytest

from orchestrator.engine.command_metrics import Lines, Logged, Printed, numbers


def printed(pattern: str, *lines: str, before: int = 0) -> list[Logged]:
    return list(Printed({"acc": pattern}, before).read(lines))


def test_the_only_group_is_the_number_and_steps_are_counted() -> None:
    assert printed("acc ([0-9.]+)", "acc 0.5", "nothing", "acc 0.75") == [
        (1, {"acc": 0.5}),
        (2, {"acc": 0.75}),
    ]


def test_steps_go_on_where_an_attempt_before_ended() -> None:
    assert printed("acc ([0-9.]+)", "acc 0.5", before=7) == [(8, {"acc": 0.5})]


def test_a_group_may_name_the_step() -> None:
    pattern = r"epoch (?P<step>\d+): (?P<value>\S+)"

    assert printed(pattern, "epoch 3: 0.5", "epoch 9: 1e-3") == [(3, {"acc": 0.5}), (9, {"acc": 0.001})]


def test_what_is_no_number_is_passed_over() -> None:
    assert printed(r"acc (\S+)", "acc n/a", "acc 1") == [(1, {"acc": 1.0})]


def test_a_number_that_is_none_counts() -> None:
    (_, metrics), = printed(r"acc (\S+)", "acc nan")  # fmt: skip

    assert math.isnan(metrics["acc"])


def test_metrics_that_were_never_printed_are_known() -> None:
    reading = Printed({"acc": r"acc (\d+)", "loss": r"loss (\d+)"}, 0)
    list(reading.read(["acc 1"]))

    assert reading.missing == {"loss"}


@pytest.mark.parametrize(
    ("line", "logged"),
    [
        ('{"step": 3, "loss": 0.5}', [(3, {"loss": 0.5})]),
        ('{"epoch": 2, "train": {"loss": 0.5}, "note": "x"}', [(2, {"train.loss": 0.5})]),
        ('{"loss": 1}', [(1, {"loss": 1.0})]),
        ('{"step": 4, "metrics": {"loss": 1}}', [(4, {"loss": 1.0})]),
        ('{"step": 3}', []),
        ('{"step": 3, "lo', []),
        ("[1]", []),
    ],
)
def test_a_line_is_a_json_object_with_numbers(line: str, logged: list[Logged]) -> None:
    assert list(Lines(0, is_csv=False).read([line])) == logged


def test_lines_may_be_those_of_a_csv_file_with_names_at_its_top() -> None:
    lines = ["epoch,loss,acc", "0,0.5,", "1,0.25,0.75"]

    assert list(Lines(0, is_csv=True).read(lines)) == [(0, {"loss": 0.5}), (1, {"loss": 0.25, "acc": 0.75})]


def test_numbers_in_json_have_dotted_names() -> None:
    given = {"val": {"acc": 0.5, "ok": True}, "n": 3, "name": "x", "metrics": {"f1": 1}}

    assert numbers(given) == {"val.acc": 0.5, "n": 3.0, "f1": 1.0}
