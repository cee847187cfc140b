from orchestrator.study.names import given_names
from orchestrator.study.study_file import StudyFile

FILE = StudyFile.model_validate(
    {
        "study": "s",
        "axes": {"net": ["a"]},
        "stages": {
            "train": {"task": "t", "over": ["net"], "axes": {"lr": [1]}},
            "test": {"task": "t", "over": ["fold"], "include": [{"extra": 1}]},
            "sweep": {
                "task": "t",
                "search": {"sampler": "grid", "space": {"decay": [0, 1]}, "objective": {"minimize": "loss"}},
            },
        },
    }
)


def test_stages_and_axes_are_those_of_the_whole_file() -> None:
    names = given_names(FILE, [])

    assert names.stages == {"train", "test", "sweep"}
    assert names.axes == {"net", "lr", "fold", "extra", "decay", "seed"}


def test_what_an_extended_file_wrote_counts_though_it_was_taken_out() -> None:
    names = given_names(
        FILE,
        [
            ("stages", "gone"),
            ("stages", "gone", "axes", "old"),
            ("axes", "older"),
            ("stages", "gone", "task"),
        ],
    )

    assert names.stages == {"train", "test", "sweep", "gone"}
    assert names.axes >= {"old", "older"}
