"""Several yes/no attributes as one choice: a class for each combination that can be.

Maricalva's multi-label networks (section 5) are classifiers over the Cartesian product of their attributes,
without the combinations that hardly occur: women with a moustache and men with lipstick.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

# Section 5: together about 0.3 % of the training pictures.
IMPOSSIBLE: tuple[Mapping[str, int], ...] = ({"Male": 0, "Mustache": 1}, {"Male": 1, "Wearing_Lipstick": 1})
NO_CLASS = -1


@dataclass(frozen=True, slots=True)
class ProductClasses:
    """The classes of some attributes: each is one combination of their values."""

    attributes: tuple[str, ...]
    values: Tensor  # int64 [C, A], 0 or 1: the attributes of each class
    combinations: int  # of the full product, dropped ones included

    def __len__(self) -> int:
        """Return the number of classes."""
        return len(self.values)

    def encode(self, labels: Tensor) -> Tensor:
        """Return the class of each row, int64 [N]; -1 for a combination without one. labels: int64 [N, A]."""
        same = (labels[:, None, :] == self.values[None, :, :]).all(dim=2)
        return torch.where(same.any(dim=1), same.int().argmax(dim=1), NO_CLASS)

    def decode(self, classes: Tensor) -> Tensor:
        """Return the attributes of classes, int64 [N, A]. classes: int64 [N]."""
        return self.values[classes]

    def marginals(self, probabilities: Tensor) -> Tensor:
        """Return each attribute's probability of being 1, float [N, A]. probabilities: float [N, C]."""
        return probabilities @ self.values.to(probabilities.dtype)


def make(attributes: Sequence[str]) -> ProductClasses:
    """Return the classes of these attributes; ValueError when one is named twice."""
    if len(set(attributes)) != len(attributes):
        raise ValueError(f"an attribute is named twice in {', '.join(attributes)}")
    product = list(itertools.product((0, 1), repeat=len(attributes)))
    kept = [values for values in product if _possible(dict(zip(attributes, values, strict=True)))]
    return ProductClasses(tuple(attributes), torch.tensor(kept, dtype=torch.int64), len(product))


def _possible(values: Mapping[str, int]) -> bool:
    return not any(rule.items() <= values.items() for rule in IMPOSSIBLE)
