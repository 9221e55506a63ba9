"""The reference in a process of its own: the calls to compare by, what is right, the budget."""

import types
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..ports.user_code.errors import TargetError, UserCodeTimeout, format_error
from ..ports.user_code.open import describe_loading
from ..ports.user_code.run_case import format_traceback
from ..ports.user_code.sandbox import limit_time
from ..ports.user_code.shared_state import SharedState, read_names
from ..ports.user_code.target import Target
from .arguments import list_defaults, list_parameters
from .budget import compute_budget
from .edited import collect_sources, find_helpers
from .function_case import FunctionCase, load_function_cases, save_function_cases
from .gradients import differentiate_reference
from .inputs import HOW_TO_GIVE, collect_cases, find_inner_cases
from .outcome import UndecidableError
from .reference import (
    Functions,
    describe_classes,
    find_callees,
    find_random_line,
    locate,
    open_reference,
)
from .spread import Budgeted
from .structures import NOTHING
from .worker import FunctionWorker, main

DTYPES = ("float64", "float32")
MAX_TOLD = 5  # calls that do not fit, that are told
GRADIENT_LIMIT = 5.0  # seconds for the derivatives of one call
RETURNS_NOTHING = (
    "the reference returns None and changes no argument, so that there is nothing to compare: let "
    "it return what is to be compared"
)
CASES_LIMIT = 30.0  # seconds in which the reference must have given its calls


class ReferenceWorker(FunctionWorker):
    """Runs every call in both dtypes: number 2 i is call i in float64, 2 i + 1 in float32.

    The job's `inputs` is a file that gives the calls, or None; `wanted`, the functions that are
    compared, None for all. The calls are left in `cases`.
    """

    def open(self) -> None:
        """Open the reference and collect the calls."""
        self.reference = open_reference(self.job["target"], self.job["import_timeout"], self.facts)
        self.state = SharedState(read_names())
        functions = self.reference.functions
        self.facts["without_gradients"] = []
        self.facts["notes"] += describe_loading(self.reference.opened)
        self.facts["functions"] = {
            name: {"file": file, "line": line}
            for name, function in functions.items()
            for file, line in [locate(function)]
        }
        self.facts["parameters"] = {
            name: list_parameters(function) for name, function in functions.items()
        }
        self.facts["defaults"] = {name: list_defaults(f) for name, f in functions.items()}
        self.facts["sources"] = collect_sources(find_own_functions(self.reference))
        self.facts["classes"] = self.reference.classes
        self.facts["callees"] = find_callees(functions)
        folder = self.folder / "cases"
        if (folder / "cases.json").exists():
            self.cases = load_function_cases(folder)
        else:
            words = f"the calls to compare by were not there within {CASES_LIMIT:g} s"
            try:
                with limit_time(CASES_LIMIT, words), self.state.in_force("cases()"):
                    given = self.collect_given(self.reference)
            except BaseException as error:
                if isinstance(error, TargetError):
                    raise
                if isinstance(error, UserCodeTimeout):
                    raise TargetError(f"{words}: let cases(), or the file, give fewer") from error
                raise TargetError(f"the calls to compare by failed: {error}") from error
            self.cases = self.add_inner_cases(self.reference, given)
            save_function_cases(self.cases, folder)
        called = {case.function for case in self.cases}
        self.facts["without_inputs"] = [name for name in functions if name not in called]

    def collect_given(self, reference: Functions) -> list[FunctionCase]:
        """Return the calls that are given. Raises TargetError if there are none."""
        functions = reference.functions
        if not functions:
            told = [describe_classes(reference.classes)] if reference.classes else []
            raise TargetError("; ".join(["it has no public function to compare by", *told]))
        unfit: list[str] = []
        given = collect_cases(reference.module, functions, self.job["inputs"], unfit)
        if not given:
            why = "; ".join(unfit[:MAX_TOLD]) or f"there are no inputs to compare by: {HOW_TO_GIVE}"
            raise TargetError(why)
        self.facts["notes"] += unfit[:MAX_TOLD]
        return given

    def add_inner_cases(
        self, reference: Functions, given: list[FunctionCase]
    ) -> list[FunctionCase]:
        """Return the calls that are given and those that they make, of what is compared."""
        wanted = self.job["wanted"]
        cases = list(given)
        for case in given:
            if case.function in self.job["closed"]:  # it ends the process: told when it is run
                continue
            self.log("looking", component=case.function)
            with self.state.in_force(case.function):
                cases += find_inner_cases(reference.module, reference.functions, [case])
        self.log("looking", component="")
        if single := Target(**self.job["target"]).last_name:  # a function, or a class
            wanted = [single] if single in reference.functions else None
        if wanted is not None:
            cases = [case for case in cases if case.function in wanted]
        return list(number_alike(cases))

    def run(self) -> None:
        """Compute what is right, and the budget, call by call: float32's tells of float64's."""
        for index, case in enumerate(self.cases):
            self.single: dict[str, Budgeted] | None = None
            for k, dtype in reversed(list(enumerate(DTYPES))):
                number = 2 * index + k
                if number in self.job["done"] or dtype not in self.job["dtypes"]:
                    continue
                if self.begin(number, case):
                    with self.state.in_force(case.function):
                        told = self.run_one(number, case, dtype)
                    self.log("case", number=number, **told)
                    self.note_leaks(self.state)

    def differentiate(
        self, function: Callable[..., Any], case: FunctionCase, found: dict[str, Budgeted]
    ) -> dict[str, Budgeted]:
        """Return the derivatives of a call; none where they cannot be had in time."""
        # of a call inside another the outer one's derivatives speak
        if case.caller or any(name.endswith(" afterwards") for name in found):
            return {}
        words = f"the reference's took more than {GRADIENT_LIMIT:g} s"
        try:
            with limit_time(GRADIENT_LIMIT, words):
                return differentiate_reference(function, case, found)
        except (Exception, UserCodeTimeout) as error:  # noqa: BLE001  # beside the given inputs it may raise anything
            told = f"gradients of {case.function} not compared in case '{case.id}': "
            self.facts["without_gradients"].append(told + format_error(error))
            self.log("note", facts=self.facts)
            return {}

    def run_one(self, number: int, case: FunctionCase, dtype: str) -> dict[str, Any]:
        """Run one call; what it raises is what the reference does there."""
        function = self.reference.functions[case.function]
        try:
            found = compute_budget(function, case, dtype, self.single)
        except UndecidableError as error:
            reason = str(error)
            if reason == "random":
                used = find_helpers(self.reference.module, function)
                line = find_random_line([function, *used])
                reason = (
                    f"the reference draws random numbers ({line}): hand what it draws over as an "
                    "argument"
                    if line
                    else "called again, the reference gives another result: it draws random "
                    "numbers or keeps a state; hand that over as an argument"
                )
            return {"status": "not-comparable", "message": reason}
        except BaseException as error:  # noqa: BLE001  # a user's code: what it raises is told
            return {"status": "error", "message": format_traceback(error)}
        if all(name.endswith(NOTHING) for name in found):
            return {"status": "not-comparable", "message": RETURNS_NOTHING}
        self.single = dict(found) if dtype == "float32" else None
        if self.job["gradient"] and dtype == "float64":
            found |= self.differentiate(function, case, found)
        arrays = {}
        for name, one in found.items():
            arrays[f"want:{name}"], arrays[f"allowed:{name}"] = one.want, one.allowed
            arrays[f"undecided:{name}"] = one.undecided
        self.save(number, arrays)
        return {"status": "ok"}


def find_own_functions(reference: Functions) -> dict[str, Callable[..., Any]]:
    """Return every function that the reference's file defines, public or not."""
    own = vars(reference.module).items()
    found = {name: value for name, value in own if isinstance(value, types.FunctionType)}
    return {n: f for n, f in found.items() if f.__module__ == reference.module.__name__}


def number_alike(cases: list[FunctionCase]) -> list[FunctionCase]:
    """Return the cases with ids that are unique within a function."""
    seen: dict[tuple[str, str], int] = {}
    found = []
    for case in cases:
        key = (case.function, case.id)
        seen[key] = seen.get(key, 0) + 1
        found.append(case if seen[key] == 1 else replace(case, id=f"{case.id} ({seen[key]})"))
    return found


if __name__ == "__main__":
    main(ReferenceWorker)
