"""What a worker tells of what it does: a line for each thing begun or ended, in `events.jsonl`."""

import json
import os
from pathlib import Path
from typing import Any

from .process import end_copy, hold_disk_to_account


class EventLog:
    """The file, opened to write.

    careful: whether each event waits until the parent has read it, and says so by a byte on stdin:
    what runs next may spoil the file.
    """

    def __init__(self, folder: Path, careful: bool) -> None:
        self.file = (folder / "events.jsonl").open("a", encoding="utf-8")
        self.count = 0
        self.answers: int | None = None
        if careful:  # a user's code has nobody to ask
            self.answers = os.dup(0)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)

    def write(self, event: str, **facts: Any) -> None:
        """Write one event, a JSON object a line; a copy that a user's code made of us ends here.

        Each has its number, from 1 on, by which one that was taken out of the file is missed.
        """
        end_copy()
        self.count += 1
        with hold_disk_to_account():
            self.file.write(json.dumps({"event": event, "count": self.count, **facts}) + "\n")
            self.file.flush()
        if self.answers is not None:
            os.read(self.answers, 1)
