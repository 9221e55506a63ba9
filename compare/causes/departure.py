"""A component that departs, as every search for its cause is given it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..execution.observation import CaseResult
from ..judging.compare import CaseEntries, compare_case
from ..judging.expected import Expected
from ..suite.case import Case
from ..suite.fault import Edits, Fault
from .experiments import Experiments
from .relevance import relevant_edits
from .smallest_cases import find_smallest


@dataclass(frozen=True)
class Departure:
    """What a cause must explain, and what it must leave alone.

    seen: the component's cases, as `most_informative_first` puts them; dtype: what the port
        computed in.
    base: changes that are there already: causes are looked for on top of them.
    beside: components of the port that are already explained (with base) or right; a change that
        would alter one of them is refuted.
    """

    seen: CaseEntries
    dtype: str
    experiments: Experiments
    base: Edits = ()
    beside: Sequence[CaseEntries] = ()

    @property
    def component(self) -> str:
        """The name of the component."""
        return self.seen[0][0].component

    @cached_property
    def cases(self) -> list[Case]:
        """Its cases that mean anything in dtype."""
        return [case for case, _, _ in self.seen if self.dtype in case.dtypes]

    @cached_property
    def smallest(self) -> list[Case]:
        """The smallest of these, of each form one."""
        return find_smallest(self.cases)

    @property
    def drawn(self) -> bool:
        """Whether it is judged by statistics of random draws."""
        return any(truth.statistical for _, truths, _ in self.seen for truth in truths.values())

    def on_top_of(self, edits: Edits) -> "Departure":
        """Return the same with more changes that are there already."""
        return replace(self, base=self.base + edits)

    def measure_misfit(self, edits: Edits) -> float:
        """Return the share of its own budget by which a change misses what the port did.

        On every case; infinite if it misses more.
        """
        return self.experiments.measure_misfit(self.base + edits, self.seen, self.dtype)

    def leaves_the_rest(self, edits: Edits) -> bool:
        """Whether a change leaves what is explained or right as it is."""
        return self.experiments.reproduces_all(self.base + edits, self.beside, self.dtype)

    def can_feel(self, edits: Edits) -> bool:
        """Whether a change stands in a file that the component is made of."""
        return bool(relevant_edits(self.experiments.suite, edits, self.component))

    def is_told(self, fault: Fault) -> bool:
        """Whether the cases tell a constant from a factor: what it stands for must vary."""
        if not fault.told_by:
            return True
        given = [np.asarray(case.inputs.get(fault.told_by)) for case, _, _ in self.seen]
        return len({value.shape[:1] for value in given}) > 1

    def is_altered_by(self, fault: Fault) -> bool:
        """Whether a change that reproduces the port alters an output, or what it was given.

        One that is made upon another must alter something of what that one gives.
        """
        if any(result.mutated for _, _, result in self.seen):
            return True
        without = self.base
        if fault.upon:
            without += self.experiments.suite.faults[fault.upon].truth_edits
        after = self.base + fault.truth_edits
        return self.experiments.gives_other(without, after, self.cases, self.dtype)


def most_informative_first(seen: CaseEntries) -> CaseEntries:
    """Return the same cases, those first where the port is furthest off: most fail at once."""

    def off(entry: tuple[Case, Mapping[str, Expected], CaseResult]) -> float:
        case, truths, result = entry
        if result.status != "ok":
            return np.inf
        # rather a small case than a large one
        return compare_case(case.id, truths, result).used / (1000.0 + case.size)

    return sorted(seen, key=off, reverse=True)
