"""Which known change to the reference reproduces what a port did.

A cause is an experiment: the reference with exactly that change is run on every case of the
component, and must give the port's outputs within its own rounding budget, and fail where the port
failed. Where it does not leave the port's right components right, it is refuted. Reads nothing and
runs no port.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from compare.budget.tolerance import POWER_SHARE
from compare.cases import Case
from compare.estimate import estimate
from compare.faults import FAULTS
from compare.faults.fault import Fault
from compare.faults.parameters import PARAMETERS
from compare.judge import compare_case
from compare.observe import CaseResult
from compare.truth import Truth, changed_inputs, plain_outputs, true_outputs
from compare.variants import Edit, variant

Seen = Sequence[tuple[Case, Mapping[str, Truth], CaseResult]]
Edits = tuple[Edit, ...]

# Where the port agrees with the truth, a change must too, within so many of the truth's budgets:
# other formulas round otherwise, but not by orders of magnitude.
AGREEMENT = 10.0


@dataclass(frozen=True)
class Fit:
    """A change that reproduces a component on every case: used is the share of its own budget."""

    fault: Fault
    used: float


@dataclass
class Diagnosis:
    """What the experiments on one component showed. fits: best first; none: the cause is unknown.

    tried: how many changes were tried. before, after: the largest difference to the reference, and
    to the reference with the change, relative to the largest value.
    """

    fits: list[Fit] = field(default_factory=list)
    tried: int = 0
    before: float = 0.0
    after: float = 0.0

    def cause(self) -> dict[str, Any] | None:
        """The best fit as a verdict carries it, or None."""
        if not self.fits:
            return None
        best = self.fits[0]
        others = {f.fault.id for f in self.fits[1:]} - {best.fault.id}
        explained = 1.0 - self.after / self.before if self.before > 0 else None
        return {
            "id": best.fault.id,
            "form": best.fault.form,
            "kind": best.fault.kind,
            "name": best.fault.name,
            "does": best.fault.does,
            "fix": dict(best.fault.fix),
            "budget_used": best.used,
            "explained": explained,
            "size": self.before,
            "residual": self.after,
            "also": sorted(others),
            "sources": list(best.fault.sources),
        }


def hypotheses() -> list[Fault]:
    """Every known change that can be run on the reference; the benign ones change nothing."""
    return [
        fault
        for fault in FAULTS.values()
        if fault.hypothesis and fault.kind != "benign" and "reference" in fault.edits
    ]


# What NumPy, torch and TensorFlow raise for the same trouble with shapes, indices and dtypes.
REFUSALS = (
    "IndexError",
    "ValueError",
    "TypeError",
    "AxisError",
    "AssertionError",
    "RuntimeError",
    "InvalidArgumentError",
)
ABOUT_SHAPES = re.compile(
    r"shape|size|dim|ind[ei]|axis|axes|broadcast|bound|rank|label|one.?hot", re.IGNORECASE
)


def identical(error: Exception, message: str) -> bool:
    """Whether a port's message tells of the same error: type, and name that was missing."""
    if not message.partition(": ")[2].startswith(type(error).__name__) and (
        not message.startswith(type(error).__name__)
    ):
        return False
    if isinstance(error, AttributeError | NameError):
        return re.findall(r"'(\w+)'", str(error))[-1:] == re.findall(r"'(\w+)'", message)[-1:]
    return True


def alike(error: Exception, message: str) -> bool:
    """Whether a port's error may be this one in the words of another framework."""
    if identical(error, message):
        return True
    refused = any(name in message for name in REFUSALS) and type(error).__name__ in REFUSALS
    return refused and ("AssertionError" in message or bool(ABOUT_SHAPES.search(message)))


def touches(edits: Edits, case: Case) -> bool:
    """Whether a change can alter the statistics of random draws: only where they are drawn."""
    drawn = {"initialisation": "networks.py", "batch_masks": "mnist.py"}
    return any(edit.file == drawn.get(case.component, edit.file) for edit in edits)


class Experiments:
    """The outputs of changed references, each computed once."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, int, str, Edits], Any] = {}

    def outputs(self, case: Case, dtype: str, edits: Edits) -> dict[str, Truth] | Exception:
        """What the reference with these edits gives for a case; or the error that it raises."""
        key = (case.component, id(case.inputs), dtype, edits)  # components share inputs
        if key not in self.known:
            found: dict[str, Truth] | Exception
            try:
                with np.errstate(all="ignore"):
                    found = true_outputs(case, dtype, variant(edits))
            # a changed reference may raise anything, and that is the outcome of the experiment
            except Exception as error:  # noqa: BLE001
                found = error
            self.known[key] = (case.inputs, found)  # the inputs too: their id must stay theirs
        return self.known[key][1]

    def reproduces(self, edits: Edits, seen: Seen, dtype: str) -> float:
        """The largest share of its own budget by which the reference with these edits misses what
        the port did, over all cases; infinite if it misses more, or where one of them alone fails.
        """
        try:
            module = variant(edits)
        except (ValueError, SyntaxError):  # two edits of one line do not go together
            return np.inf
        used, computed, same_error = 0.0, False, True
        for case, truths, result in seen:
            if dtype not in case.dtypes:
                continue
            if not self.plausible(edits, case, truths, result, dtype):
                return np.inf
            outcome = self.outputs(case, dtype, edits)
            if isinstance(outcome, Exception):
                # frameworks raise other types than NumPy for the same trouble: that both refuse
                # the input is the outcome, where other cases say the rest
                if result.status == "error" and alike(outcome, result.message):
                    same_error &= identical(outcome, result.message)
                    continue
                return np.inf
            if result.status != "ok":
                return np.inf
            if result.mutated:
                if set(changed_inputs(case, dtype, module)) != set(result.mutated):
                    return np.inf
                result = replace(result, mutated=[])
            expected = {
                key: sharpened(truth, truths.get(key), result.outputs.get(key))
                for key, truth in outcome.items()
            }
            comparison = compare_case(case.id, expected, result, nan_equal=True)
            if comparison.problems or not comparison.used <= 1.0:
                return np.inf
            used, computed = max(used, comparison.used), True
        return used if computed or same_error else np.inf

    def plausible(
        self,
        edits: Edits,
        case: Case,
        truths: Mapping[str, Truth],
        result: CaseResult,
        dtype: str,
    ) -> bool:
        """Whether plain arrays already rule the change out: most fail here, without a budget."""
        if result.status != "ok":
            return True
        if any(truth.statistical for truth in truths.values()):
            return touches(edits, case)
        try:
            with np.errstate(all="ignore"):
                plain = plain_outputs(case, dtype, variant(edits))
        except Exception:  # noqa: BLE001  (as in `outputs`)
            return False
        for key, truth in truths.items():
            got, have = result.outputs.get(key), plain.get(key)
            if got is None or have is None or got.shape != have.shape:
                return False
            if got.shape != truth.want.shape or got.dtype.kind not in "fiub":
                continue
            with np.errstate(all="ignore"):
                off = np.abs(got.astype(np.float64) - truth.want)
                wrong = np.isfinite(off) & (off > truth.allowed)
                near = np.fmax(POWER_SHARE * off, AGREEMENT * truth.allowed)
                missed = ~(np.abs(got.astype(np.float64) - have) <= near)
            if np.any(wrong & missed):
                return False
        return True


def sharpened(expected: Truth, truth: Truth | None, got: np.ndarray | None) -> Truth:
    """A hypothesis whose own budget is too wide to tell explains nothing: where the port is wrong
    and that budget exceeds a tenth of its difference to the truth, and is not of the size of the
    truth's own either, only equality counts.
    """
    if truth is None or got is None or expected.statistical:
        return expected
    if not got.shape == truth.want.shape == expected.want.shape or got.dtype.kind not in "fiub":
        return expected
    with np.errstate(all="ignore"):
        off = np.abs(got.astype(np.float64) - truth.want)
        wrong = ~(off <= truth.allowed)
        like = AGREEMENT * truth.allowed
        telling = expected.allowed <= np.fmax(POWER_SHARE * off, like)
        # and where the port is right, a change that may be anything there is no agreement
        right = np.fmin(expected.allowed, like)
    allowed = np.where(wrong, np.where(telling, expected.allowed, 0.0), right)
    return replace(expected, allowed=allowed)


def diagnose(
    seen: Seen,
    dtype: str,
    experiments: Experiments,
    base: Edits = (),
    first: Iterable[Fault] = (),
    beside: Sequence[Seen] = (),
) -> Diagnosis:
    """Every single change that reproduces the component, on top of the changes in base.

    first: changes to try before any other; if one of them fits, the others are left out. beside:
    components of the port that are already explained (with base) or right; a change that would
    alter one of them is refuted, unless that refutes all.
    """
    diagnosis = Diagnosis(before=largest_difference(seen))
    seen = telling_first(seen)
    ahead = list(first)
    rest = [fault for fault in hypotheses() if fault not in ahead]
    for group in (ahead, rest):
        fits = []
        for fault in group:
            if dtype not in fault.dtypes:
                continue
            diagnosis.tried += 1
            used = experiments.reproduces(base + tuple(fault.edits["reference"]), seen, dtype)
            if used <= 1.0:
                fits.append(Fit(fault, used))
        standing = [
            fit
            for fit in fits
            if all(
                experiments.reproduces(base + tuple(fit.fault.edits["reference"]), other, dtype)
                <= 1.0
                for other in beside
            )
        ]
        diagnosis.fits = standing or diagnosis.fits or fits
        if standing:
            break
    if not diagnosis.fits:
        diagnosis.fits = estimated(seen, dtype, experiments, base, beside)
        diagnosis.tried += len(PARAMETERS)
    if diagnosis.fits:
        edits = base + tuple(diagnosis.fits[0].fault.edits["reference"])
        outcomes = [
            (c, experiments.outputs(c, dtype, edits), r)
            for c, _, r in seen
            if r.status == "ok" and dtype in c.dtypes
        ]
        diagnosis.after = largest_difference(
            [(c, o, r) for c, o, r in outcomes if not isinstance(o, Exception)]
        )
    return diagnosis


def estimated(
    seen: Seen, dtype: str, experiments: Experiments, base: Edits, beside: Sequence[Seen]
) -> list[Fit]:
    """Changes with a number in them, at the value that the port's outputs give."""
    fits = []
    for parameter in PARAMETERS:
        found = estimate(parameter, seen, dtype, base)
        if found is None:
            continue
        fault = parameter.fault(*found)
        edits = base + tuple(fault.edits["reference"])
        used = experiments.reproduces(edits, seen, dtype)
        if used <= 1.0 and all(experiments.reproduces(edits, o, dtype) <= 1.0 for o in beside):
            fits.append(Fit(fault, used))
    return fits


def telling_first(seen: Seen) -> Seen:
    """The same cases, those first where the port is furthest off: most changes fail at once."""

    def off(entry: tuple[Case, Mapping[str, Truth], CaseResult]) -> float:
        case, truths, result = entry
        if result.status != "ok":
            return np.inf
        # rather a small case than a large one
        return compare_case(case.id, truths, result).used / (1000.0 + case.size)

    return sorted(seen, key=off, reverse=True)


def largest_difference(seen: Seen) -> float:
    """The largest |got - want| over all outputs of all cases, of the largest |want| of each."""
    largest = 0.0
    for case, truths, result in seen:
        if result.status == "ok":
            rtol = compare_case(case.id, truths, result, nan_equal=True).rtol
            largest = max(largest, rtol if np.isfinite(rtol) else 0.0)
    return largest
