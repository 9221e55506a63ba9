"""A worker of three cases that does, in its first process, what the job's `script` names."""

import json
import os
import signal
import sys
import time
from pathlib import Path

import numpy as np

from trueport.compare.execution.events import EventLog
from trueport.compare.execution.worker import save_result

CASES = 3


def main(path: Path) -> None:
    job = json.loads(path.read_text())
    folder, log = path.parent, EventLog(path.parent, job["careful"]).write
    log("ready", versions={}, facts={})
    time.sleep(1.0)  # by when it has been read
    read = (folder / "events.jsonl").stat().st_size
    for number in range(CASES):
        if number in job["done"]:
            continue
        log("begin", number=number, component="f", case=str(number))
        save_result(folder, number, {"y": np.array(float(number))})
        log("case", number=number, status="ok")
        if number == 0 and job["script"] == "empties events" and not job["careful"]:
            empty_events(folder / "events.jsonl", read, log)
        if number == 0 and job["script"] == "dies between two cases":
            os.kill(os.getpid(), signal.SIGKILL)
        if job["script"] == "dies behind every case":
            os.kill(os.getpid(), signal.SIGKILL)
    if job["script"] == "dies at the end":
        os.kill(os.getpid(), signal.SIGKILL)
    log("done", peak_mb=0.0)


def empty_events(events: Path, read: int, log) -> None:
    """Take out what has not been read, and fill up to where the next is read from."""
    os.truncate(events, 0)
    log("note", facts={"x": ""})
    least = events.stat().st_size
    os.truncate(events, 0)
    log("note", facts={"x": "x" * (read - least)})
    assert events.stat().st_size == read


if __name__ == "__main__":
    main(Path(sys.argv[1]))
