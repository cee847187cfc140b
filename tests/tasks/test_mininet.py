import math
from pathlib import Path

import pytest
import torch
from PIL import Image

from tasks import mininet
from tasks.data import elfw
from tasks.mininet import train
from tasks.parts import classed_pictures, pictures
from tasks.parts.context import FolderContext
from tasks.parts.prediction import Trained
from tests.tasks import elfw_chain
from tests.tasks.chain import Trial
from tests.tasks.elfw_chain import MININET


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, classed: Trial) -> Trial:
    return elfw_chain.train_mininet(tmp_path_factory.mktemp("mininet"), classed)


@pytest.fixture(scope="module")
def tested(tmp_path_factory: pytest.TempPathFactory, classed: Trial, trained: Trial) -> Trial:
    return elfw_chain.evaluate_mininet(tmp_path_factory.mktemp("test"), classed, trained)


def test_result_is_the_epoch_of_the_lowest_validation_loss(trained: Trial) -> None:
    logged = [line["val_loss"] for line in trained.context.logged() if line["step"] > 0]
    assert trained.result["val_loss"] == min(logged)


def test_final_losses_are_those_of_the_last_epoch(trained: Trial) -> None:
    last = trained.context.logged()[-1]
    names = ("train_loss", "train_eval_loss", "val_loss", "val_acc")
    assert [trained.result[f"final_{name}"] for name in names] == [last[name] for name in names]


def network_loss(trial: Trial, classed: Trial) -> float:
    """Ask the written network about the pictures that it was validated on."""
    shown = pictures.read(classed.artifacts)
    rows = classed_pictures.split_rows(shown, share=0.1, stratify=True, seed=0)["val"].tolist()
    ask = mininet.predictor(Trained(params={}, artifacts=trial.artifacts))
    given = [list(ask(shown.picture(row)).scores["class"].values()) for row in rows]
    truth = shown.labels["class"][rows].tolist()
    return -sum(math.log(chances[label]) for chances, label in zip(given, truth, strict=True)) / len(rows)


def too_fast(root: Path, classed: Trial, **given: object) -> Trial:
    """Train at a rate at which the last epoch is not the best."""
    params = MININET.model_copy(update={"lr": 0.1, "momentum": 0.95, "epochs": 4, **given})
    return elfw_chain.train_mininet(root, classed, params)


def test_network_is_that_of_the_last_epoch(tmp_path: Path, classed: Trial) -> None:
    trial = too_fast(tmp_path, classed)
    assert trial.result["best_epoch"] < trial.result["result_epoch"] == 4
    assert network_loss(trial, classed) == pytest.approx(trial.result["final_val_loss"], rel=1e-3)


def test_network_is_that_of_the_lowest_loss_where_that_is_asked(tmp_path: Path, classed: Trial) -> None:
    trial = too_fast(tmp_path, classed, result="best")
    assert trial.result["result_epoch"] == trial.result["best_epoch"] < 4
    assert network_loss(trial, classed) == pytest.approx(trial.result["val_loss"], rel=1e-3)


def test_three_parts_are_80_10_10(trained: Trial) -> None:
    counts = [trained.result[f"{part}_images"] for part in ("train", "val", "test")]
    assert counts == [20, 2, 2]


def test_training_pictures_are_normalised(tmp_path: Path, classed: Trial) -> None:
    context = FolderContext(root=tmp_path, data=tmp_path)
    faces = train.make_set(pictures.read(classed.artifacts), MININET, context)
    shown = faces.pictures[faces.rows["train"]]
    assert shown.mean(dim=(0, 2, 3)).tolist() == pytest.approx([0, 0, 0], abs=1e-4)
    assert shown.std(dim=(0, 2, 3)).tolist() == pytest.approx([1, 1, 1], abs=1e-3)


def test_result_tells_the_constants_of_normalisation(classed: Trial, trained: Trial) -> None:
    view = classed_pictures.read_view(trained.artifacts)
    told = [[trained.result[f"{kind}_{colour}"] for colour in "rgb"] for kind in ("mean", "std")]
    assert told == [view.mean, view.std]


def test_normalisation_does_not_look_at_the_held_out_pictures(tmp_path: Path, classed: Trial) -> None:
    shown = pictures.read(classed.artifacts)
    context = FolderContext(root=tmp_path, data=tmp_path)
    faces = train.make_set(shown, MININET, context)
    pixels = classed_pictures.squeezed(shown, 32, context)
    assert faces.view.mean == classed_pictures.normalisation_of(pixels[faces.rows["train"]])[0]
    assert faces.view.mean != classed_pictures.normalisation_of(pixels)[0]


def test_all_epochs_are_trained(trained: Trial) -> None:
    assert trained.result["epochs"] == 3


def test_same_seed_same_result(tmp_path: Path, classed: Trial, trained: Trial) -> None:
    assert elfw_chain.train_mininet(tmp_path, classed).timeless == trained.timeless


def test_interrupted_trial_ends_with_the_same_numbers(tmp_path: Path, classed: Trial, trained: Trial) -> None:
    answers = iter([False, False, True])
    stopping = FolderContext(
        root=tmp_path, data=tmp_path, needs={"pictures": classed.artifacts}, stop=answers.__next__
    )
    with pytest.raises(InterruptedError):
        mininet.run(MININET, stopping)
    assert elfw_chain.train_mininet(tmp_path, classed).timeless == trained.timeless


def test_a_class_that_the_validation_lacks_is_no_hindrance(tmp_path: Path, classed: Trial) -> None:
    by_chance = MININET.model_copy(update={"stratify": False, "epochs": 1})
    result = elfw_chain.train_mininet(tmp_path, classed, by_chance).result
    assert math.isfinite(result["val_loss"])


def test_one_picture_is_learnt_by_heart(tmp_path: Path, classed: Trial) -> None:
    result = elfw_chain.overfit(tmp_path, classed).result
    assert result["sample_loss"] <= 0.01 < result["untrained_loss"]
    assert (result["sample_acc"], result["enough"]) == (1, 1)


def test_learning_by_heart_ends_as_soon_as_it_is_enough(tmp_path: Path, classed: Trial) -> None:
    trial = elfw_chain.overfit(tmp_path, classed)
    logged = [line["sample_loss"] for line in trial.context.logged()]
    assert [loss <= 0.01 for loss in logged] == [False] * (len(logged) - 1) + [True]
    assert trial.result["epochs"] == len(logged) - 1


def test_learning_by_heart_gives_up_and_says_so(tmp_path: Path, classed: Trial) -> None:
    result = elfw_chain.overfit(tmp_path, classed, lr=1e-6, max_epochs=3).result
    assert (result["enough"], result["epochs"]) == (0, 3)


def test_learning_by_heart_tells_the_last_loss_of_one_that_grows(tmp_path: Path, classed: Trial) -> None:
    trial = elfw_chain.overfit(tmp_path, classed, lr=0.5, enough=1e-9, max_epochs=4)
    assert trial.result["sample_loss"] == trial.context.logged()[-1]["sample_loss"]


def test_probability_is_that_of_the_loss(tmp_path: Path, classed: Trial) -> None:
    result = elfw_chain.overfit(tmp_path, classed, max_epochs=2).result
    assert result["sample_probability"] == pytest.approx(math.exp(-result["sample_loss"]))


def test_test_asks_the_pictures_that_were_kept_from_the_training(
    classed: Trial, trained: Trial, tested: Trial
) -> None:
    view = classed_pictures.read_view(trained.artifacts)
    shown = pictures.read(classed.artifacts)
    rows = classed_pictures.split_rows(shown, share=0.1, stratify=True, seed=0)["test"]
    assert view.test == [shown.names[row] for row in rows.tolist()]
    assert tested.result["test_images"] == len(view.test)


def test_accuracies_agree_with_the_predictor(classed: Trial, trained: Trial, tested: Trial) -> None:
    shown = pictures.read(classed.artifacts)
    ask = mininet.predictor(Trained(params={}, artifacts=trained.artifacts))
    scores = [ask(shown.picture(row)).scores["class"] for row in range(len(shown.names))]
    answers = torch.tensor([elfw.CLASSES.index(max(found, key=found.__getitem__)) for found in scores])
    right = answers == shown.labels["class"]
    test = shown.rows(classed_pictures.read_view(trained.artifacts).test)
    assert tested.result["all_acc"] == float(right.double().mean())
    assert tested.result["test_acc"] == float(right[test].double().mean())


def test_a_test_is_asked_through_the_network_it_tested(trained: Trial, tested: Trial, classed: Trial) -> None:
    own = Trained(params={}, artifacts=trained.artifacts)
    through = Trained(params={}, artifacts=tested.artifacts, needs={"trained": own})
    picture = pictures.read(classed.artifacts).picture(0)
    assert mininet.predictor(through)(picture) == mininet.predictor(own)(picture)


def test_test_tells_what_the_network_is_made_of(tested: Trial) -> None:
    assert (tested.result["conv2d_4_parameters"], tested.result["relu_2_outputs"]) == (4640, 16 * 32 * 32)


def test_test_draws_its_answers(tested: Trial) -> None:
    with Image.open(tested.artifacts / "answers.png") as sheet:
        assert sheet.size == (2 * 128, 142)  # two pictures are tested


def test_test_with_other_pictures_is_refused(tmp_path: Path, data: Path, trained: Trial) -> None:
    from tasks.prepare import elfw as prepare

    context = FolderContext(root=tmp_path / "other", data=data)
    other = Trial(prepare.run(prepare.Params(image_size=32, of_each="all"), context), context)
    with pytest.raises(ValueError, match="go back to different pictures"):
        elfw_chain.evaluate_mininet(tmp_path, other, trained)
