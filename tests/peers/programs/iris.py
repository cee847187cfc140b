"""The objective of Optuna's tutorial on pruning."""

from dataclasses import dataclass

PRELOAD = ("sklearn.linear_model",)


@dataclass
class Params:
    alpha: float


def train(params: Params, context) -> dict[str, float]:
    from sklearn.datasets import load_iris
    from sklearn.linear_model import SGDClassifier
    from sklearn.model_selection import train_test_split

    iris = load_iris()
    train_x, valid_x, train_y, valid_y = train_test_split(
        iris.data, iris.target, test_size=0.25, random_state=0
    )
    classifier = SGDClassifier(alpha=params.alpha, random_state=context.seed)
    for step in range(100):
        if context.should_stop():
            raise InterruptedError(f"stopped before step {step}")
        classifier.partial_fit(train_x, train_y, classes=[0, 1, 2])
        context.log({"error": 1 - classifier.score(valid_x, valid_y)}, step)
    return {"error": 1 - classifier.score(valid_x, valid_y)}
