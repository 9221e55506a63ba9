"""An input that would tell two causes apart, found by running both.

Two changes that give what a port gave on every case that was run may still part on another input.
Short ones are tried first, because they can be written down, then the cases of the component that
were not run, then those of what is made of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..judging.expected import Expected
from ..rounding import measure_shares
from ..suite.case import Case, CaseValue
from ..suite.fault import Edits
from ..suite.suite import Suite

if TYPE_CHECKING:
    from .experiments import Experiments

MAX_WRITTEN_SIZE = 16  # numbers that can be written down in a line
NamedEdits = tuple[str, Edits]  # the id of a fault, its change


@dataclass(frozen=True)
class DistinguishingInput:
    """A call, and what each of two causes gives for it, in words."""

    call: str
    first: str
    second: str

    def __str__(self) -> str:
        return f"{self.call}: {self.first}, {self.second}"


def distinguish_causes(
    component: str,
    dtype: str,
    first: NamedEdits,
    second: NamedEdits,
    experiments: "Experiments",
    seen: Sequence[Case] = (),
) -> DistinguishingInput | None:
    """Return the first input on which the two causes differ by more than their rounding budgets.

    None if no input that was tried parts them: then they compute the same function as far as that
    shows.
    """
    known = {id(case.inputs) for case in seen}
    suite = experiments.suite
    for case in (*suite.make_short_cases(component), *generate_further_cases(suite, component)):
        if dtype not in case.dtypes or id(case.inputs) in known:
            continue
        a, b = (experiments.outputs(case, dtype, edits) for _, edits in (first, second))
        if found := find_difference(a, b):
            (one, other), where = found
            call = f"{format_call(case)}{where}"
            return DistinguishingInput(call, f"{first[0]} {one}", f"{second[0]} {other}")
    return None


def find_difference(
    a: dict[str, Expected] | Exception, b: dict[str, Expected] | Exception
) -> tuple[tuple[str, str], str] | None:
    """Return what each outcome is where they differ most, as shares of budget, and where."""
    if isinstance(a, Exception) or isinstance(b, Exception):
        if type(a) is type(b):
            return None
        return (format_outputs(a), format_outputs(b)), ""
    best, told = 1.0, None
    for key in a.keys() & b.keys():
        one, other = a[key], b[key]
        if one.statistical or other.statistical:
            continue
        if one.want.shape != other.want.shape:
            return (f"gives shape {one.want.shape}", f"shape {other.want.shape}"), ""
        x, y = np.asarray(one.want, float), np.asarray(other.want, float)
        share = measure_shares(x, y, one.allowed + other.allowed, nan_equal=True)
        index = np.unravel_index(np.argmax(share), share.shape)
        if share[index] > best:
            best = float(share[index])
            place = f"[{', '.join(str(n) for n in index)}]" if index else ""
            told = (format_pair(x[index], y[index]), place if key == "value" else f", {key}{place}")
    return told


def format_outputs(value: dict[str, Expected] | Exception) -> str:
    """Say what an outcome gives: its first number if that is its only one, or the error."""
    if isinstance(value, Exception):
        return f"raises {type(value).__name__}"
    number = next(iter(value.values())).want
    return f"gives {number.ravel()[0]:.4g}" if number.size == 1 else "gives numbers"


def format_pair(x: float, y: float) -> tuple[str, str]:
    """Two numbers with as many digits as it takes to tell them apart.

    >>> format_pair(2.3025, 2.3026)
    ('gives 2.3025', '2.3026')
    """
    for digits in range(3, 18):
        one, other = f"{x:.{digits}g}", f"{y:.{digits}g}"
        if one != other:
            break
    return f"gives {one}", other


def format_call(case: Case) -> str:
    """Return the call as it would be typed, or the name of the case where that is too long.

    >>> format_call(Case("softmax", "one", {"x": np.array([1.0, 2.0])}))
    'softmax(x=[1, 2])'
    """
    if case.size > MAX_WRITTEN_SIZE:
        return f"{case.component}, case '{case.id}'"
    inputs = ", ".join(f"{key}={format_value(value)}" for key, value in case.inputs.items())
    return f"{case.component}({inputs})"


def format_value(value: CaseValue) -> str:
    """Format an input as it would be typed, in 12 digits."""
    if not isinstance(value, np.ndarray | float):
        return str(value)
    if np.ndim(value) == 0:
        return f"{float(value):.12g}"
    assert isinstance(value, np.ndarray)
    return f"[{', '.join(format_value(part) for part in value)}]"


def generate_further_cases(suite: Suite, component: str) -> Iterator[Case]:
    """Return the component's own cases, the smallest first, then those of what is made of it."""
    cases = sorted(suite.cases(), key=lambda case: case.size)
    yield from (case for case in cases if case.component == component)
    yield from (case for case in cases if component in suite.collect_parts(case.component))
