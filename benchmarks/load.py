"""`python -m benchmarks.load`: whether time and memory grow no faster than what is asked for.

Four loads, each at several sizes, each command in a process of its own: a study of many short runs,
many ports in one comparison, a long trace in a report, many runs listed and the first and the last
of them compared. The memory is that of the largest process.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import numpy as np

from trueport.compare.judging.results import Run, Trace

from .measure import HARNESS, ROOT, BenchmarkError, build_environment

STEPS = 20  # of training: the loads are many, not long
REFERENCE = """
import numpy as np

def center(x):
    return x - x.mean(axis=0)

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def distance(x, y):
    return np.sqrt(np.sum((x - y) ** 2))

def cases():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 7, 5))
    return [("center", {"x": x}), ("sigmoid", {"x": x}), ("distance", {"x": x, "y": y})]
"""
Cost = tuple[float, float]  # seconds, MB


def measure_command(words: list[Any], out: Path, ok: tuple[int, ...] = (0,)) -> Cost:
    """Return what a command of the harness costs. Raises BenchmarkError if it fails."""
    start = time.perf_counter()
    with (out / "output.txt").open("wb") as output:
        child = subprocess.Popen(
            [*HARNESS, *map(str, words)],
            cwd=out,
            env=build_environment(1) | {"PYTHONPATH": str(ROOT)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in ok:
        raise BenchmarkError(f"{words[0]}: {(out / 'output.txt').read_text()[-500:]}")
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return time.perf_counter() - start, used.ru_maxrss / unit


def study_runs(count: int, folder: Path) -> Cost:
    """Measure a study of so many runs, half of them torch's."""
    words = ["study", "--ports", "reference,torch", "--seeds", count // 2, "--steps", STEPS]
    return measure_command(
        [*words, "--data", "embedded", "--out", folder / "out"], folder, (0, 1, 3)
    )


def compare_ports(count: int, folder: Path) -> Cost:
    """Measure so many ports of three functions against one reference."""
    (folder / "reference.py").write_text(REFERENCE, encoding="utf-8")
    names = []
    for number in range(count):
        (folder / f"port{number}.py").write_text(REFERENCE, encoding="utf-8")
        names.append(f"p{number}=port{number}.py")
    words = ["run", "--against", "reference.py", "--ports", ",".join(names)]
    return measure_command([*words, "--out", folder / "out"], folder)


def report_trace(count: int, folder: Path) -> Cost:
    """Measure the report of a run whose two trainings have so many steps."""
    run = make_run(folder)
    run.traces = [stretch(trace, count) for trace in run.traces]
    run.settings["steps"] = count
    run.save(folder / "out")
    return measure_command(["report", folder / "out"], folder)


def list_runs(count: int, folder: Path) -> Cost:
    """Measure a folder of so many runs listed, and the first compared with the last."""
    run = make_run(folder)
    for number in range(count):
        run.save(folder / "many" / f"{number:04d}")
    listed = measure_command(["list", folder / "many"], folder)
    pair = [folder / "many" / f"{number:04d}" for number in (0, count - 1)]
    compared = measure_command(["diff", *pair], folder)
    return listed[0] + compared[0], max(listed[1], compared[1])


def make_run(folder: Path) -> Run:
    """Return a short run of torch beside the reference."""
    words = ["run", "--ports", "reference,torch", "--dtype", "float32", "--steps", STEPS]
    measure_command([*words, "--data", "embedded", "--out", folder / "made"], folder)
    return Run.load(folder / "made")


def stretch(trace: Trace, steps: int) -> Trace:
    """Return a trace with its loss, and its loss's envelope, repeated to so many steps."""
    envelope = trace.loss_envelope
    return replace(
        trace,
        loss=np.resize(trace.loss, steps),
        loss_envelope=None if envelope is None else np.resize(envelope, steps),
    )


LOADS: dict[str, tuple[str, Callable[[int, Path], Cost], tuple[int, ...]]] = {
    "study": ("runs of a study", study_runs, (50, 100, 200)),
    "ports": ("ports in one comparison", compare_ports, (10, 25, 50)),
    "trace": ("steps of a trace, in a report", report_trace, (10_000, 100_000, 1_000_000)),
    "runs": ("runs listed, two compared", list_runs, (100, 300, 1_000)),
}


@click.command()
@click.option("--only", multiple=True, type=click.Choice(list(LOADS)), help="Default: all.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="The figures as data.")
def main(only: tuple[str, ...], file: Path | None) -> None:
    """Print a table: seconds and memory of each load at each size."""
    records = []
    click.echo(
        "| load | size | seconds | seconds of one more | MB |\n| :-- | --: | --: | --: | --: |"
    )
    for name in only or LOADS:
        what, measure, sizes = LOADS[name]
        before: tuple[int, float] | None = None
        for size in sizes:
            with tempfile.TemporaryDirectory() as folder:
                seconds, peak = measure(size, Path(folder))
            more = (seconds - before[1]) / (size - before[0]) if before else None
            shown = "" if more is None else f"{more:.2g}"
            click.echo(f"| {what} | {size:,} | {seconds:.1f} | {shown} | {peak:.0f} |")
            records.append({"load": name, "size": size, "seconds": seconds, "peak_mb": peak})
            before = size, seconds
    if file:
        file.write_text(json.dumps(records, indent=1) + "\n", encoding="utf-8")
    click.echo(f"\nload of the machine at the end: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
