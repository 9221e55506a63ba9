"""The process that trains: `python -m trueport.compare.study.worker`; a line in, a line out.

The framework is imported with the first job and stays: importing takes longer than a job.
"""

import json
import os
import sys
import threading
import time
import traceback

PARENT_POLL_INTERVAL = 0.5  # seconds between two looks whether anybody is left to answer


def exit_with_parent() -> None:
    """End as soon as the parent has gone: a killed study or worker leaves no one computing."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_POLL_INTERVAL)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def main() -> None:
    """Run each job that comes on standard input, and answer each with a line of JSON."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a port or its framework prints is no answer, from C too
    jobs = os.fdopen(os.dup(0), encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # and what it reads is no job
    exit_with_parent()
    trainer = None
    for line in jobs:
        job = json.loads(line)
        try:
            from .training import Trainer

            trainer = trainer or Trainer(job)
            answer = {"status": "ok", "message": ""} | trainer.run(job)
        # a port may raise anything, and whatever it raises is the job's result
        except (Exception, SystemExit) as error:  # noqa: BLE001  # raised by a port
            traceback.print_exc()
            answer = {"status": "error", "message": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # frameworks' threads have been seen to hang an orderly exit
