"""Faults that are easily taken for each other: each is told from the others, and the page of
transcripts shows what comes out."""

import re

import numpy as np
import pytest
from paths import DATA
from transcripts import find_blocks, find_commands, strip_rounding

from benchmarks.audit.confusion import build_confusion_matrix
from trueport.compare.causes.departure import Departure
from trueport.compare.causes.diagnose import diagnose
from trueport.compare.causes.experiments import Experiments
from trueport.compare.causes.surviving_faults import find_surviving_faults
from trueport.compare.chapter.cases import generate_sized_cases
from trueport.compare.chapter.faults import FAULTS
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.observation import CaseResult
from trueport.compare.judging.check import Check
from trueport.compare.judging.expected import compute_all_expected, compute_values, expected_outputs
from trueport.compare.judging.judge import group_by_component, judge_port
from trueport.compare.report import check_formats
from trueport.compare.suite.case import Case
from trueport.compare.suite.mutants import import_mutant
from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options

# the changed references of the experiments overflow on purpose
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

HERE = DATA / "confusable"
PAGE = "docs/diagnosis.md"

# file: the component of the finding, its cause's id and form, and the second fault's id
ROWS = {
    "softmax_twice": ("cross_entropy_error", "F01", "inside the loss", None),
    "mean_over_all": ("cross_entropy_error", "F08", "mean over all", None),
    "grad_of_z1": ("TwoLayerNet.gradient", "F63", "sigmoid twice", None),
    "grad_factor_lost": ("TwoLayerNet.gradient", "F63", "omitted", None),
    "bias_mean": ("TwoLayerNet.gradient", "F29", "mean", None),
    "bias_sum": ("TwoLayerNet.gradient", "F29", "sum", None),
    "clip_alone": ("cross_entropy_error", "F26", "clip", None),
    "clip_and_add": ("cross_entropy_error", "F26", "clip and add", None),
    "no_epsilon": ("cross_entropy_error", "F27", "picked", None),
    "twice_255": ("load_mnist", "F24", "twice", None),
    "two_at_once": ("TwoLayerNet.gradient", "F08", "gradient sum", "F63"),
    "one_alone": ("TwoLayerNet.gradient", None, None, None),
}
QUICK = ("clip_alone",)


def checked(name: str) -> Check:
    # where nothing explains it all is tried: half a minute may not do for that on a busy machine
    deep = name == "one_alone"
    return check(str(HERE / f"{name}.py"), Options(dtypes=("float64",), deep=deep))


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=[] if n in QUICK else [pytest.mark.sweep]) for n in ROWS],
)
def test_the_cause_is_the_one_that_the_author_put_there(name: str) -> None:
    first = checked(name).first_divergence
    assert first is not None
    cause = first.cause or {}
    second = cause.get("with") or {}
    assert (first.component, cause.get("id"), cause.get("form"), second.get("id")) == ROWS[name]


def test_every_file_has_a_row() -> None:
    files = {path.stem for path in HERE.glob("*.py")} - {"conftest"}
    assert files == set(ROWS)


def transcripts() -> dict[str, str]:
    """File to what the page shows of its check."""
    found = {}
    for block in find_blocks(PAGE, "console"):
        [(command, shown)] = find_commands(block)
        if match := re.search(r"tests/data/confusable/(\w+)\.py", command):
            found[match[1]] = shown
    return found


def finding(text: str) -> str:
    """From the finding's head on."""
    return strip_rounding(text[text.index("(float64):") :])


@pytest.mark.sweep
@pytest.mark.parametrize("name", ROWS)
def test_the_page_shows_what_comes_out(name: str) -> None:
    told = "\n".join(check_formats.format_check(checked(name)))
    assert finding(transcripts()[name]) == finding(told)


def test_the_page_has_a_transcript_of_each() -> None:
    assert set(transcripts()) == set(ROWS)


def test_several_causes_come_with_an_input_that_parts_them() -> None:
    """One sample of a right class near 1/2 tells three logarithms apart from the chapter's, and
    none of them from another."""
    y, t = np.array([[0.2, 0.3, 0.5]]), np.array([2])
    case = Case("cross_entropy_error", "these inputs", {"y": y, "t": t})
    result = CaseResult("ok", outputs={"value": np.array(-np.log(0.5))})
    seen = [(case, expected_outputs(CHAPTER, case, "float64"), result)]
    found = diagnose(Departure(seen, "float64", Experiments(CHAPTER)))
    cause = found.build_cause()
    assert cause is not None
    assert cause["id"] == "F26"
    assert set(cause["also"]) >= {"F27", "F54"}
    assert cause["apart"]["F54"] == (
        "cross_entropy_error(y=[[0.1, 0.2, 0.3]], t=[2]): F26 gives 1.2, F54 0.693"
    )


def test_a_square_net_of_one_size_is_blind_to_what_only_other_sizes_show() -> None:
    """A port that passes the cases of one size; the case that is named shows the fault indeed."""
    cases = [c for c in generate_sized_cases(4, 4, 4) if c.component in ("TwoLayerNet.gradient",)]
    truths = compute_all_expected(CHAPTER, cases, "float64")
    results = {
        n: CaseResult("ok", outputs={key: truth.want for key, truth in truths[n].items()})
        for n in range(len(cases))
    }
    verdicts = judge_port(CHAPTER, "port", "float64", cases, truths, results)
    groups = {"float64": group_by_component(cases, truths, results, "float64")}
    found = find_surviving_faults(verdicts, groups, Experiments(CHAPTER))
    assert found
    for hidden in found:
        key = f"{hidden.id}/{hidden.form}" if hidden.form else hidden.id
        module = import_mutant(FAULTS[key].truth_edits, CHAPTER.truth)
        for case, truth in zip(cases, truths, strict=True):
            with np.errstate(all="ignore"):
                changed = compute_values(CHAPTER, case, "float64", module)
            for name, t in truth.items():
                assert np.all(np.abs(changed[name] - t.want) <= t.allowed), (key, case.id)


def test_the_matrix_counts_a_wrong_cause_in_any_finding() -> None:
    record = {"key": "F08/sum", "kind": "fault", "package": "reference", "dtype": "float64"}
    record |= {"found": True, "first": "cross_entropy_error", "seed": 1}

    def cause(component: str, found: str | None, *also: str) -> dict:
        return {"component": component, "id": found, "also": list(also)}

    right, other = cause("cross_entropy_error", "F08"), cause("one update", "F12")
    for causes, answer in (
        ([right], "right"),
        ([cause("cross_entropy_error", "F10", "F08")], "several"),
        ([cause("cross_entropy_error", None)], "unknown"),
        ([right, other], "wrong"),
    ):
        found = build_confusion_matrix([record | {"causes": causes}])
        assert [n.answer for n in found.namings] == [answer]
        assert found.passed == (answer in ("right", "several"))
