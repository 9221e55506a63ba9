"""Which known faults a check could not have seen, and the case that would have shown each.

A check that ran every case in float64 sees every fault of the table (the audit shows it).
One that could not, because the port has one size alone, or is square, or computes in float32, or
was recorded on some inputs, is blind to some: found by running each fault on what was run.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from ..judging.cause import list_cause_ids
from ..judging.check import SurvivingFault
from ..judging.compare import CaseEntries
from ..judging.expected import Expected, expected_outputs
from ..judging.status import FINDINGS, Status
from ..judging.verdict import Verdict
from ..rounding import measure_shares
from ..suite.case import Case
from ..suite.fault import Edits
from ..suite.suite import Suite
from .experiments import Experiments
from .relevance import relevant_edits

DETECTION_DTYPE = "float64"  # in which the cases show every fault


def find_surviving_faults(
    verdicts: Sequence[Verdict],
    ran: Mapping[str, Mapping[str, CaseEntries]],
    experiments: Experiments,
) -> list[SurvivingFault]:
    """Every fault, one form of each, that what passed here may have and nothing that ran shows.

    ran: dtype to component to its cases, truths and results. Components that did not pass, in both
        dtypes, are left out, as are statistics of random draws: what they lack is said of them
        elsewhere.
    """
    suite = experiments.suite
    passed = {(v.component, v.dtype) for v in verdicts if v.passed}
    names = [n for n, c in suite.components.items() if c.expected is None and not c.stored_dtype]
    failed = {v.component for v in verdicts if v.status in FINDINGS or v.status == Status.FOLLOWS}
    offered = [n for n in names if n not in failed and any((n, d) in passed for d in ran)]
    waiting = list_waiting_cases(suite, verdicts, ran, offered)
    if not waiting:
        return []
    scene = FaultDetector(experiments)
    found: dict[str, SurvivingFault] = {}
    seen = {name for v in verdicts for name in list_cause_ids(v.cause)}  # found: not blind to it
    for fault in suite.hypotheses:
        if DETECTION_DTYPE not in fault.dtypes or fault.id in seen:
            continue
        edits = fault.truth_edits
        shown = next((c for c in waiting if scene.is_visible_in_case(c, edits)), None)
        if shown is None:
            continue
        groups = [
            (dtype, ran[dtype][name])
            for name in sorted(offered, key=lambda n: n != shown.component)
            for dtype in list_telling_dtypes(name, ran, passed)
            if relevant_edits(suite, edits, name)
        ]
        if any(scene.is_visible_in_run(group, dtype, edits) for dtype, group in groups):
            continue
        seen.add(fault.id)
        found[fault.key] = SurvivingFault(
            fault.id, fault.form, fault.name, shown.component, shown.id
        )
    return list(found.values())


def list_telling_dtypes(
    name: str, ran: Mapping[str, Mapping[str, CaseEntries]], passed: set[tuple[str, str]]
) -> list[str]:
    """Return the dtypes that a component passed in: float64 alone where it did, which shows all."""
    found = [dtype for dtype, groups in ran.items() if (name, dtype) in passed and name in groups]
    return [DETECTION_DTYPE] if DETECTION_DTYPE in found else found


def list_waiting_cases(
    suite: Suite,
    verdicts: Sequence[Verdict],
    ran: Mapping[str, Mapping[str, CaseEntries]],
    offered: Sequence[str],
) -> list[Case]:
    """Return the suite's cases of these components that were not run, but for the port's limits."""
    passed = {v.component for v in verdicts if v.passed and v.dtype == DETECTION_DTYPE}
    done = {
        (name, case.id)
        for name in passed.intersection(offered)
        for case, _, result in ran.get(DETECTION_DTYPE, {}).get(name, ())
        if result.status == "ok"
    }
    limits = {(v.component, limit.form) for v in verdicts for limit in v.limits}
    return [
        case
        for case in suite.cases()
        if case.component in offered
        and DETECTION_DTYPE in case.dtypes
        and case.promised
        and (case.component, case.id) not in done
        and (case.component, case.form) not in limits
    ]


class FaultDetector:
    """Whether a change shows in a case: it moves an output by more than the budget."""

    def __init__(self, experiments: Experiments) -> None:
        self.experiments = experiments
        self.expected: dict[int, Mapping[str, Expected]] = {}

    def is_visible_in_case(self, case: Case, edits: Edits) -> bool:
        """In a case that was not run, whose budget is worked out only where something moves."""
        if not relevant_edits(self.experiments.suite, edits, case.component):
            return False
        as_is = self.experiments.values_only(case, DETECTION_DTYPE, ())
        changed = self.experiments.values_only(case, DETECTION_DTYPE, edits)
        if isinstance(changed, Exception) or isinstance(as_is, Exception):
            return isinstance(changed, Exception) != isinstance(as_is, Exception)
        if all(is_same_array(as_is[key], changed.get(key)) for key in as_is):
            return False
        if id(case) not in self.expected:
            self.expected[id(case)] = expected_outputs(
                self.experiments.suite, case, DETECTION_DTYPE
            )
        return is_beyond_budget(self.expected[id(case)], changed)

    def is_visible_in_run(self, seen: CaseEntries, dtype: str, edits: Edits) -> bool:
        """In one of the cases that were run."""
        for case, truths, result in sorted(seen, key=lambda entry: entry[0].size):
            if result.status != "ok" or dtype not in case.dtypes:
                continue
            changed = self.experiments.values_only(case, dtype, edits)
            if changed is self.experiments.values_only(case, dtype, ()):
                continue  # the case does not come by the change
            if isinstance(changed, Exception) or is_beyond_budget(truths, changed):
                return True
        return False


def is_same_array(a: np.ndarray, b: np.ndarray | None) -> bool:
    """Say whether b is there and equals a in shape and values, NaN equal to NaN."""
    return b is not None and a.shape == b.shape and np.array_equal(a, b, equal_nan=True)


def is_beyond_budget(truths: Mapping[str, Expected], changed: Mapping[str, np.ndarray]) -> bool:
    """Whether an output is off by more than its budget, gone, or of another shape."""
    for key, truth in truths.items():
        value = changed.get(key)
        if value is None or value.shape != truth.want.shape:
            return True
        if np.any(measure_shares(value, truth.want, truth.allowed) > 1.0):
            return True
    return False
