"""What a port is compared with, as one object that is handed to the engine."""

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Any

import numpy as np

from .case import Case
from .component import Component, PortSpec
from .fault import Fault, ParametricFault
from .training_task import TrainingTask
from .user_code import UserCodeRules


@dataclass(frozen=True)
class Suite:
    """A truth, what ports of it offer, the inputs, and the changes that are known to be made.

    run_conventions: asks a framework, in its own process, where it differs; takes it and a dtype.
    """

    location: str  # where another process finds this object, "package.module:NAME"
    truth: str  # the package whose functions are right, by its dotted name
    ports: Mapping[str, PortSpec]  # by name, those that come with it; the truth is one of them
    gates: tuple[str, ...]  # in their order
    components: Mapping[str, Component]  # by name, in the order in which they are judged
    mutable_inputs: frozenset[str]  # inputs that become the port's own, and that it may change
    parameters: tuple[str, ...]  # names of a network's
    updates: tuple[str, ...]  # components whose outputs are parameters after steps of a training
    cases: Callable[[], list[Case]]  # makes every case that needs no data set
    sized_cases: Callable[[int, int, int], list[Case]]  # of a network of (inputs, hidden, outputs)
    short_inputs: Mapping[str, tuple[dict[str, Any], ...]]  # that can be written in a line
    faults: Mapping[str, Fault]  # by key
    user_code: UserCodeRules
    run_conventions: Callable[[Any, str], list[dict[str, Any]]]
    task: TrainingTask
    parametric_faults: tuple[ParametricFault, ...] = ()  # with a number, which is estimated
    second_faults: tuple[str, ...] = ()  # keys of what other faults come along with most
    other_optimizers: frozenset[str] = frozenset()  # ids of rules with a rate of their own

    @cached_property
    def truth_module(self) -> ModuleType:
        """The package whose functions are right."""
        return importlib.import_module(self.truth)

    @property
    def truth_port(self) -> PortSpec:
        """The truth as one of its ports."""
        return next(port for port in self.ports.values() if port.module == self.truth)

    @cached_property
    def hypotheses(self) -> tuple[Fault, ...]:
        """Every known change that can be run on the truth; the benign ones change nothing."""
        return tuple(
            fault
            for fault in self.faults.values()
            if (fault.hypothesis or fault.plain)
            and fault.kind in ("fault", "convention")
            and fault.truth_edits
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
