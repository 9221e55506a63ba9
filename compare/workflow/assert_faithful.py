"""`assert_faithful`: a result of your own held against the chapter, as in numpy.testing.

>>> import numpy as np
>>> def softmax(x):
...     e = np.exp(x - x.max(axis=-1, keepdims=True))
...     return e / e.sum(axis=-1, keepdims=True)
>>> x = np.array([[1010.0, 1000.0, 990.0], [0.3, 2.9, 4.0]])
>>> assert_faithful(softmax(x), "softmax", x)
>>> assert_faithful(softmax(x) * (1 + 1e-12), "softmax", x)  # doctest: +ELLIPSIS
Traceback (most recent call last):
  ...
AssertionError: softmax is not faithful on these inputs (float64)
    where    case 'these inputs', value[1, 2]
    got      0.73659691377...
    want     0.73659691376...
    off      7.37e-13 where 2.74e-15 is allowed, 269 times that; 6 of 6 ...
    cause    unknown: no known change to the reference reproduces it (... ruled out)
    known    got is (1 + 1e-12) times what it should be, everywhere
    do       `trueport check FILE` tries many other inputs
"""

import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ..causes.allowance import DIAGNOSIS_SECONDS
from ..causes.diagnose import Explanation
from ..causes.experiments import Experiments
from ..causes.explain import explain
from ..chapter.cases import generate_cases, generate_sized_cases
from ..chapter.cases.data import generate_data_cases
from ..chapter.digits import EMBEDDED
from ..chapter.suite import CHAPTER
from ..execution.observation import CaseResult
from ..judging.accept import parse_convention_ids
from ..judging.compare import CaseEntries
from ..judging.expected import Expected, expected_outputs
from ..judging.judge import judge_component
from ..judging.verdict import Verdict
from ..ports.frameworks import to_numpy
from ..report import text
from ..report.advice import format_advice
from ..report.terminal import format_paragraphs
from ..rounding.tolerances import KAPPAS
from ..suite.case import Case
from .own_arrays import INPUTS_NAME, make_case, require_real

__all__ = ["assert_faithful", "case_inputs"]

__tracebackhide__ = True  # a failing test shows the user's line

MAX_NAMED_CAUSES = 4  # causes named where the inputs fit several


def assert_faithful(
    actual: Any,
    expected_component: str,
    *inputs: Any,
    dtype: str | None = None,
    allow_no_power: bool = False,
    accept: str | Iterable[str] = (),
    err_msg: str = "",
    **named: Any,
) -> None:
    """Raise AssertionError unless actual is what the chapter's component gives on these inputs.

    actual: an array of any framework, a number, or a dict of arrays (`TwoLayerNet.gradient`).
    expected_component: a key of `own_arrays.SIGNATURES`; inputs: in the order given there, or by
        name. The function to differentiate is one of `chapter.functions`, or its name.
    dtype: what actual was computed in, float64 or float32; taken from actual if not given, so say
        it for a Python number that comes from float32 (`loss.item()`).
    allow_no_power: let pass what rounding alone may have moved by more than a tenth of its size,
        where agreement proves nothing.
    accept: conventions to let pass, as "F26,F77" or a list.
    err_msg: begins the message.

    How much may differ follows from the reference's own error analysis on these inputs
    (`rounding`): there is no tolerance to choose. Raises ValueError for an unknown component
    or convention, a dtype that nobody is judged in, or inputs that the component does not take;
    TypeError for what holds no real numbers.
    """
    accepted = parse_convention_ids(CHAPTER, accept)
    case, outputs = make_case(expected_component, inputs, named), convert_outputs(actual)
    asked = choose_dtype(dtype, outputs)
    truths = compute_expected(case, asked)
    if outputs.keys() > truths.keys():
        more = ", ".join(repr(key) for key in outputs if key not in truths)
        lines = [f"actual must hold {', '.join(truths)} and no more (got {more} too)"]
    else:
        seen = [(case, truths, CaseResult("ok", outputs=outputs))]
        verdict = judge_component(CHAPTER, "actual", asked, case.component, seen)
        if verdict.passed or (verdict.status == "faithful" and allow_no_power):
            return
        fits = find_explanations(verdict, seen) if verdict.status != "faithful" else []
        if verdict.status == "faithful" and not verdict.elements_over and not verdict.no_power:
            return  # right in another form than the reference's
        if any(fit.ids <= set(accepted) for fit in fits if fit.fault.kind == "convention"):
            return
        hint = dtype is None and asked == "float64" and is_from_float32(case, outputs)
        lines = list(format_failure(verdict, fits, detect_framework(actual), hint))
    raise AssertionError("\n".join([err_msg, *lines] if err_msg else lines))


def case_inputs(component: str, case: str) -> dict[str, Any]:
    """Return the inputs of a case that `trueport check` names in a finding.

    Raises ValueError if there is no such case.

    >>> case_inputs("softmax", "one sample")
    {'x': array([0.3, 2.9, 4. ])}
    """
    cases = [*generate_data_cases(*EMBEDDED, seed=0), *generate_cases()]
    if sizes := re.match(r"(\d+)-(\d+)-(\d+)", case):  # of a model that has one size alone
        d, h, k = (int(size) for size in sizes.groups())
        cases += generate_sized_cases(d, h, k)
    found = [c for c in cases if c.component == component]
    for candidate in found:
        if candidate.id == case:
            return dict(candidate.inputs)
    have = ", ".join(repr(c.id) for c in found) or "none"
    raise ValueError(f"case must be one of those of {component}, {have} (got {case!r})")


def convert_outputs(actual: Any) -> dict[str, np.ndarray]:
    """Actual as the outputs of a call: a dict gives one each. Raises TypeError for no numbers."""
    given = actual if isinstance(actual, Mapping) else {"value": actual}
    return {str(key): require_real(to_numpy(value), "actual") for key, value in given.items()}


def choose_dtype(asked: str | None, outputs: Mapping[str, np.ndarray]) -> str:
    """Return the dtype that is asked for, else the one of the outputs. Raises ValueError."""
    if asked is not None and asked not in KAPPAS:
        raise ValueError(f"dtype must be float64 or float32 (got {asked})")
    if asked is not None:
        return asked
    names = sorted({array.dtype.name for array in outputs.values()})
    if len(names) != 1:
        raise ValueError(
            f"actual must hold arrays of one dtype (got {', '.join(names) or 'nothing'}): "
            "say dtype= what it was computed in"
        )
    if names[0] not in KAPPAS:
        raise ValueError(
            f"actual must be float64 or float32 (got {names[0]}): no error analysis covers others; "
            "say dtype= if it was computed in one of these and then converted"
        )
    return names[0]


def compute_expected(case: Case, dtype: str) -> dict[str, Expected]:
    """Compute what the reference gives, and the budget. ValueError for inputs it cannot take."""
    try:
        truths = call_quietly(lambda: expected_outputs(CHAPTER, case, dtype))
    # wrong inputs may make NumPy raise anything inside the reference
    except Exception as error:
        raise ValueError(f"{case.component} cannot be computed on these inputs: {error}") from error
    # an array that the port must leave alone is not among what it returned
    return {key: truth for key, truth in truths.items() if not key.endswith(" afterwards")}


def call_quietly(compute: Callable[[], Any]) -> Any:
    """Return the result, whatever the caller's own tests make of NumPy's warnings."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return compute()


def find_explanations(verdict: Verdict, seen: CaseEntries) -> list[Explanation]:
    """Return the known changes that give these outputs, one for each id; into the verdict, too.

    One that is right in another form than the reference's becomes faithful.
    """
    status, groups = verdict.status, {verdict.component: seen}
    experiments = Experiments(CHAPTER, DIAGNOSIS_SECONDS)
    found = call_quietly(lambda: explain([verdict], groups, experiments))
    if verdict.status != "faithful":
        verdict.status = status
    fits: dict[str, Explanation] = {}
    for diagnosis in found.values():
        for fit in diagnosis.fits:
            fits.setdefault(fit.fault.diff or fit.fault.id, fit)
    return list(fits.values())


@np.errstate(all="ignore")
def is_from_float32(case: Case, outputs: Mapping[str, np.ndarray]) -> bool:
    """Whether float64 numbers hold what float32 computed, and computed right."""
    if any(np.any(array != array.astype(np.float32)) for array in outputs.values()):
        return False
    seen = [(case, compute_expected(case, "float32"), CaseResult("ok", outputs=dict(outputs)))]
    return judge_component(CHAPTER, "actual", "float32", case.component, seen).passed


def detect_framework(actual: Any) -> str:
    """Return the framework of an array, for the words of a fix."""
    value = next(iter(actual.values()), None) if isinstance(actual, Mapping) else actual
    package = type(value).__module__.partition(".")[0]
    return {"torch": "torch", "tensorflow": "keras", "keras": "keras"}.get(package, "numpy")


def format_failure(
    verdict: Verdict, fits: list[Explanation], framework: str, hint: bool
) -> Iterator[str]:
    """Yield why it does not pass, and what to do."""
    yield f"{verdict.component} is not faithful on {INPUTS_NAME} ({verdict.dtype})"
    cause = verdict.cause
    if len(fits) == 1 and cause is not None and not hint:
        # without the shares that only many cases can give
        cause = {**cause, "explained": None, "also": [], "with": None, "sources": []}
        yield from list(text.format_finding(replace(verdict, cause=cause), framework))[1:]
        return
    told = list(text.format_evidence(verdict))
    if verdict.no_power:
        told.append(("do", "take inputs of moderate size; allow_no_power=True lets this pass"))
    elif hint:
        told.append(("do", 'these are float32 numbers, and right as such: say dtype="float32"'))
    elif fits:
        names = "; ".join(f"{fit.fault.id}, {fit.fault.name}" for fit in fits[:MAX_NAMED_CAUSES])
        told.append(("cause", f"one of {len(fits)} that these inputs do not tell apart: {names}"))
        if parted := text.format_distinction(cause or {}):
            told.append(("apart", parted))
        told.append(("do", "`trueport check FILE` tries inputs that do"))
    else:
        told += format_advice(verdict, "`trueport check FILE` tries many other inputs")
    yield from format_paragraphs(told, text.MAX_FINDING_LINES - 1)
