from pathlib import Path

import optuna

from tests.verbs.conftest import Type


def test_searches_are_written(before: Type) -> None:
    said = before("export", "before", "--optuna", "o.db")

    assert (said.code, said.out) == (0, "")
    assert said.err.startswith("1 searches written to o.db\nlook at them: optuna-dashboard sqlite:///o.db\n")
    assert len(optuna.load_study(study_name="before/sweep", storage="sqlite:///o.db").trials) == 2


def test_a_journal_is_opened_by_its_name(before: Type) -> None:
    said = before("export", "before", "--optuna", "o.log")

    assert said.err.endswith("\nlook at them: optuna-dashboard o.log\n")


def test_its_own_file_is_written_again(before: Type) -> None:
    before("export", "before", "--optuna", "o.db")
    written = Path("o.db").read_bytes()

    assert before("export", "before", "--optuna", "o.db").code == 0
    assert Path("o.db").read_bytes() == written


def test_another_file_stays(before: Type) -> None:
    Path("o.db").write_text("notes")
    said = before("export", "before", "--optuna", "o.db")

    assert (said.code, Path("o.db").read_text()) == (2, "notes")
    assert said.err.startswith("error: `o.db` is there already, and no storage of Optuna's\n")


def test_studies_of_others_stay(before: Type) -> None:
    optuna.create_study(storage="sqlite:///o.db", study_name="mine")
    said = before("export", "before", "--optuna", "o.db")

    assert said.code == 2
    assert said.err.startswith("error: `o.db` holds studies that were not made of `before`: `mine`\n")


def test_a_folder_is_no_file(before: Type) -> None:
    assert before("export", "before", "--optuna", "runs").err.startswith("error: `runs` is a folder\n")


def test_a_study_without_a_search_has_nothing_to_write(type_: Type, faces: object) -> None:
    said = type_("export", "faces", "--optuna", "o.db")

    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("error: `faces` has no search\n")
