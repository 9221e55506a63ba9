"""The port in a process of its own: what its functions give for the reference's calls."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..execution.process import THREADS
from ..ports.frameworks import to_numpy
from ..ports.user_code.errors import TargetError, format_error
from ..ports.user_code.machine import find_machine_reason
from ..ports.user_code.open import LoadOptions, describe_loading
from ..ports.user_code.run_case import DTYPE_ERROR, collect_float_dtypes, format_traceback
from ..rounding.random_rounding import map_leaves
from .edited import collect_sources
from .function_case import ArgumentsError, FunctionCase, bind_arguments, load_function_cases
from .gradients import differentiate_port
from .reference import open_functions, seed_generators
from .structures import ArrayDict, find_changed_leaves, flatten_result, walk_leaves
from .worker import FunctionWorker, main


class PortWorker(FunctionWorker):
    """Runs every call of the folder `cases` in one dtype; number i is call i.

    The job's `names` maps the reference's functions to the port's, which may lack one by another
    name where `some_names` says so; `parameters`, to the reference's names of their arguments, in
    order; `changes`, a call's number to the arguments that the reference changes in it.
    """

    def open(self) -> None:
        """Open the port."""
        options = LoadOptions(
            self.job["framework"],
            self.job["dtype"],
            THREADS,
            self.job["definitions_only"],
            lambda: self.log("loading"),
            self.job["import_timeout"],
        )
        found = open_functions(self.job["target"], options, self.facts)
        self.kind, self.unbound = found.opened.kind, found.opened.loaded.unbound
        self.facts["notes"] += describe_loading(found.opened.loaded)
        self.facts["functions"] = list(found.functions)
        self.facts["others"] = found.others
        self.functions: Mapping[str, Callable[..., Any]] = found.functions
        self.cases = load_function_cases(Path(self.job["cases"]))
        self.names = pair_names(self.job, found.functions)
        paired = {name: found.functions[mine] for name, mine in self.names.items()}
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
            self.log("begin", number=number)
            self.log("case", number=number, **self.run_one(number, case, names[case.function]))

    def run_one(self, number: int, case: FunctionCase, name: str) -> dict[str, Any]:
        """Run one call; what it raises is the finding."""
        function = self.functions[name]
        try:
            arrays, facts = self.call(number, function, case, self.job["dtype"])
        except ArgumentsError as error:
            return {"status": "not-comparable", "message": f"{error}: let it take the same"}
        except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever a port raises is the finding
            if reason := find_machine_reason(error, self.unbound):
                return {"status": "not-comparable", "message": reason}
            if self.job["dtype"] != "float64" or not DTYPE_ERROR.search(str(error)):
                return {"status": "error", "message": format_traceback(error)}
            return self.call_in_single(number, function, case, error)
        self.save(number, arrays)
        return {"status": "ok", **facts}

    def call_in_single(
        self, number: int, function: Callable[..., Any], case: FunctionCase, first: BaseException
    ) -> dict[str, Any]:
        """Call once more in float32 what failed over the dtype of float64 arrays."""
        self.kind.set_dtype("float32")
        try:
            arrays, facts = self.call(number, function, case, "float32")
        except (Exception, SystemExit):  # noqa: BLE001  # what it said first is the finding
            return {"status": "error", "message": format_traceback(first)}
        finally:
            self.kind.set_dtype("float64")
        self.save(number, arrays)
        message = f"asked for float64, took only float32 ({format_error(first)})"
        return {"status": "ok", **facts, "took": "float32", "message": message}

    def call(
        self, number: int, function: Callable[..., Any], case: FunctionCase, dtype: str
    ) -> tuple[ArrayDict, dict[str, Any]]:
        """Return what one call gives, and the facts of its event."""
        given = dict(case.round_to(dtype).arguments)
        own = map_leaves(self.convert, given)
        args, kwargs = bind_arguments(function, own, self.job["parameters"][case.function])
        self.kind.seed_generators(case.seed, draws=False)
        seed_generators(case.seed)
        result = function(*args, **kwargs)
        if hasattr(result, "__next__"):
            result = list(result)
        arrays = flatten_result(result)
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

    def differentiate(
        self, function: Callable[..., Any], case: FunctionCase, outputs: ArrayDict
    ) -> ArrayDict:
        """Return the port's own derivatives, where its framework has them; else say why not."""
        names = self.job["parameters"][case.function]

        def call(arguments: Any) -> Any:
            args, kwargs = bind_arguments(function, arguments, names)
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


def pair_names(job: Mapping[str, Any], functions: Mapping[str, Any]) -> dict[str, str]:
    """Map the reference's functions to the port's: by name, or as the user says."""
    theirs, given = list(job["parameters"]), job["names"]
    if job["target"]["name"] is not None and job["single"]:
        return {job["single"]: job["target"]["name"]}
    found = {name: given.get(name, name) for name in theirs}
    for name, mine in found.items():
        if name in given and mine not in functions:
            if not job["some_names"]:
                raise TargetError(f"--map {mine}={name}: the port has no function {mine}")
            found[name] = name  # the other name is another port's
    return {name: mine for name, mine in found.items() if mine in functions}


if __name__ == "__main__":
    main(PortWorker)
