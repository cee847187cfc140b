from __future__ import annotations

import pytest
import torch

from tasks.parts import product_classes

MULTI4 = product_classes.make(["Male", "Young", "Mustache", "Wearing_Lipstick"])


@pytest.mark.parametrize(
    ("attributes", "kept", "combinations"),
    [
        (["Male"], 2, 2),
        (["Male", "Young"], 4, 4),
        (["Male", "Young", "Mustache", "Wearing_Lipstick"], 8, 16),
        (["Young", "Mustache"], 4, 4),
    ],
)
def test_impossible_combinations_have_no_class(attributes: list[str], kept: int, combinations: int) -> None:
    classes = product_classes.make(attributes)

    assert (len(classes), classes.combinations) == (kept, combinations)


def test_no_woman_has_a_moustache_and_no_man_lipstick() -> None:
    male, _, moustache, lipstick = MULTI4.values.T

    assert not bool((((male == 0) & (moustache == 1)) | ((male == 1) & (lipstick == 1))).any())


def test_decoding_undoes_encoding() -> None:
    assert torch.equal(MULTI4.decode(MULTI4.encode(MULTI4.values)), MULTI4.values)


def test_impossible_row_is_encoded_as_none() -> None:
    assert MULTI4.encode(torch.tensor([[0, 1, 1, 0], [1, 1, 1, 0]])).tolist() == [-1, 7]


def test_marginals_add_up_the_classes_of_an_attribute() -> None:
    classes = product_classes.make(["Male", "Young"])

    assert classes.marginals(torch.tensor([[0.1, 0.2, 0.3, 0.4]]))[0].tolist() == pytest.approx([0.7, 0.6])


def test_attribute_named_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="named twice in Male, Male"):
        product_classes.make(["Male", "Male"])
