from orchestrator.api.status import Status

STATUS = Status(
    study="toy",
    states={"DONE": 2, "FAILED": 1},
    undecided=3,
    notes=("train 3f2a: <b>no</b> data", "next: why 3f2a"),
)


def test_one_line_counts_the_states() -> None:
    assert repr(STATUS) == "toy: 2 DONE, 1 FAILED, 3 undecided"


def test_a_study_without_trials_says_so() -> None:
    assert repr(Status(study="toy")) == "toy: no trial yet"


def test_printed_it_has_its_notes() -> None:
    assert str(STATUS).splitlines() == [repr(STATUS), *STATUS.notes]


def test_a_notebook_shows_counts_progress_and_notes_as_text() -> None:
    assert STATUS._repr_html_() == (
        '<div><strong>toy</strong> <progress value="2" max="6"></progress> 2 of 6 trials<br>'
        "2 DONE, 1 FAILED, 3 undecided<pre>train 3f2a: &lt;b&gt;no&lt;/b&gt; data\nnext: why 3f2a</pre></div>"
    )
