from typing import Any

import pytest

from orchestrator.evidence.state import State
from orchestrator.messages.errors import UserError
from orchestrator.report.trial_rows import trial_rows
from orchestrator.verbs.where import where
from tests.observations import gather, observe

FOUND = trial_rows(
    gather(
        observe({"loss": 0.1}, "faces.train", net="small", lr=0.1, size=[1, 2]),
        observe(None, "faces.train", net="big", lr=0.01, size=[3]),
        observe(None, "faces.train", net="1", lr=None, state=State.FAILED, size="a,b"),
        observe(None, "test", net=1),
    )
)
STAGES = ["faces.train", "test"]


def nets(*given: str) -> list[Any]:
    """Return the axis `net` of the trials that are meant."""
    return [row["net"] for row in where(FOUND, STAGES, given).rows]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ([], ["small", "big", "1", 1]),
        (["net=small"], ["small"]),
        (["net=small,big"], ["small", "big"]),
        (["net=small", "net=big"], ["small", "big"]),
        (["net=1"], [1]),
        (['net="1"'], ["1"]),
        (["lr=1e-2"], ["big"]),
        (["lr=null"], ["1"]),
        (["size=[1, 2],[3]"], ["small", "big"]),
        (['size="a,b"'], ["1"]),
        (["state=done"], ["small"]),
        (["state=done,FAILED"], ["small", "1"]),
        (["state=running"], []),
        (["stage=train"], ["small", "big", "1"]),
        (["stage=faces.train", "lr = 0.1"], ["small"]),
        (["lr=0.1", "net=big"], []),
    ],
    ids=str,
)
def test_what_is_meant(given: list[str], found: list[Any]) -> None:
    assert nets(*given) == found


@pytest.mark.parametrize(
    ("given", "message", "hint"),
    [
        ("nett=small", "no trial has an axis or a parameter `nett`", "did you mean `net`?"),
        ("net=smal", "no trial has net = smal", "did you mean `small`?"),
        ("lr=0.5", "no trial has lr = 0.5", "there are `0.1`, `0.01`, `null`"),
        ("stage=trian", "there is no stage `trian`", "did you mean `train`?"),
        ("state=don", "there is no state `don`", "did you mean `DONE`?"),
        ("net", "--where net: that is no condition", "write --where AXIS=VALUE"),
        ("net=", "--where net=: that is no condition", "write --where AXIS=VALUE"),
        ("net=[", "--where net=[: ", "put a text with such signs in quotes"),
        ("loss=0.1", "no trial has an axis or a parameter `loss`", "allowed: "),
    ],
)
def test_what_no_trial_has_is_told(given: str, message: str, hint: str) -> None:
    with pytest.raises(UserError) as told:
        nets(given)

    assert message in str(told.value)
    assert (told.value.hint or "").startswith(hint)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(UserError) as told:
        nets("nett=1", "lr=7")

    assert str(told.value).startswith("2 of what --where says is wrong:\n- --where nett=1: ")
    assert "\n- --where lr=7: " in str(told.value)


def test_of_many_values_the_first_are_told() -> None:
    many = trial_rows(gather(*(observe(None, lr=place / 8) for place in range(30))))
    with pytest.raises(UserError) as told:
        where(many, STAGES, ["lr=99"])

    assert (told.value.hint or "").endswith("`1.125` and 20 more")
