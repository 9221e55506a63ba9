"""One measurement: a task in a process of its own, with its threads set before anything starts."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from trueport.compare.execution.process import build_thread_limits

ROOT = Path(__file__).parent.parent
THREAD_VARIABLES = (*build_thread_limits(1), "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
TIME_LIMIT = 1800.0  # seconds for one measurement
HARNESS = [sys.executable, "-m", "trueport.compare"]

BenchmarkRecord = dict[str, Any]


class BenchmarkError(Exception):
    """A measurement that gave none; the message says which, and its last words."""


def build_environment(threads: int) -> dict[str, str]:
    """Return this process's, with so many threads of BLAS and OpenMP; 0: as a user has them."""
    free = {key: value for key, value in os.environ.items() if key not in THREAD_VARIABLES}
    free |= {"PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}
    return free | (build_thread_limits(threads) if threads else {})


def measure_task(task: str, options: dict[str, Any]) -> BenchmarkRecord:
    """Return the record of one task of `benchmarks.tasks`: seconds, peak_mb and more.

    Raises BenchmarkError.
    """
    command = [sys.executable, "-m", "benchmarks.tasks", task, json.dumps(options)]
    done = run_command(command, build_environment(options["threads"]))
    return {"task": task, **options, **json.loads(done.stdout.splitlines()[-1])}


def time_comparison(
    source: str, steps: int, cache: Path, dtypes: str = "float32"
) -> dict[str, Any]:
    """Time the whole comparison as its users start it, from the command to the report on disk."""
    with tempfile.TemporaryDirectory() as folder:
        command = [*HARNESS, "run", "--data", source, "--dtype", dtypes]
        command += ["--steps", str(steps), "--out", folder]
        environment = build_environment(0) | {"TRUEPORT_CACHE": str(cache)}
        start = time.perf_counter()
        done = run_command(command, environment, ok=(0, 1))
        seconds = time.perf_counter() - start
        record = json.loads((Path(folder) / "results.json").read_text(encoding="utf-8"))
    return {
        "task": "compare run",
        "steps": steps,
        "seconds": seconds,
        "all faithful": done.returncode == 0,
        "ports": {
            f"{port['port']} {port['dtype']}": {
                key: (cost | port)[key]
                for key in ("verdict", "wall_s", "train_s", "peak_mb", "threads")
            }
            for port, cost in zip(record["ports"], record["host"]["ports"], strict=True)
        },
    }


def time_study(source: str, steps: int, seeds: int, workers: int) -> BenchmarkRecord:
    """Time one study of torch against the reference over so many seeds."""
    with tempfile.TemporaryDirectory() as folder:
        command = [*HARNESS, "study", "--ports", "reference,torch"]
        command += ["--seeds", str(seeds), "--workers", str(workers), "--data", source]
        command += ["--steps", str(steps), "--out", folder]
        start = time.perf_counter()
        run_command(command, build_environment(0), ok=(0, 1, 3))
        seconds = time.perf_counter() - start
    sizes = {"steps": steps, "seeds": seeds, "workers": workers}
    return {"task": "compare study", **sizes, "seconds": seconds}


def run_command(
    command: list[str], env: dict[str, str], ok: tuple[int, ...] = (0,)
) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end. Raises BenchmarkError for another exit status than these."""
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            timeout=TIME_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BenchmarkError(f"{' '.join(command[1:5])}: no end within {TIME_LIMIT:g} s") from error
    if done.returncode not in ok:
        last = "; ".join(done.stderr.strip().splitlines()[-3:])
        raise BenchmarkError(f"{' '.join(command[1:5])}: exit status {done.returncode}: {last}")
    return done
