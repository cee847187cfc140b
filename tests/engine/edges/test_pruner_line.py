import os
import pickle
import threading
from collections.abc import Iterator

import pytest

from orchestrator.engine.edges.pruner_line import AnsweringEnd, AskingEnd, Question, asking_end


@pytest.fixture
def worker() -> Iterator[AnsweringEnd]:
    """Give the worker's end of a line for the metric `loss`."""
    end = AnsweringEnd("loss")
    yield end
    end.close()


def answering(worker: AnsweringEnd, *words: bool) -> list[tuple[int, float]]:
    """Answer so many questions in the background; return the list that they are put into."""
    asked: list[tuple[int, float]] = []

    def answer() -> None:
        for word in words:
            while (question := worker.question()) is None:
                pass
            asked.append((question.step, question.value))
            worker.answer(question, prune=word)

    threading.Thread(target=answer, daemon=True).start()
    return asked


def trial(worker: AnsweringEnd) -> AskingEnd:
    """Return the trial's end, here in the same program."""
    return asking_end(os.dup(worker.other), worker.metric)


def test_the_word_is_the_workers(worker: AnsweringEnd) -> None:
    end, words = trial(worker), []
    asked = answering(worker, False, True)
    for step in (1, 2):
        end.tell(step, {"loss": step / 2, "other": 9.0})
        words.append(end.pruned)

    assert (asked, words) == ([(1, 0.5), (2, 1.0)], [False, True])


def test_of_another_metric_nobody_is_asked(worker: AnsweringEnd) -> None:
    trial(worker).tell(1, {"other": 0.5})

    assert worker.question() is None


def test_values_that_are_no_numbers_are_asked_too(worker: AnsweringEnd) -> None:
    asked = answering(worker, True)
    trial(worker).tell(1, {"loss": float("nan")})

    assert repr(asked) == "[(1, nan)]"


def test_a_worker_that_is_gone_says_no(worker: AnsweringEnd) -> None:
    end = trial(worker)
    worker.close()
    end.tell(1, {"loss": 0.5})

    assert not end.pruned


def test_a_late_answer_is_not_taken_for_the_next_one(worker: AnsweringEnd) -> None:
    end = trial(worker)
    asked = answering(worker, False, False)
    end.tell(1, {"loss": 0.5})
    worker.answer(Question(number=1, step=1, value=0.5), prune=True)
    end.tell(2, {"loss": 0.5})

    assert (len(asked), end.pruned) == (2, False)


def test_programs_that_the_task_forks_do_not_ask(worker: AnsweringEnd) -> None:
    end, child = trial(worker), os.fork()
    if not child:
        end.tell(1, {"loss": 0.5})
        os._exit(0)
    os.waitpid(child, 0)

    assert worker.question() is None


def test_a_context_that_is_pickled_takes_no_line_along(worker: AnsweringEnd) -> None:
    assert pickle.loads(pickle.dumps(trial(worker))) is None
