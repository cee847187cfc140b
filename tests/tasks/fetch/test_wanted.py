from pathlib import Path

import pytest

from tasks.fetch.catalogue import ARCHIVES, WEIGHTS
from tasks.fetch.wanted import NoStudyError, wanted

GRIDS = Path("grids")


def test_what_only_searches_want_is_wanted() -> None:
    assert set(wanted(GRIDS / "facial_attributes_search.yaml")) == {"vgg_face", "celeba_wild"}


def test_the_five_studies_want_everything() -> None:
    assert set(wanted(GRIDS / "full_study.yaml")) == {*ARCHIVES, *WEIGHTS}


def test_a_file_that_is_no_study_is_told_as_plan_tells_it(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("study: s\n")
    with pytest.raises(NoStudyError, match="error: "):
        wanted(tmp_path / "s.yaml")
