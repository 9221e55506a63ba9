"""A function in NumPy as a port of one component: what it gives or raises in every case."""

from collections.abc import Callable
from typing import Any

import numpy as np

from trueport.compare.causes.experiments import Experiments
from trueport.compare.causes.explain import explain
from trueport.compare.chapter.cases import generate_cases
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.observation import CaseResult
from trueport.compare.judging.compare import CaseEntries
from trueport.compare.judging.expected import expected_outputs
from trueport.compare.judging.judge import judge_component
from trueport.compare.judging.limits import set_limits_aside
from trueport.compare.judging.verdict import Verdict
from trueport.compare.ports.frameworks import to_numpy


class FunctionView:
    """`suite.component.View` of one function."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def get(self, name: str) -> Any:
        return self.function

    def array(self, value: np.ndarray) -> np.ndarray:
        return value.copy()


def run_function(component: str, function: Callable[..., Any]) -> CaseEntries:
    """Every case of a component, its truth, and what the function makes of it."""
    found = []
    for case in generate_cases():
        if case.component != component:
            continue
        view = FunctionView(function)
        inputs = case.convert_inputs(view.array)
        try:
            with np.errstate(all="ignore"):
                outputs = CHAPTER.components[component].call(view, inputs)
            arrays = {key: to_numpy(value) for key, value in outputs.items()}
        except Exception as error:  # noqa: BLE001  # the function may raise anything
            result = CaseResult("error", f"{type(error).__name__}: {error}")
        else:
            changed = [
                key
                for key, value in case.inputs.items()
                if isinstance(value, np.ndarray) and not np.array_equal(value, inputs[key])
            ]
            result = CaseResult("ok", outputs=arrays, mutated=changed)
        found.append((case, expected_outputs(CHAPTER, case, "float64"), result))
    return found


def judge_function(
    component: str, function: Callable[..., Any], seconds: float | None = None
) -> Verdict:
    """The verdict on a function, with its cause."""
    entries = run_function(component, function)
    seen, limits = set_limits_aside(CHAPTER.components[component], entries)
    verdict = judge_component(CHAPTER, "port", "float64", component, seen, limits)
    explain([verdict], {component: seen}, Experiments(CHAPTER, seconds))
    return verdict
