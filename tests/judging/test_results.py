"""The results as data: their schema, and what a file keeps of them."""

import json
from pathlib import Path

import jsonschema
import pytest
import sample_run

from trueport.compare import judging
from trueport.compare.execution.checksums import write_sums
from trueport.compare.judging.results import RESULT_FILES, Run
from trueport.compare.judging.verdict import Verdict
from trueport.compare.report import FORMATS
from trueport.compare.report.additions import ReportAdditions
from trueport.compare.workflow.reports import write_run_reports

SCHEMA = json.loads((Path(judging.__file__).parent / "run.schema.json").read_text("utf-8"))
every_run = pytest.mark.parametrize("name", sample_run.EVERY)


@every_run
def test_results_and_report_keep_to_the_published_schema(name, tmp_path):
    run = sample_run.EVERY[name]()
    run.save(tmp_path)
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(json.loads((tmp_path / "results.json").read_text("utf-8")), SCHEMA)
    (text,) = FORMATS["json"](run, ReportAdditions).values()
    record = json.loads(text)
    jsonschema.validate(record, SCHEMA)
    assert record["headline"]["text"]
    assert len(record["curves"]) == len(run.traces)


def test_the_schema_refuses_a_status_that_is_none(tmp_path):
    run = sample_run.clean()
    run.verdicts[0].status = "fine"
    run.save(tmp_path)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads((tmp_path / "results.json").read_text("utf-8")), SCHEMA)


def test_a_run_of_an_earlier_time_is_still_read(tmp_path):
    """Results without what was added since: no evidence, no pages."""
    sample_run.clean().save(tmp_path)
    record = json.loads((tmp_path / "results.json").read_text("utf-8"))
    del record["rosetta"], record["chapter"]
    for verdict in record["verdicts"]:
        del verdict["evidence"], verdict["statistical"]
    for port in record["ports"]:
        del port["final_accuracy"], port["final_step"]
    del record["reference"]
    (tmp_path / "results.json").write_text(json.dumps(record), encoding="utf-8")
    write_sums(tmp_path, {name: tmp_path / name for name in RESULT_FILES})
    run = Run.load(tmp_path)
    assert len(run.verdicts) == len(record["verdicts"])
    assert run.is_reference("reference")
    assert write_run_reports(tmp_path)
    # of 10,000 steps: the first of the last epoch is what was evaluated
    assert "at step 9,601" in (tmp_path / "report.md").read_text("utf-8")


def test_a_run_keeps_words_that_no_file_can_hold(tmp_path: Path) -> None:
    run = Run({"command": "trueport \udcff"}, {}, {})
    run.verdicts.append(Verdict("a\x00b", "softmax", "", "float64", "error", message="\ud800"))
    run.save(tmp_path)
    assert [(v.port, v.message) for v in Run.load(tmp_path).verdicts] == [("a\x00b", "?")]
