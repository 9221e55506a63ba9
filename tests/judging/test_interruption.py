"""A run that was interrupted."""

import sample_run

from trueport.compare.judging.interruption import mark_interrupted
from trueport.compare.report.sentence import build_verdict_sentence


def test_an_interruption_is_no_fault_and_no_pass():
    """What was not run is not held against a port; what it had shown by then is."""
    run = sample_run.clean(("torch", "keras"))
    for port in run.ports:
        if port.port == "keras":
            port.status = "interrupted"
    for verdict in run.verdicts:
        if verdict.port == "keras" and verdict.component != "sigmoid":
            verdict.status, verdict.budget_used, verdict.message = "missing", None, "not run"
        if verdict.component == "training" and verdict.dtype == "float32":
            verdict.status, verdict.message = "missing", "no envelope to hold the curve against"
    mark_interrupted(run)
    sentence = build_verdict_sentence(run)
    assert sentence.tone == "unknown"
    assert not any("does not offer" in detail for detail in sentence.details)
    assert {(p.port, p.dtype): p.verdict for p in run.ports} == {
        ("torch", "float64"): "faithful",
        ("torch", "float32"): "not-comparable",
        ("keras", "float64"): "not-comparable",
        ("keras", "float32"): "not-comparable",
    }
    run.verdicts[0].status = "unfaithful"
    mark_interrupted(run)
    assert run.ports[0].verdict == "unfaithful"
    assert build_verdict_sentence(run).tone == "bad"
