"""What the workers share: the job, the events that `execution.runner` reads, the results."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..execution.events import EventLog
from ..execution.process import EXIT_NOW, hold_disk_to_account, measure_peak_mb
from ..execution.worker import end_with_parent, save_result
from ..ports.user_code.errors import TargetError
from ..ports.user_code.open import isolate_target
from ..ports.user_code.shared_state import SharedState
from .function_case import FunctionCase


class FunctionWorker:
    """A job in a process of its own. `events.jsonl` and `NNNN.npz` are as of `execution.worker`."""

    def __init__(self, path: Path) -> None:
        self.folder = path.resolve().parent
        self.job: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        self.log = EventLog(self.folder, self.job["careful"]).write
        self.facts: dict[str, Any] = {"framework": "numpy", "versions": {}, "notes": []}

    def save(self, number: int, arrays: Mapping[str, np.ndarray]) -> None:
        """Write the arrays of a case."""
        save_result(self.folder, number, arrays)

    def begin(self, number: int, case: FunctionCase) -> bool:
        """Say that a call begins; False for one of a function that is left alone, which is said."""
        if dead := self.job["dead"].get(case.function):
            self.log("case", number=number, status=dead[0], message=dead[1])
            return False
        self.log("begin", number=number, component=case.function, case=case.id)
        return True

    def note_leaks(self, state: SharedState) -> None:
        """Say what a function has changed for its whole process, where it is new."""
        if new := [told for told in state.told if told not in self.facts["notes"]]:
            self.facts["notes"] += new
            self.log("note", facts=self.facts)

    def do(self) -> None:
        """Do what the job asks; what cannot be opened is said."""
        try:
            self.open()
        except TargetError as error:
            self.log("cannot open", message=str(error), facts=self.facts, peak_mb=measure_peak_mb())
            return
        self.log("ready", versions=self.facts["versions"], facts=self.facts)
        self.run()
        self.log("done", peak_mb=measure_peak_mb())

    def open(self) -> None:
        """Open what the job is about. Raises TargetError."""
        raise NotImplementedError

    def run(self) -> None:
        """Run what is not done yet."""
        raise NotImplementedError


def main(worker: type[FunctionWorker]) -> None:
    """Run the job that the command line names."""
    with hold_disk_to_account():
        made = worker(Path(sys.argv[1]))
    made.facts["isolation"] = isolate_target(
        made.job["target"], Path(made.job.get("shared", made.folder))
    )
    end_with_parent()  # its thread must not be there before
    made.do()
    sys.stdout.flush()
    EXIT_NOW(0)  # frameworks' threads have been seen to hang an orderly exit
