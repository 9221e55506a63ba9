"""What is said beside the causes of one dtype: what holds in both, and what is right otherwise."""

from collections.abc import Sequence

from ..judging.status import Status
from ..judging.verdict import Verdict
from .diagnose import Diagnosis, Explanation

RIGHT_FORM = "right in another form than the reference's: "


def format_right_forms(verdicts: Sequence[Verdict]) -> list[str]:
    """Say what is right in another form than the truth's."""
    return [
        f"{v.component} is {v.message}"
        for v in {v.component: v for v in reversed(verdicts)}.values()
        if v.passed and v.message.startswith(RIGHT_FORM)
    ][::-1]


def pass_verdict(verdict: Verdict, used: float = 0.0, message: str = "") -> None:
    """Make a failure a pass."""
    verdict.status, verdict.budget_used, verdict.message = Status.FAITHFUL, used, message
    verdict.worst, verdict.elements_over, verdict.least_rtol = None, 0, None


def pass_in_right_form(verdict: Verdict, right: Explanation) -> None:
    """Make a failure the pass that it is: another form that is as right."""
    pass_verdict(verdict, right.used, f"{RIGHT_FORM}{right.fault.name}")


def note_single_dtype(verdicts: Sequence[Verdict]) -> None:
    """Say of a failure without a cause that the other dtype is right, where it is; in place."""
    right = {(v.component, v.dtype) for v in verdicts if v.passed}
    for verdict in verdicts:
        other = {"float32": "float64", "float64": "float32"}[verdict.dtype]
        if verdict.status not in (Status.UNFAITHFUL, Status.ERROR) or verdict.cause is not None:
            continue
        if (verdict.component, other) in right:
            verdict.known.insert(0, f"in {verdict.dtype} alone, {other} is right")


def name_fit(fit: Explanation) -> str:
    """Return a cause in words, with its id unless it is an edit."""
    return fit.fault.name if fit.fault.diff else f"{fit.label}, {fit.fault.name}"


def describe_untried(diagnosis: Diagnosis) -> list[str]:
    """Return what was not tried for want of time, as a sentence, if anything was not.

    >>> describe_untried(Diagnosis(untried_pairs=3))[0][:60]
    'each change was tried alone, and not every two of them toget'
    """
    if diagnosis.untried:
        told = "not every change was tried, nor every two of them together"
    elif diagnosis.untried_pairs:
        told = "each change was tried alone, and not every two of them together"
    elif diagnosis.untried_edits:
        told = "each change was tried, and every two of them together"
    else:
        return []
    if diagnosis.untried_edits:
        told += ", and not every edit of the reference's source"
    more = "what was not may be two conventions" if diagnosis.untried_pairs else ""
    return [f"{told}, for want of time{more and f' ({more})'}: trueport check --deep tries them"]
