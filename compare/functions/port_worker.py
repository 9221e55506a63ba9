"""The port in a process of its own: what its functions give for the reference's calls."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..execution.process import THREADS
from ..ports.frameworks import to_numpy
from ..ports.user_code.detect import ROOT_FRAMEWORKS, find_imported_framework
from ..ports.user_code.errors import (
    TAKES_DOUBLE,
    TargetError,
    UserCodeTimeout,
    format_error,
    read_words,
)
from ..ports.user_code.machine import find_machine_reason
from ..ports.user_code.open import LoadOptions, describe_loading, hold_warning_filters
from ..ports.user_code.run_case import (
    DTYPE_ERROR,
    OTHER_DTYPE,
    collect_float_dtypes,
    format_traceback,
    is_of_double,
)
from ..ports.user_code.sandbox import limit_time
from ..ports.user_code.shared_state import SharedState
from ..ports.user_code.target import Target
from ..rounding.random_rounding import map_leaves
from .arguments import ArgumentsError, bind_arguments, describe_lacking_defaults
from .edited import collect_sources
from .function_case import FunctionCase, load_function_cases
from .port_gradients import differentiate_port
from .reference import Functions, locate, open_functions, seed_generators
from .structures import (
    ArrayDict,
    copy_value,
    exhaust,
    find_changed_leaves,
    flatten_result,
    is_same,
    walk_leaves,
)
from .worker import FunctionWorker, main

AGAIN_LIMIT = 2.0  # seconds of a second call, which tells whether a function draws
OF_NUMBERS = ("math", "cmath", "builtins", "statistics")  # modules that take no arrays


class PortWorker(FunctionWorker):
    """Runs every call of the folder `cases` in one dtype; number i is call i.

    The job's `names` maps the reference's functions to the port's, which may lack one by another
    name where `some_names` says so; `parameters` and `defaults`, to what `list_parameters` and
    `list_defaults` say of them; `changes`, a call's number to the arguments that the reference
    changes in it; `reference` is its file.
    """

    def open(self) -> None:
        """Open the port."""
        file = self.job["target"]["path"]
        options = LoadOptions(
            self.job["framework"] or (find_imported_framework(Path(file)) if file else None),
            self.job["dtype"],
            THREADS,
            self.job["definitions_only"],
            lambda: self.log("loading"),
            self.job["import_timeout"],
        )
        found = open_functions(self.job["target"], options, self.facts)
        self.state = SharedState(found.opened.pristine)
        self.kind, self.unbound = found.opened.kind, found.opened.loaded.unbound
        self.facts["notes"] += describe_loading(found.opened)
        self.facts["notes"] += hold_warning_filters(found.opened)
        own = {n: f for n, f in found.functions.items() if not is_borrowed(self.job, f)}
        self.facts["notes"] += [
            f"{name} is the reference's own, imported: not compared"
            for name in found.functions
            if name not in own
        ]
        self.facts["functions"] = list(own)
        self.facts["others"], self.facts["classes"] = [*found.classes, *found.idle], found.classes
        imported = find_imported(self.job, found)
        for name, function in imported.items():
            where = getattr(function, "__module__", None) or type(function).__module__
            self.facts["notes"].append(f"{name} is imported, from {where}: that one was compared")
        self.functions: Mapping[str, Callable[..., Any]] = {**own, **imported}
        self.cases = load_function_cases(Path(self.job["cases"]))
        self.facts["draws"] = []
        self.asked_again: set[str] = set()
        self.names = pair_names(self.job, self.functions)
        paired = {name: self.functions[mine] for name, mine in self.names.items()}
        self.facts["notes"] += [
            f"{self.names[name]} {words}"
            for name, function in paired.items()
            for words in describe_lacking_defaults(function, *self.list_known(name))
        ]
        self.facts["sources"] = collect_sources(paired)

    def run(self) -> None:
        """Run what is not done yet, each call with its own end."""
        names = self.names
        for number, case in enumerate(self.cases):
            if number in self.job["done"]:
                continue
            if case.function not in names:
                self.log("case", number=number, status="missing", message="not offered by the port")
                continue
            if self.begin(number, case):
                self.log("case", number=number, **self.run_one(number, case, names[case.function]))
                self.note_leaks(self.state)

    def run_one(self, number: int, case: FunctionCase, name: str) -> dict[str, Any]:
        """Run one call; what it raises is the finding."""
        function = self.functions[name]
        try:
            arrays, facts = self.call(number, function, case, self.job["dtype"])
        except ArgumentsError as error:
            return {"status": "not-comparable", "message": f"{error}: let it take the same"}
        except BaseException as error:  # noqa: BLE001  # whatever a port raises is the finding
            if reason := find_machine_reason(error, self.unbound):
                return {"status": "not-comparable", "message": reason}
            if not DTYPE_ERROR.search(read_words(error)):
                return {"status": "error", "message": format_traceback(error)}
            return self.call_in_other(number, function, case, error)
        self.note_draws(function, case, arrays)
        self.save(number, arrays)  # last: the function may delete what is there
        return {"status": "ok", **facts}

    def bind(
        self, function: Callable[..., Any], arguments: Mapping[str, Any], case: FunctionCase
    ) -> tuple[list[Any], dict[str, Any]]:
        """Return (args, kwargs) to call the port's function with. Raises ArgumentsError."""
        return bind_arguments(function, arguments, *self.list_known(case.function))

    def list_known(self, name: str) -> tuple[list[str], dict[str, Any]]:
        """Return the parameters and the defaults of a function of the reference."""
        return self.job["parameters"][name], self.job["defaults"][name]

    def note_draws(
        self, function: Callable[..., Any], case: FunctionCase, arrays: ArrayDict
    ) -> None:
        """Note a function that gives another result where all generators begin elsewhere.

        One call of each tells, where it is quick.
        """
        if case.function in self.asked_again or case.caller:
            return
        self.asked_again.add(case.function)
        given = copy_value(dict(case.round_to(self.job["dtype"]).arguments))
        own = map_leaves(self.convert, given)
        args, kwargs = self.bind(function, own, case)
        self.kind.seed_generators(case.seed + 1, draws=False)
        seed_generators(case.seed + 1)
        try:
            with limit_time(AGAIN_LIMIT, "the second call"), self.state.in_force(case.function):
                again = flatten_result(function(*args, **kwargs))
        except (Exception, UserCodeTimeout):  # noqa: BLE001  # the first call has told what there is
            return
        kept = {name: array for name, array in arrays.items() if name.startswith("result")}
        if not is_same(kept, again):
            self.facts["draws"].append(case.function)
            self.log("note", facts=self.facts)

    def call_in_other(
        self, number: int, function: Callable[..., Any], case: FunctionCase, first: BaseException
    ) -> dict[str, Any]:
        """Call once more in the other dtype what failed over that of its arrays."""
        asked = self.job["dtype"]
        other = OTHER_DTYPE[asked]
        self.kind.set_dtype(other)
        try:
            arrays, facts = self.call(number, function, case, other)
        except BaseException as second:  # noqa: BLE001  # of any type: a port raises it
            if not is_of_double(second, asked):
                return {"status": "error", "message": format_traceback(first)}
        finally:
            self.kind.set_dtype(asked)
        if other == "float64":
            told = f"{TAKES_DOUBLE} ({format_error(first)})"
            return {"status": "not-comparable", "message": told}
        self.save(number, arrays)
        return {"status": "ok", **facts, "took": "float32", "message": format_error(first)}

    def call(
        self, number: int, function: Callable[..., Any], case: FunctionCase, dtype: str
    ) -> tuple[ArrayDict, dict[str, Any]]:
        """Return what one call gives, and the facts of its event."""
        given = dict(case.round_to(dtype).arguments)
        own = map_leaves(self.convert, given)
        args, kwargs = self.bind(function, own, case)
        self.kind.seed_generators(case.seed, draws=False)
        seed_generators(case.seed)
        with self.state.in_force(case.function):
            result = exhaust(function(*args, **kwargs))
        arrays = flatten_result(result)
        self.note_result(case.function, result)
        dtypes = collect_float_dtypes(dict(arrays), arrays)
        gradients: ArrayDict = {}
        if self.job["gradient"] and dtype == "float64" and not case.caller:
            gradients = self.differentiate(function, case, arrays)
        mutated: list[str] = []
        expected = self.job["changes"].get(str(number), [])
        for name, value in own.items():
            changed = find_changed_leaves(name, given[name], value)
            arrays |= {key: array for key, array in changed.items() if key in expected}
            mutated += [key.removesuffix(" afterwards") for key in changed if key not in expected]
        for key in expected:
            if key not in arrays:
                arrays |= self.read_unchanged(key, own)
        return arrays | gradients, {"dtypes": dtypes, "mutated": mutated}

    def note_result(self, name: str, result: Any) -> None:
        """Note texts, which are not compared, and whose arrays a NumPy file returns."""
        leaves = list(walk_leaves("result", result))
        texts = [place for place, leaf in leaves if isinstance(leaf, str)]
        told = f"{name}: {', '.join(texts)}: a text, which is not compared"
        if texts and told not in self.facts["notes"]:
            self.facts["notes"].append(told)
            self.log("note", facts=self.facts)
        roots = [type(leaf).__module__.partition(".")[0] for _, leaf in leaves]
        others = [ROOT_FRAMEWORKS[r] for r in roots if ROOT_FRAMEWORKS.get(r, "numpy") != "numpy"]
        if others and self.facts.get("framework") == "numpy":
            self.facts["framework"] = others[0]
            self.log("note", facts=self.facts)

    def differentiate(
        self, function: Callable[..., Any], case: FunctionCase, outputs: ArrayDict
    ) -> ArrayDict:
        """Return the port's own derivatives, where its framework has them; else say why not."""

        def call(arguments: Any) -> Any:
            args, kwargs = self.bind(function, arguments, case)
            with self.state.in_force(case.function):
                return function(*args, **kwargs)

        own = map_leaves(self.convert, dict(case.round_to("float64").arguments))
        seed_generators(case.seed)
        notes: list[str] = []
        found = differentiate_port(self.kind.name, call, own, outputs, case.seed, notes)
        told = [f"gradients of {case.function} not compared: {note}" for note in notes]
        if new := [note for note in dict.fromkeys(told) if note not in self.facts["notes"]]:
            self.facts["notes"] += new
            self.log("note", facts=self.facts)
        return found

    def convert(self, leaf: Any) -> Any:
        """Return an array as the framework's; what is none stays what it is."""
        return self.kind.array(leaf) if isinstance(leaf, np.ndarray) else leaf

    def read_unchanged(self, key: str, own: Mapping[str, Any]) -> ArrayDict:
        """Return an argument that the reference changes, and the port left as it was."""
        place = key.removesuffix(" afterwards")
        for name, value in own.items():
            for where, leaf in walk_leaves(name, value):
                if where == place:
                    return {key: to_numpy(leaf)}
        return {}


def is_borrowed(job: Mapping[str, Any], function: Callable[..., Any]) -> bool:
    """Whether a function stands in the reference's file, and the port is another file."""
    files = (locate(function)[0], job["reference"], job["target"]["path"])
    there, reference, mine = (os.path.realpath(file) if file else "" for file in files)
    return bool(there) and there == reference != mine


def find_imported(job: Mapping[str, Any], found: Functions) -> dict[str, Callable[..., Any]]:
    """Return what the port imports under the names that the reference's functions have.

    Not the reference's own, which would be compared with itself, nor functions of plain numbers or
    of another framework's arrays.
    """
    imported: dict[str, Callable[..., Any]] = {}
    single = Target(**job["target"]).last_name
    for name in [single] if single else [job["names"].get(n, n) for n in job["parameters"]]:
        value = getattr(found.opened.loaded.module, name, None)
        if name in found.functions or not callable(value) or isinstance(value, type):
            continue
        root = (getattr(value, "__module__", None) or "").partition(".")[0]
        other = ROOT_FRAMEWORKS.get(root, found.opened.kind.name) not in found.opened.kind.name
        if root not in OF_NUMBERS and not other and not is_borrowed(job, value):
            imported[name] = value
    return imported


def pair_names(job: Mapping[str, Any], functions: Mapping[str, Any]) -> dict[str, str]:
    """Map the reference's functions to the port's: by name, or as the user says."""
    theirs, given = list(job["parameters"]), job["names"]
    single = Target(**job["target"]).last_name
    if single in functions and job["single"] in job["parameters"]:
        return {job["single"]: str(single)}
    found = {name: given.get(name, name) for name in theirs}
    for name, mine in found.items():
        if name in given and mine not in functions:
            if not job["some_names"]:
                raise TargetError(f"--map {mine}={name}: the port has no function {mine}")
            found[name] = name  # the other name is another port's
    wanted = {single} & functions.keys() or functions  # one that is named, else all
    return {name: mine for name, mine in found.items() if mine in wanted}


if __name__ == "__main__":
    main(PortWorker)
