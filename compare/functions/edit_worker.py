"""The search for causes in a process of its own: it runs edited code, which may do anything."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from .budget import Budgeted
from .edit_search import EditSearch, Fit, Seen
from .function_case import load_function_cases
from .gradients import PREFIX
from .numbers import search_numbers
from .reference import open_reference
from .worker import FunctionWorker, main


class EditWorker(FunctionWorker):
    """Tries its part of all edits for each function of the job's `tasks`; number i is task i.

    A task: function, dtype, numbers of its calls, seconds. `reference` and `port` are the folders
    in which those left their arrays; `broken`, the calls in which the port raised.
    """

    def open(self) -> None:
        """Open the reference once more."""
        self.reference = open_reference(self.job["target"], self.job["import_timeout"], self.facts)
        self.cases = load_function_cases(Path(self.job["cases"]))

    def run(self) -> None:
        """Search for each task, and tell what fits as JSON in its message."""
        for number, task in enumerate(self.job["tasks"]):
            if number in self.job["done"]:
                continue
            self.log("begin", number=number)
            fits, tried = self.search(number, task)
            told = json.dumps({"fits": [vars(fit) for fit in fits], "tried": tried})
            self.log("case", number=number, status="told", message=told)

    def search(self, number: int, task: dict[str, Any]) -> tuple[list[Fit], int]:
        """Return what fits: single edits, else a number, else two; the first kind that does."""
        name, part, parts = task["function"], self.job["part"], self.job["parts"]
        seen = [self.load(index, task) for index in task["numbers"]]
        search = EditSearch(
            self.reference.module,
            name,
            self.reference.functions[name],
            seen,
            task["dtype"],
            task["seconds"],
        )
        if not search.sources or not any(one.is_wrong for one in search.seen):
            return [], 0
        flag = Path(self.job["shared"]) / f"{number}.found"

        def stop() -> bool:
            return flag.exists()

        fits = search.search(part, parts)
        if not fits and not stop():
            fits = search_numbers(search, part, parts)
        if not fits and not stop():
            fits = search.search_pairs(stop)
        if fits:
            flag.touch()
        return fits, search.tried

    def load(self, index: int, task: dict[str, Any]) -> Seen:
        """Return one call: what is right, and what the port gave."""
        truth: dict[str, Budgeted] = {}
        number = 2 * index + (task["dtype"] == "float32")
        with np.load(Path(self.job["reference"]) / f"{number:04d}.npz") as npz:
            for key in npz.files:
                kind, _, name = key.partition(":")
                if kind == "want" and not name.startswith(PREFIX):
                    rest = (npz[f"{part}:{name}"] for part in ("allowed", "undecided"))
                    truth[name] = Budgeted(npz[key], *rest)
        got = None
        if index not in task["broken"]:
            with np.load(Path(task["port"]) / f"{index:04d}.npz") as npz:
                got = dict(npz)
        return Seen(self.cases[index], truth, got)


if __name__ == "__main__":
    main(EditWorker)
