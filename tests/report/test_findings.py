"""What a finding keeps and shows: where the error lies, the cause, the line that replays it."""

import shlex

import click.testing
import numpy as np
import pytest
import sample_run

from trueport.compare.cli import main
from trueport.compare.execution.runner import CaseResult
from trueport.compare.judging.evidence import collect_evidence, make_error_map, make_histogram
from trueport.compare.judging.expected import Expected
from trueport.compare.judging.interruption import mark_interrupted
from trueport.compare.judging.results import Run, Verdict, WorstElement
from trueport.compare.report import findings, render_html, replay
from trueport.compare.report.sentence import build_verdict_sentence
from trueport.compare.suite.case import Case


def entry(want: np.ndarray, got: np.ndarray, allowed: float = 1e-3):
    case = Case("softmax", "a case", {"x": np.array([0.3, 2.9])})
    truth = Expected(want, np.full(want.shape, allowed))
    return case, {"value": truth}, CaseResult("ok", outputs={"value": got})


def test_a_thinned_map_keeps_the_worst_element_and_its_place():
    want = np.zeros((3, 50, 70))
    got = want.copy()
    got[2, 49, 33], got[0, 0, 0], got[1, 7, 8] = 5.0, 1e-4, np.nan
    found = make_error_map(got, Expected(want, np.full(want.shape, 1e-3)))
    assert found["used"].shape == (32, 32)
    places = {int(p): u for p, u in zip(found["flat"].flat, found["used"].flat, strict=True)}
    assert places[np.ravel_multi_index((2, 49, 33), want.shape)] == pytest.approx(5000.0)
    assert places[np.ravel_multi_index((0, 0, 0), want.shape)] == pytest.approx(0.1)
    assert np.isinf(places[np.ravel_multi_index((1, 7, 8), want.shape)])
    assert np.count_nonzero(found["used"]) == 3


def test_the_histogram_counts_every_element_once():
    want = np.zeros(6)
    counts = make_histogram([entry(want, np.array([0.0, 1e-5, 5e-4, 5e-3, 1e9, np.nan]))])
    assert counts.tolist() == [1, 1, 1, 1, 0, 0, 2]


def test_evidence_survives_the_disk(tmp_path):
    """What was kept of a finding comes back; a finding that only follows keeps nothing."""
    run = sample_run.bare()
    verdict = Verdict("p", "softmax", "activations", "float64", "unfaithful")
    verdict.worst = WorstElement("a case", "value", [1], 2.0, 0.0, 1e-3)
    follower = Verdict("p", "SimpleNet.loss", "forward", "float64", "follows", follows="softmax")
    seen = {"softmax": [entry(np.zeros(3), np.array([0.0, 2.0, np.inf]))]}
    seen["SimpleNet.loss"] = seen["softmax"]
    run.verdicts = [verdict, follower]
    run.details = collect_evidence(run.verdicts, seen, "evidence/0/")
    run.save(tmp_path)
    back = Run.load(tmp_path)
    assert back.verdicts == run.verdicts
    assert back.verdicts[0].evidence["cases"][0]["used"] == np.inf
    assert back.verdicts[0].evidence["inputs"] == {"x": "[0.3, 2.9]"}
    assert back.verdicts[1].evidence is None
    assert back.details.keys() == run.details.keys()
    ((_, (first,)),) = findings.build_findings(back)
    assert first.map is not None
    assert [f.verdict.component for f in first.followers] == ["SimpleNet.loss"]


def test_what_follows_in_a_circle_or_from_nothing_is_not_lost():
    run = sample_run.bare()
    for name, root in (("a", "b"), ("b", "a"), ("c", "gone"), ("d", "c")):
        run.verdicts.append(Verdict("p", name, "forward", "float64", "follows", follows=root))
    shown = [f.verdict.component for f in findings.flatten_findings(findings.build_findings(run))]
    assert sorted(shown) == ["a", "b", "c", "d"]


def test_the_cause_shows_its_experiment_and_the_ports_own_line_first():
    text = render_html(sample_run.faulty())
    assert "to the reference with this one change" in text
    assert text.index("batchmean") < text.index("/ batch_size")
    assert 'href="https://example.org/issues/1"' in text
    assert 'href="javascript' not in text
    assert "a field of its own" in text
    assert "together with F27: no epsilon" in text
    assert "What tells F10 apart: a batch of one." in text
    assert "+ 1e-7" in text


@pytest.mark.parametrize("name", ["faulty", "hostile"])
def test_every_command_is_one_that_the_command_line_takes(name):
    """The replay of each finding parses, whatever the port and the case are called."""
    run = sample_run.EVERY[name]()
    for verdict in run.verdicts:
        words = shlex.split(replay.format_replay_command(verdict, run.settings))
        command = main.commands[words[1]]
        context = command.make_context(words[1], words[2:], resilient_parsing=False)
        if words[1] == "replay":
            assert context.params["port"] == verdict.port
            assert context.params["component"] == verdict.component
            assert context.params["case"] == (verdict.worst.case if verdict.worst else None)


def test_replay_says_what_came_back_and_what_was_wanted():
    arguments = ["replay", "reference", "numerical_gradient", "--case", "function_2 at (3, 4)"]
    result = click.testing.CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert "want value: [6., 8.]" in result.output
    assert "faithful" in result.output


def test_replay_names_what_it_does_not_know():
    for arguments, words in (
        (["replay", "reference", "softmaks"], "unknown component"),
        (["replay", "reference", "softmax", "--case", "none"], "no case 'none'"),
        (["replay", "nobody", "softmax"], "unknown port"),
    ):
        result = click.testing.CliRunner().invoke(main, arguments)
        assert result.exit_code == 2
        assert words in result.output


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
