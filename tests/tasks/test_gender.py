import csv
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tasks import gender
from tasks.nets import encoders
from tasks.parts.context import FolderContext
from tasks.parts.params import EncoderParams
from tests.tasks import chain
from tests.tasks.chain import GENDER, Trial

pytestmark = pytest.mark.slow


def test_result_carries_the_metrics_of_the_tables(tuned: Trial) -> None:
    assert {"val_acc", "best_epoch", "val_loss", "epochs", "chance_acc", "dropped"} <= tuned.result.keys()


def test_parameter_counts_are_those_of_224_pixels(tuned: Trial) -> None:
    assert (tuned.result["parameters_conv"], tuned.result["parameters_fc1"]) == (7_079_424, 125_445)


def test_random_and_synthetic_numbers_are_marked(tuned: Trial) -> None:
    assert (tuned.result["random_weights"], tuned.result["synthetic"]) == (1, 1)


def test_split_is_90_to_10(tuned: Trial) -> None:
    assert (tuned.result["train_images"], tuned.result["val_images"]) == (14, 2)


def test_only_the_last_block_was_trained(tuned: Trial) -> None:
    started = encoders.create(EncoderParams(), source="none", seed=0).state_dict()
    tuned_state = load_file(tuned.artifacts / "encoder.safetensors")
    changed = {name.split(".")[0] for name in started if not torch.equal(started[name], tuned_state[name])}
    assert changed == {"tuned"}


def test_predictions_agree_with_the_accuracy(tuned: Trial) -> None:
    with (tuned.artifacts / "predictions.csv").open() as file:
        rows = list(csv.DictReader(file))
    right = [(float(row["predicted_male"]) > 0.5) == (row["male"] == "1") for row in rows]
    assert sum(right) / len(rows) == tuned.result["val_acc"]


def test_every_epoch_is_logged(tuned: Trial) -> None:
    assert [line["step"] for line in tuned.context.logged() if "val_acc" in line] == [0, 1, 2]


def test_trunk_output_is_not_left_behind(tuned: Trial) -> None:
    assert not (tuned.context.checkpoint / "trunk.safetensors").exists()


def test_interrupted_trial_ends_with_the_same_numbers(tmp_path: Path, labelled: Trial, tuned: Trial) -> None:
    # Stopped while the trunk's output is computed, then in the training.
    for _ in range(2):
        answers = iter([False, True])
        with pytest.raises(InterruptedError):
            gender.run(GENDER, replace(tuned.context, root=tmp_path, stop=answers.__next__))
    assert chain.train_gender(tmp_path, labelled).timeless == tuned.timeless


def test_answer_is_that_of_the_archived_predictions(labelled: Trial, tuned: Trial) -> None:
    scores, male = chain.answers_about_a_picture(labelled, tuned, GENDER)
    assert scores["male"] == pytest.approx(male, abs=1e-5)
    assert sum(scores.values()) == pytest.approx(1)


def test_resnet_is_not_trained_in_lockstep(tmp_path: Path, labelled: Trial) -> None:
    params = GENDER.model_copy(update={"encoder": "resnet50", "width": 0.125})
    needs = {"pictures": labelled.artifacts}
    contexts = [FolderContext(root=tmp_path / str(place), data=tmp_path, needs=needs) for place in range(2)]
    with pytest.raises(ValueError, match="a model with buffers"):
        list(gender.run_together([params] * 2, contexts))
