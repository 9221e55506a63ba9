"""What the workers share: the job, the events that `execution.runner` reads, the results."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..execution.process import EXIT_NOW, hold_disk_to_account, measure_peak_mb
from ..execution.worker import end_with_parent
from ..ports.user_code.errors import TargetError
from ..ports.user_code.open import isolate_target
from ..suite.case import save_arrays


class FunctionWorker:
    """A job in a process of its own. `events.jsonl` and `NNNN.npz` are as of `execution.worker`."""

    def __init__(self, path: Path) -> None:
        self.folder = path.resolve().parent
        self.job: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        self.events = (self.folder / "events.jsonl").open("a", encoding="utf-8")
        self.facts: dict[str, Any] = {"framework": "numpy", "versions": {}, "notes": []}

    def log(self, event: str, **facts: Any) -> None:
        """Write one event, a JSON object a line."""
        with hold_disk_to_account():
            self.events.write(json.dumps({"event": event, **facts}) + "\n")
            self.events.flush()

    def save(self, number: int, arrays: Mapping[str, np.ndarray]) -> None:
        """Write the arrays of a case."""
        with hold_disk_to_account():
            save_arrays(self.folder / f"{number:04d}.npz", arrays)

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
    made.facts["isolation"] = isolate_target(made.job["target"], made.folder)
    end_with_parent()  # its thread must not be there before
    made.do()
    sys.stdout.flush()
    EXIT_NOW(0)  # frameworks' threads have been seen to hang an orderly exit
