"""What a finding shows: what follows from it, and its cause."""

import sample_run
from sample_check import EDIT

from trueport.compare.judging.verdict import Verdict
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


def test_the_same_in_another_dtype_is_folded_with_all_that_follows_from_it():
    run = sample_run.faulty()
    groups = dict(findings.build_findings(run))
    [finding] = groups["torch"]
    [other] = finding.again
    assert (finding.verdict.dtype, other.verdict.dtype) == ("float64", "float32")
    assert len(finding.followers) == len(other.followers) == 7
    shown = [id(f.verdict) for f in findings.flatten_findings([("torch", groups["torch"])])]
    failed = [v for v in run.verdicts if v.port == "torch" and not v.passed]
    assert sorted(shown) == sorted(map(id, failed))
    assert "From it follow: SimpleNet.loss (float64), " in render_markdown(run)
    assert "SimpleNet.loss (float32), " in render_markdown(run)


def test_another_cause_in_another_dtype_is_a_finding_of_its_own():
    run = sample_run.faulty()
    wrong = [v for v in run.verdicts if v.cause]
    wrong[1].cause = {"id": "F10", "name": "another"}
    assert [f.cause.title for f in dict(findings.build_findings(run))["torch"]] == [
        "F09: mean over elements, together with F27: no epsilon",
        "F10: another",
    ]


def test_what_a_port_does_not_offer_is_no_finding():
    """The sentence and the matrix say it, and there is nothing to open."""
    run = sample_run.faulty()
    shown = findings.flatten_findings(findings.build_findings(run))
    assert all(f.verdict.status != "missing" for f in shown)
    for text in (render_html(run), render_markdown(run)):
        assert "numpy does not offer softmax." in text


def test_the_line_of_the_users_file_stands_before_the_experiment():
    run = sample_run.faulty()
    for verdict in run.verdicts:
        if verdict.cause:
            verdict.cause["line"] = "mine.py:9: return loss / y.size"
    for text in (render_html(run), render_markdown(run)):
        assert text.count("mine.py:9: return loss / y.size") in (1, 2)  # once in each dtype
        assert text.index("mine.py:9") < text.index("exactly both changes was run")


def test_the_legend_explains_what_is_shown_and_no_more():
    assert "raised an error or gave no usable result" not in render_html(sample_run.clean())
    assert "raised an error or gave no usable result" in render_html(sample_run.failed())
