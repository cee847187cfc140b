import json
import os
import sys
from pathlib import Path

import pytest

from orchestrator.engine.command_task import is_moment
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.study.trial import Trial
from tests.engine.command_fixture import attempted, metrics_of, python, variables_of

pytestmark = pytest.mark.usefixtures("signals_put_back")
ACC = {"acc": r"acc (\S+)"}


def test_the_last_number_of_a_pattern_is_the_metric(tmp_path: Path) -> None:
    assert metrics_of(tmp_path, python("print('acc 0.5'); print('acc 0.75')", metrics=ACC)) == {"acc": 0.75}


def test_what_a_pattern_finds_is_logged(tmp_path: Path) -> None:
    _, folder = attempted(tmp_path, python("print('acc 0.5'); print('acc 0.75')", metrics=ACC))

    assert folder.metrics() == {1: {"acc": 0.5}, 2: {"acc": 0.75}}


def test_a_last_line_need_not_be_whole(tmp_path: Path) -> None:
    assert metrics_of(tmp_path, python("print('acc 1\\racc 2', end='')", metrics=ACC)) == {"acc": 2.0}


def test_a_result_is_a_json_file(tmp_path: Path) -> None:
    script = "import json; json.dump({'val': {'acc': 0.5}}, open('result.json', 'w'))"

    assert metrics_of(tmp_path, python(script)) == {"val.acc": 0.5}


def test_a_result_may_have_another_name_and_place(tmp_path: Path) -> None:
    script = "import os; open(os.environ['ORCHESTRATOR_RESULT'], 'w').write('{\"acc\": 1}')"

    assert metrics_of(tmp_path, python(script, result="${artifacts}/m.json")) == {"acc": 1.0}


def test_lines_of_a_file_are_logged(tmp_path: Path) -> None:
    script = "print('{\"step\": 5, \"acc\": 0.5}', file=open('metrics.jsonl', 'a'))"
    _, folder = attempted(tmp_path, python(script))

    assert folder.metrics() == {5: {"acc": 0.5}}


def test_a_file_of_lines_may_be_csv(tmp_path: Path) -> None:
    script = "open('log.csv', 'w').write('step,acc\\n0,0.5\\n1,0.75\\n')"

    assert metrics_of(tmp_path, python(script, lines="log.csv")) == {"acc": 0.75}


def test_a_program_may_have_no_metrics(tmp_path: Path) -> None:
    assert metrics_of(tmp_path, python("")) == {}


def test_a_pattern_that_finds_nothing_is_told(tmp_path: Path) -> None:
    ended, _ = attempted(tmp_path, python("print('accuracy 1')", metrics=ACC))

    assert ended.failure is not None
    assert "printed no `acc`" in ended.failure.message


def test_a_result_that_is_none_is_told(tmp_path: Path) -> None:
    ended, _ = attempted(tmp_path, python("open('result.json', 'w').write('acc: 1')"))

    assert ended.failure is not None
    assert "result.json holds no JSON" in ended.failure.message


def test_a_failure_is_told_with_the_last_line_printed(tmp_path: Path) -> None:
    ended, _ = attempted(tmp_path, python("raise ValueError('bad lr')"))

    assert ended.failure is not None
    assert ended.failure.message == "exit code 1: ValueError: bad lr"


def test_a_failure_has_the_class_that_its_output_gives_away(tmp_path: Path) -> None:
    ended, _ = attempted(tmp_path, python("raise RuntimeError('CUDA out of memory')"))

    assert ended.failure is not None
    assert ended.failure.kind == "cuda_out_of_memory"


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    ended, _ = attempted(tmp_path, {"words": ["nowhere-to-be-found"]})

    assert ended.failure is not None
    assert ended.failure.message.startswith("`nowhere-to-be-found` cannot be run: No such file")


def test_a_program_that_dies_is_told_with_its_signal(tmp_path: Path) -> None:
    ended, _ = attempted(tmp_path, python("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"))

    assert ended.failure is not None
    assert ended.failure.message.startswith("ended by SIGSEGV")


def test_values_arrive_as_words(tmp_path: Path) -> None:
    command = python("import sys; print('acc', len(sys.argv[1]))", metrics=ACC)
    command["words"].append("${name}")

    assert metrics_of(tmp_path, command, name="a 'b'\n$(c)") == {"acc": 10.0}


def test_a_command_is_told_where_it_may_write(tmp_path: Path) -> None:
    seen = variables_of(tmp_path)
    trial = RunFolder(tmp_path / "runs").trial(
        Trial(id="0" * 16, stage="", task="command", version=1, params={}, seed=0, needs={}, axes={})
    )

    assert seen["ORCHESTRATOR_CHECKPOINT"] == str(trial.checkpoint)


def test_a_command_is_told_its_seed(tmp_path: Path) -> None:
    assert variables_of(tmp_path)["ORCHESTRATOR_SEED"] == "7"


def test_a_command_may_read_its_parameters_as_json(tmp_path: Path) -> None:
    seen = variables_of(tmp_path, lr=0.1, layers=[64])

    assert json.loads(seen["ORCHESTRATOR_PARAMETERS"]) == {"lr": 0.1, "layers": [64], "seed": 7}


def test_variables_of_the_study_may_refer_to_parameters(tmp_path: Path) -> None:
    assert variables_of(tmp_path, {"environment": {"RATE": "x${lr}"}}, lr=0.1)["RATE"] == "x0.1"


def test_a_command_is_no_rank_of_its_worker_s_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLURM_PROCID", "0")

    assert "SLURM_PROCID" not in variables_of(tmp_path)


def test_our_own_python_is_the_first_on_the_path(tmp_path: Path) -> None:
    assert variables_of(tmp_path)["PATH"].split(os.pathsep)[0] == str(Path(sys.executable).parent)


def test_modules_of_the_project_lie_in_the_folder_that_a_command_runs_in(tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code/train.py").write_text("print('acc 1')")

    assert metrics_of(tmp_path, {"words": ["python", "train.py"], "metrics": ACC}) == {"acc": 1.0}


def test_words_to_resume_with_wait_for_the_file_that_they_name(tmp_path: Path) -> None:
    script = "import sys; print('acc', len(sys.argv) - 1)"
    resume = ["--resume", "${checkpoint}/last"]

    assert metrics_of(tmp_path, python(script, resume=resume, metrics=ACC)) == {"acc": 0.0}


def test_words_to_resume_with_are_added_once_it_is_there(tmp_path: Path) -> None:
    script = (
        "import os, sys; open(os.environ['ORCHESTRATOR_CHECKPOINT'] + '/last', 'w');"
        "assert len(sys.argv) > 1; print('acc', len(sys.argv) - 1)"
    )
    command = python(script, resume=["--resume", "${checkpoint}/last"], metrics=ACC)
    attempted(tmp_path, command)
    _, folder = attempted(tmp_path, command, 2)

    result = folder.read_result()
    assert result is not None
    assert result.metrics == {"acc": 2.0}


def test_steps_are_counted_on_where_a_checkpoint_is(tmp_path: Path) -> None:
    script = "import os; open(os.environ['ORCHESTRATOR_CHECKPOINT'] + '/last', 'w'); print('acc 1')"
    attempted(tmp_path, python(f"{script}; raise SystemExit(1)", metrics=ACC))
    _, folder = attempted(tmp_path, python(script, metrics=ACC), 2)

    assert folder.metrics() == {1: {"acc": 1.0}, 2: {"acc": 1.0}}


def test_a_program_that_has_saved_counts_as_having_got_on(tmp_path: Path) -> None:
    script = "import os; open(os.environ['ORCHESTRATOR_CHECKPOINT'] + '/last', 'w')"
    _, folder = attempted(tmp_path, python(script))

    assert folder.furthest(1, "saves.jsonl") == 1


@pytest.mark.parametrize(
    ("waited", "since_written", "told"),
    [(0, 0.1, False), (5, 0.1, False), (0, 2.5, True), (10, 0.1, True), (5, -60, False)],
)
def test_a_stop_is_passed_on_when_no_checkpoint_was_just_written(
    waited: float, since_written: float, told: bool
) -> None:
    assert is_moment(waited, since_written) is told


SAVES = "import os, signal, sys; open(os.environ['ORCHESTRATOR_CHECKPOINT'] + '/last', 'w')"


def test_a_program_that_ended_well_before_it_was_told_to_stop_is_done(tmp_path: Path) -> None:
    script = f"{SAVES}; print('acc 1'); os.kill(os.getppid(), signal.SIGTERM)"

    assert metrics_of(tmp_path, python(script, metrics=ACC)) == {"acc": 1.0}


def test_a_program_that_was_told_is_interrupted_however_it_ends(tmp_path: Path) -> None:
    waits = "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); os.kill(os.getppid(), signal.SIGTERM)"
    ended, _ = attempted(tmp_path, python(f"import os, signal, sys; {waits}; signal.pause()"))

    assert ended.outcome == "interrupted"


def test_a_program_that_a_scheduler_told_itself_is_interrupted(tmp_path: Path) -> None:
    dies = "os.kill(os.getppid(), signal.SIGTERM); os.kill(os.getpid(), signal.SIGTERM)"
    ended, _ = attempted(tmp_path, python(f"{SAVES}; {dies}"))

    assert ended.outcome == "interrupted"


def test_what_was_printed_before_a_stop_counts_where_a_program_goes_on(tmp_path: Path) -> None:
    first = "if os.environ['ORCHESTRATOR_RESUME'] == '0': print('acc 0.5'); sys.exit(1)"
    command = python(f"{SAVES}\n{first}", metrics=ACC)
    attempted(tmp_path, command)
    _, folder = attempted(tmp_path, command, 2)

    result = folder.read_result()
    assert result is not None
    assert result.metrics == {"acc": 0.5}
