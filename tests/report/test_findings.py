"""What a finding shows: what follows from it, and its cause."""

import sample_run

from trueport.compare.judging.results import Verdict
from trueport.compare.report import findings, render_html


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
