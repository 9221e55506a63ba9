"""One case on one port: what came out, in which dtypes, and what the port did to its inputs."""

import re
import traceback
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from ...suite.case import Case
from ...suite.suite import Suite
from ..frameworks import is_real, to_numpy
from .errors import (
    TAKES_DOUBLE,
    NotComparableError,
    TargetError,
    UserCodeExit,
    format_error,
    read_cause,
    read_words,
)
from .own_modules import is_own_place
from .view import TargetView

array_equal = np.array_equal  # a user's port may have replaced it
OTHER_DTYPE = {"float64": "float32", "float32": "float64"}
CaseOutcome = tuple[dict[str, np.ndarray], dict[str, Any]]  # outputs; the facts of the event
PACKAGE_FOLDER = Path(__file__).parents[2]
# What frameworks say when an array of the wrong precision meets another.
DTYPE_ERROR = re.compile(
    r"dtype|float64|float32|\bdouble\b|\bDouble\b|\bFloat\b|type mismatch|same type", re.ASCII
)


def format_traceback(error: BaseException) -> str:
    """Format the error and the line of the port's own code where it arose."""
    if isinstance(error, TargetError):
        return str(error)
    frames = [
        f
        for f in traceback.extract_tb(error.__traceback__)
        if PACKAGE_FOLDER not in Path(f.filename).parents and not f.filename.startswith("<")
    ]
    own = [f for f in frames if is_own_place(f.filename)] or frames
    where = f" ({Path(own[-1].filename).name}:{own[-1].lineno})" if own else ""
    if isinstance(error, UserCodeExit):
        return f"{error}{where}"
    text, place = read_cause(error)
    return f"{type(error).__name__}: {text}{place}{where}"


def collect_float_dtypes(outputs: dict[str, Any], arrays: dict[str, np.ndarray]) -> dict[str, str]:
    """Return the dtype of each floating point output; "float" for a plain Python number."""
    return {
        key: "float" if type(outputs[key]) is float else str(array.dtype)
        for key, array in arrays.items()
        if array.dtype.kind not in "iub"
    }


def copy_inputs(suite: Suite, case: Case, inputs: dict[str, Any]) -> dict[str, np.ndarray]:
    """Copy the arrays that are not the port's own, as it was given them.

    A framework may have rounded them on the way.
    """
    return {
        key: to_numpy(inputs[key])
        for key, value in case.inputs.items()
        if isinstance(value, np.ndarray) and key not in suite.mutable_inputs
    }


def find_mutated_inputs(before: dict[str, np.ndarray], inputs: dict[str, Any]) -> list[str]:
    """Return the names of the inputs that a port has changed though they were not its own."""
    return [
        key
        for key, value in before.items()
        if not array_equal(to_numpy(inputs[key]), value, equal_nan=value.dtype.kind == "f")
    ]


def is_of_double(error: BaseException, dtype: str) -> bool:
    """Whether what failed over its dtype takes float64 alone: there, something else is wrong.

    error: in the dtype that was not asked for. dtype: that was.
    """
    return dtype == "float32" and not DTYPE_ERROR.search(read_words(error))


def run_case(suite: Suite, view: Any, case: Case) -> CaseOutcome:
    """Run one case: return its outputs as arrays, and the facts of its event."""
    inputs = case.convert_inputs(view.array)
    before = copy_inputs(suite, case, inputs)
    component = suite.components[case.component]
    view.framework.seed_generators(case.seed, draws=component.expected is not None)
    held = view.state.in_force(case.component) if isinstance(view, TargetView) else nullcontext()
    with held:
        outputs = component.call(view, inputs)
    arrays = {key: to_numpy(value) for key, value in outputs.items()}
    for key, array in arrays.items():
        if not is_real(array):
            raise TypeError(f"{key} must hold real numbers (got {array.dtype})")
    return arrays, {
        "dtypes": collect_float_dtypes(outputs, arrays),
        "mutated": find_mutated_inputs(before, inputs),
    }


def try_case(suite: Suite, view: Any, case: Case, dtype: str) -> CaseOutcome:
    """`run_case`; a user's port that fails over the dtype of its inputs is asked in the other.

    Raises NotComparableError for one that takes float64 alone, and was asked for float32.
    """
    other = OTHER_DTYPE[dtype]
    try:
        return run_case(suite, view, case.rounded(dtype))
    except Exception as error:
        if not isinstance(view, TargetView) or other not in case.dtypes:
            raise
        if not DTYPE_ERROR.search(read_words(error)):
            raise
        first = error
        try:
            with view.use_dtype(other):
                arrays, facts = run_case(suite, view, case.rounded(other))
        except Exception as second:  # noqa: BLE001  # of any type: a port raises it
            if not is_of_double(second, dtype):
                raise error from None  # what it said first is the finding
    if dtype == "float32":
        raise NotComparableError(f"{TAKES_DOUBLE} ({format_error(first)})") from first
    message = f"asked for float64, took only float32 ({format_error(first)})"
    return arrays, facts | {"took": "float32", "message": message}
