"""How well a network over product classes knows each attribute, and all of them together."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tasks.parts import losses, metrics
from tasks.parts.product_classes import NO_CLASS

if TYPE_CHECKING:
    from torch import Tensor

    from tasks.parts.product_classes import ProductClasses


def score(classes: ProductClasses, logits: Tensor, labels: Tensor, part: str) -> dict[str, float]:
    """Return the metrics of a part of the data, named `<part>_...`. logits: [N, C]; labels: int64 [N, A].

    The likeliest class is decoded into its attributes (section 7), so that combinations without a class count
    too: `acc` is the share with all attributes right, `acc_<attribute>` that of one, `acc_if_independent` the
    product of these. `loss` is over the combinations that have a class.
    """
    right = classes.decode(logits.argmax(dim=1)) == labels
    each = dict(zip(classes.attributes, right.double().mean(dim=0).tolist(), strict=True))
    targets = classes.encode(labels)
    known = targets != NO_CLASS
    return {
        f"{part}_loss": float(losses.class_cross_entropy(logits[known], targets[known])),
        f"{part}_acc": float(right.all(dim=1).double().mean()),
        **{f"{part}_acc_{name.lower()}": accuracy for name, accuracy in each.items()},
        f"{part}_acc_if_independent": math.prod(each.values()),
    }


def chance(classes: ProductClasses, labels: Tensor) -> dict[str, float]:
    """Return what always the same answer reaches: `chance_acc` for all attributes, and for each one."""
    together = (labels * (2 ** labels.new_tensor(range(labels.shape[1])))).sum(dim=1)
    each = {
        f"chance_acc_{name.lower()}": metrics.majority_share(labels[:, place])
        for place, name in enumerate(classes.attributes)
    }
    return {"chance_acc": metrics.majority_share(together), **each}
