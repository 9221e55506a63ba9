"""What a port is compared with, as one object that is handed to the engine."""

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Any

import numpy as np

from .case import Case
from .component import Component
from .fault import Fault, ParametricFault
from .training_task import TrainingTask
from .user_code import UserCodeRules


@dataclass(frozen=True)
class Suite:
    """A truth, what ports of it offer, the inputs, and the changes that are known to be made.

    location: where another process finds this object, "package.module:NAME".
    truth: the package whose functions are right, by its dotted name.
    gates: in their order.
    components: by name, in the order in which they are judged.
    mutable_inputs: names of inputs that become the port's own, and that it may change.
    parameters: names of a network's parameters.
    updates: the components whose outputs are parameters after steps of a training.
    cases: makes every case that needs no data set.
    sized_cases: those of a network, for a port that has one size (inputs, hidden, outputs) alone.
    short_inputs: component to inputs that can be written down in a line.
    faults: by key.
    parametric_faults: those with a number in them, which is estimated.
    second_faults: keys of what other faults come along with most.
    user_code: how a stranger's code is taken up.
    run_conventions: asks a framework, in its own process, where it differs; takes it and a dtype.
    training: what is trained and how, or None.
    """

    location: str
    truth: str
    gates: tuple[str, ...]
    components: Mapping[str, Component]
    mutable_inputs: frozenset[str]
    parameters: tuple[str, ...]
    updates: tuple[str, ...]
    cases: Callable[[], list[Case]]
    sized_cases: Callable[[int, int, int], list[Case]]
    short_inputs: Mapping[str, tuple[dict[str, Any], ...]]
    faults: Mapping[str, Fault]
    user_code: UserCodeRules
    run_conventions: Callable[[Any, str], list[dict[str, Any]]]
    parametric_faults: tuple[ParametricFault, ...] = ()
    second_faults: tuple[str, ...] = ()
    training: TrainingTask | None = None

    @cached_property
    def truth_module(self) -> ModuleType:
        """The package whose functions are right."""
        return importlib.import_module(self.truth)

    @property
    def task(self) -> TrainingTask:
        """Its training. Raises ValueError for a suite that has none."""
        if self.training is None:
            raise ValueError(f"{self.location} has no training")
        return self.training

    @cached_property
    def hypotheses(self) -> tuple[Fault, ...]:
        """Every known change that can be run on the truth; the benign ones change nothing."""
        return tuple(
            fault
            for fault in self.faults.values()
            if (fault.hypothesis or fault.plain) and fault.kind != "benign" and fault.truth_edits
        )

    @cached_property
    def right_forms(self) -> tuple[Fault, ...]:
        """Every change of the truth that leaves it right."""
        return tuple(
            fault
            for fault in self.faults.values()
            if fault.hypothesis and fault.kind == "benign" and fault.truth_edits
        )

    def collect_parts(self, name: str) -> set[str]:
        """Return every component that this one is made of, however deep."""
        found: set[str] = set()
        for part in self.components[name].parts if name in self.components else ():
            found |= {part} | self.collect_parts(part)
        return found

    def list_offered(self, has: Callable[[str], bool]) -> list[str]:
        """Return the components that a port offers, given a test for one (dotted) name."""
        return [c.name for c in self.components.values() if all(has(name) for name in c.needs)]

    def make_short_cases(self, component: str) -> Iterator[Case]:
        """Yield cases of a component that can be written down in a line."""
        for number, inputs in enumerate(self.short_inputs.get(component, ())):
            arrays = {key: np.array(value) for key, value in inputs.items()}
            yield Case(component, f"probe {number}", arrays)


def find_suite(location: str) -> Suite:
    """Return the suite at a `Suite.location`.

    >>> find_suite("trueport.compare.chapter.suite:CHAPTER").truth
    'trueport.reference'
    """
    module, _, name = location.partition(":")
    found = getattr(importlib.import_module(module), name)
    assert isinstance(found, Suite)
    return found
