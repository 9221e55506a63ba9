"""How a study grows with its seeds, and what a second worker brings.

`python -m benchmarks.study_scale --data PATH`: the time of the jobs alone, imports included, one
worker and two by turns in one run; the median of the ratios. On a machine that others use as well,
two workers get two shares of it, and the ratio says less than it seems: look at the load first.
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.ports.registry import find_ports
from trueport.compare.study.plan import StudyJob, StudySettings, make_jobs
from trueport.compare.study.shared_data import provide_data
from trueport.compare.study.worker_pool import run_locally


def time_jobs(jobs: list[StudyJob], workers: int) -> float:
    """Return the seconds that jobs take."""
    begun = time.perf_counter()
    outcomes = list(run_locally(jobs, workers))
    taken = time.perf_counter() - begun
    if bad := [outcome.message for outcome in outcomes if outcome.status != "ok"]:
        raise SystemExit(f"a job failed, so there is nothing to time: {bad[0]}")
    return taken


def main() -> None:
    """Print a table of one worker against two."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--data", default="auto")
    parser.add_argument("--ports", default="reference,torch")
    parser.add_argument("--steps", type=int, default=1200)
    parser.add_argument("--seeds", default="1,4,16", help="of each port")
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    data = CHAPTER.task.load_data(given.data)
    ports = tuple(given.ports.split(","))
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    print(f"{machine}, {given.steps} steps of {given.ports}, {data.facts()['source']}")
    print("| seeds a port | jobs | one worker, s | two workers, s | ratio |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        largest = max(map(int, given.seeds.split(",")))
        settings = StudySettings(Path(folder), ports=ports, seeds=largest, steps=given.steps)
        with provide_data(CHAPTER.task, Path(folder), data, settings.dtype) as digits:
            jobs = make_jobs(CHAPTER, settings, find_ports(CHAPTER, ports), data, digits)
            for seeds in map(int, given.seeds.split(",")):
                part = jobs[: seeds * len(ports)]
                pairs = [(time_jobs(part, 1), time_jobs(part, 2)) for _ in range(given.repeats)]
                one, two = (statistics.median(side) for side in zip(*pairs, strict=True))
                ratio = statistics.median(a / b for a, b in pairs)
                print(
                    f"| {seeds} | {len(part)} | {one:.1f} | {two:.1f} | {ratio:.2f} |", flush=True
                )
    print(f"load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
