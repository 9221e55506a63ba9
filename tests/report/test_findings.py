"""What a finding shows: what follows from it, and its cause."""

import sample_run
from sample_check import EDIT

from trueport.compare.judging.results import Verdict
from trueport.compare.report import findings, render_html, render_markdown
from trueport.compare.report.cause import build_cause_details


def test_what_follows_in_a_circle_or_from_nothing_is_not_lost():
    run = sample_run.bare()
    for name, root in (("a", "b"), ("b", "a"), ("c", "gone"), ("d", "c")):
        run.verdicts.append(Verdict("p", name, "forward", "float64", "follows", follows=root))
    shown = [f.verdict.component for f in findings.flatten_findings(findings.build_findings(run))]
    assert sorted(shown) == ["a", "b", "c", "d"]


def test_the_cause_shows_its_experiment_and_the_ports_own_line_first():
    text = render_html(sample_run.faulty())
    assert "to the reference with both changes" in text
    assert text.index("batchmean") < text.index("/ batch_size")
    assert 'href="https://example.org/issues/1"' in text
    assert 'href="javascript' not in text
    assert "a field of its own" in text
    assert "together with F27: no epsilon" in text
    assert "What tells F10 apart: a batch of one." in text
    assert "+ 1e-7" in text


def test_an_edit_of_trueports_reference_shows_all_that_a_listed_change_does():
    found = Verdict("p", "TwoLayerNet.gradient", "gradients", "float64", "unfaithful", cause=EDIT)
    details = build_cause_details(found, "torch")
    assert details is not None
    assert details.title == "+ for -, together with F77: loss without an epsilon"
    assert [edit.title for edit in details.edits] == [
        "The change of trueport's reference/networks.py"
    ]
    assert "exactly both changes was run on every case" in details.experiment
    assert [bar.label for bar in details.bars][1:] == ["to the reference with both changes"]
    assert details.fixes == [("torch", "torch.log(y + 1e-7)")]
    assert details.more == []


def test_an_edit_stands_on_the_page_and_in_markdown_with_what_is_beside_it():
    run = sample_run.faulty()
    run.verdicts[0].status, run.verdicts[0].cause = "unfaithful", EDIT
    for text in (render_html(run), render_markdown(run)):
        assert "together with F77: loss without an epsilon" in text
        assert "to the reference with both changes" in text
        assert "z1 * (1.0 + z1)" in text
