"""The search for causes in a process of its own: it runs edited code, which may do anything."""

import contextlib
import json
from pathlib import Path
from typing import Any

from ..suite.case import load_arrays
from .apart import group_fits
from .edit_search import EditSearch
from .find_fits import find_fits
from .function_case import load_function_cases
from .gradients import PREFIX
from .probes import keep_confirmed, load_probed, see_probes, write_probes
from .reference import open_reference
from .seen import Seen
from .single_precision import is_off_by_float32
from .spread import Budgeted
from .survivors import find_survivors
from .worker import FunctionWorker, main

EDIT_MEMORY = 1 << 30  # bytes that edited code may ask for, beyond what is there


class EditWorker(FunctionWorker):
    """Tries its part of all edits for each function of the job's `tasks`; number i is task i.

    A task: function, dtype, numbers of its calls, seconds; fits where these are to be told apart;
    survivors, whether edits are looked for that its calls would not show; left_alone, as of
    `EditSearch`. `reference` and `port` are the folders in which those left their arrays; `broken`,
    the calls in which the port raised.
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
            if "fits" in task:
                told = self.confirm(task, search)
            elif task["survivors"]:
                told = {"fits": find_survivors(search, self.job["part"], self.job["parts"])}
            else:
                told = self.search(number, search)
            facts = {"refuted": [], "single": False, "tried": search.tried, "cut": search.is_over()}
            self.log("case", number=number, status="told", message=json.dumps(facts | told))

    def confirm(self, task: dict[str, Any], search: EditSearch) -> dict[str, Any]:
        """Return one of each group of fits, those alone that the port agrees with once more."""
        found = group_fits(search, task["fits"]) or task["fits"]
        if "probed" not in task:
            return {"fits": found}
        kept = keep_confirmed(search, found, load_probed(task, search.name))
        return {"fits": kept, "refuted": [] if kept else found}

    def make_search(self, task: dict[str, Any]) -> EditSearch:
        """Return the search that a task asks for."""
        name, seen = task["function"], [self.load(index, task) for index in task["numbers"]]
        search = EditSearch(
            self.reference.module,
            name,
            self.reference.functions[name],
            seen,
            task["dtype"],
            task["seconds"],
            task["left_alone"],
        )
        if beside := task.get("beside"):
            search.seen += see_probes(search, load_probed(beside, name))
        return search

    def search(self, number: int, search: EditSearch) -> dict[str, Any]:
        """Return what fits, and let the other processes know; write calls to confirm it by."""
        shared, part = Path(self.job["shared"]), self.job["part"]
        flag = shared / f"{number}.found"
        fits = find_fits(search, part, self.job["parts"], flag.exists)
        if fits:
            flag.touch()
            write_probes(search, shared / f"probes-{number}-{part}")
        single = part == 0 and not fits and is_off_by_float32(search)
        return {"fits": [vars(fit) for fit in fits], "single": single}

    def load(self, index: int, task: dict[str, Any]) -> Seen:
        """Return one call: what is right, and what the port gave."""
        truth: dict[str, Budgeted] = {}
        gradients: dict[str, Budgeted] = {}
        number = 2 * index + (task["dtype"] == "float32")
        told = load_arrays(Path(self.job["reference"]) / f"{number:04d}.npz")
        for key in told:
            kind, _, name = key.partition(":")
            if kind == "want" and name not in task["left_alone"]:
                where = gradients if name.startswith(PREFIX) else truth
                allowed, undecided = told[f"allowed:{name}"], told[f"undecided:{name}"]
                where[name] = Budgeted(told[key], allowed, undecided)
        got, derived = None, {}
        if index not in task["broken"]:
            whole = load_arrays(Path(task["port"]) / f"{index:04d}.npz")
            derived = {n: whole.pop(n) for n in list(whole) if n.startswith(PREFIX)}
            got = {n: array for n, array in whole.items() if n not in task["left_alone"]}
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
