import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.study.trial import Gathered, Member, Trial, canonical, digest, quoted, trial_id

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
PARAMS = st.dictionaries(st.text(), VALUES, max_size=5)


def identity(**changed: object) -> str:
    """Return the id of one trial with one thing changed."""
    given = {"task": "t", "version": 1, "params": {"lr": 0.1}, "seed": 0, "needs": {}} | changed
    return trial_id(**given)  # type: ignore[arg-type]  # of mixed types


@given(PARAMS)
def test_the_order_of_keys_does_not_change_an_id(params: dict[str, object]) -> None:
    turned = dict(reversed(params.items()))

    assert identity(params=turned) == identity(params=params)


@given(PARAMS)
def test_an_id_survives_being_written_as_json(params: dict[str, object]) -> None:
    assert identity(params=json.loads(json.dumps(params))) == identity(params=params)


@pytest.mark.parametrize(
    "changed",
    [{"task": "u"}, {"version": 2}, {"params": {"lr": 0.2}}, {"seed": 1}, {"needs": {"a": "0" * 16}}],
    ids=lambda changed: next(iter(changed)),
)
def test_what_can_change_a_result_changes_the_id(changed: dict[str, object]) -> None:
    assert identity(**changed) != identity()


@pytest.mark.parametrize(("one", "other"), [(1, 1.0), (1, True), (1, "1"), (None, "")])
def test_values_of_different_types_are_different_trials(one: object, other: object) -> None:
    assert identity(params={"x": one}) != identity(params={"x": other})


def test_an_id_stays_what_it_was() -> None:
    # Folders of finished trials are found by it: a new value here would train everything again.
    assert identity() == "817908b935c4afb9"


def group(*ids: str, **axes: int) -> Gathered:
    return Gathered(members=tuple(Member(id=one, axes=axes) for one in ids))


@pytest.mark.parametrize("other", [group("a"), group("a", "b", fold=1), group("b", "a")], ids=repr)
def test_what_a_task_is_shown_of_gathered_trials_changes_the_id(other: Gathered) -> None:
    assert identity(gathered={"n": other}) != identity(gathered={"n": group("a", "b")})


def test_what_is_left_out_of_gathered_trials_does_not_change_the_id() -> None:
    without = group("a").model_copy(update={"without": ({"fold": 1},)})

    assert identity(gathered={"n": without}) == identity(gathered={"n": group("a")})


def test_what_gathers_nothing_has_the_id_it_had() -> None:
    assert identity(gathered={}) == identity()


def needing(**gathered: Gathered) -> Trial:
    return Trial(
        id="a",
        stage="s",
        task="t",
        version=1,
        params={},
        seed=0,
        needs={"x": "d"},
        gathered=gathered,
        axes={},
    )


def test_what_gathers_nothing_is_written_as_it_was() -> None:
    assert "gathered" not in needing().model_dump(mode="json")


def test_all_trials_that_one_needs_are_listed() -> None:
    assert needing(n=group("b", "c")).needed_ids == ("d", "b", "c")


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"lr": float("nan")})


@given(VALUES)
def test_a_digest_is_sixteen_hex_digits(value: object) -> None:
    assert len(f"{int(digest(value), 16):016x}") == 16


def test_the_folder_does_not_depend_on_what_a_study_calls_the_stage() -> None:
    trial = Trial(id="ab", stage="s", task="t.x", version=1, params={}, seed=0, needs={}, axes={})

    assert trial.folder == trial.model_copy(update={"stage": "other"}).folder == "t.x-ab"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((1, "1"), ("1", '"1"'), ("1e5", '"1e5"'), ("true", '"true"'), (True, "true")),
        *(("vgg16", "vgg16"), ("inf", "inf"), ("1.5.1", "1.5.1"), ("", "")),
        *((None, "null"), ("null", '"null"'), ([64, None, True], "[64, null, true]"), ("[64]", '"[64]"')),
        *(({"name": "sgd", "lr": 0.1}, "{name: sgd, lr: 0.1}"), (["a, b", "1"], '["a, b", "1"]')),
    ],
)
def test_a_text_that_looks_like_something_else_is_shown_in_quotes(value: object, text: str) -> None:
    assert quoted(value) == text
