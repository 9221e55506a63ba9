"""The search for causes in a process of its own: it runs edited code, which may do anything."""

import contextlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from .apart import group_fits
from .edit_search import EditSearch, Fit
from .find_fits import find_fits
from .function_case import load_function_cases
from .gradients import PREFIX
from .probes import keep_confirmed, write_probes
from .reference import open_reference
from .seen import Seen
from .spread import Budgeted
from .survivors import find_survivors
from .worker import FunctionWorker, main

EDIT_MEMORY = 1 << 30  # bytes that edited code may ask for, beyond what is there


class EditWorker(FunctionWorker):
    """Tries its part of all edits for each function of the job's `tasks`; number i is task i.

    A task: function, dtype, numbers of its calls, seconds; fits where these are to be told apart;
    survivors, whether edits are looked for that its calls would not show. `reference` and `port`
    are the folders in which those left their arrays; `broken`, the calls in which the port raised.
    """

    def open(self) -> None:
        """Open the reference once more."""
        self.reference = open_reference(self.job["target"], self.job["import_timeout"], self.facts)
        self.cases = load_function_cases(Path(self.job["cases"]))
        limit_memory()

    def run(self) -> None:
        """Search for each task, and tell what fits as JSON in its message."""
        for number, task in enumerate(self.job["tasks"]):
            if number in self.job["done"]:
                continue
            self.log("begin", number=number)
            search = self.make_search(task)
            found: list[dict[str, Any]]
            if "probed" in task:
                folders = (Path(task[name]) for name in ("probes", "probed"))
                cases, port = folders
                found = keep_confirmed(search, task["fits"], cases, task["first"], port)
                tried = 0
            elif "fits" in task:
                found, tried = group_fits(search, task["fits"]), 0
                write_probes(search, Path(self.job["shared"]) / f"probes-{number}")
            elif task["survivors"]:
                found = find_survivors(search, self.job["part"], self.job["parts"])
                tried = search.tried
            else:
                found, tried = [vars(fit) for fit in self.search(number, search)], search.tried
            told = json.dumps({"fits": found, "tried": tried, "cut": search.is_over()})
            self.log("case", number=number, status="told", message=told)

    def make_search(self, task: dict[str, Any]) -> EditSearch:
        """Return the search that a task asks for."""
        name, seen = task["function"], [self.load(index, task) for index in task["numbers"]]
        return EditSearch(
            self.reference.module,
            name,
            self.reference.functions[name],
            seen,
            task["dtype"],
            task["seconds"],
        )

    def search(self, number: int, search: EditSearch) -> list[Fit]:
        """Return what fits, and let the other processes know."""
        flag = Path(self.job["shared"]) / f"{number}.found"
        fits = find_fits(search, self.job["part"], self.job["parts"], flag.exists)
        if fits:
            flag.touch()
        return fits

    def load(self, index: int, task: dict[str, Any]) -> Seen:
        """Return one call: what is right, and what the port gave."""
        truth: dict[str, Budgeted] = {}
        gradients: dict[str, Budgeted] = {}
        number = 2 * index + (task["dtype"] == "float32")
        with np.load(Path(self.job["reference"]) / f"{number:04d}.npz") as npz:
            for key in npz.files:
                kind, _, name = key.partition(":")
                if kind == "want":
                    rest = (npz[f"{part}:{name}"] for part in ("allowed", "undecided"))
                    where = gradients if name.startswith(PREFIX) else truth
                    where[name] = Budgeted(npz[key], *rest)
        got, derived = None, {}
        if index not in task["broken"]:
            with np.load(Path(task["port"]) / f"{index:04d}.npz") as npz:
                whole = dict(npz)
            derived = {n: whole.pop(n) for n in list(whole) if n.startswith(PREFIX)}
            got = whole
        return Seen(self.cases[index], truth, got, gradients if derived else {}, derived)


def limit_memory() -> None:
    """Let an edit that asks for more memory than it should get an error, and not end the process.

    Where the system knows no such limit, the parent's holds.
    """
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # not on every system

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + EDIT_MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    main(EditWorker)
