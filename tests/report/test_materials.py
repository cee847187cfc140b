from orchestrator.report.materials import materials
from orchestrator.report.reference import Reference
from orchestrator.report.report_file import ReportFile
from tests.observations import gather, observe

MATERIAL = gather(observe({}))


def test_a_file_leaves_the_studies_of_the_others_alone() -> None:
    files = [(ReportFile(study=name), Reference()) for name in ("faces", "hair", None)]

    assert [sorted(one.other_studies) for one in materials(files, MATERIAL)] == [
        ["hair"],
        ["faces"],
        ["faces", "hair"],
    ]


def test_each_file_sees_all_trials() -> None:
    (one,) = materials([(ReportFile(title="T"), Reference())], MATERIAL)

    assert (one.stages, one.file.title) == (MATERIAL.stages, "T")
