from orchestrator.study.searches.opening import Asked


def test_an_answer_is_written_as_before_where_its_sampler_notes_nothing() -> None:
    assert set(Asked(number=1, params={"lr": 1}).model_dump()) == {"number", "params", "after"}


def test_what_a_sampler_notes_belongs_to_the_answer_it_was_noted_with() -> None:
    asked = Asked(number=3, params={"lr": 1}, more=({"lr": 2},), attrs={"cma:generation": 1})

    assert [(one.number, one.attrs) for one in asked.each()] == [(3, {"cma:generation": 1}), (4, {})]
