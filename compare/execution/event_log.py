"""What a worker says of itself as it goes: its parent reads along."""

import json
import os
import resource
from pathlib import Path
from typing import Any

EXIT_NOW = os._exit  # a user's port has it replaced


class EventLog:
    """The job's log, one JSON object a line, flushed at once."""

    def __init__(self, folder: Path) -> None:
        self.file = (folder / "events.jsonl").open("a", encoding="utf-8")
        self.parent = os.getppid()

    def __call__(self, event: str, **facts: Any) -> None:
        """Write one event; end the process at once if its parent is gone."""
        if os.getppid() != self.parent:  # killed, and nobody reads this any more
            EXIT_NOW(1)
        self.file.write(json.dumps({"event": event, **facts}) + "\n")
        self.file.flush()


def measure_peak_mb() -> float:
    """Return the most memory that this process has used, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
