"""`python -m benchmarks.models`: what a check of a large model costs, beside the model's own cost.

The model's own: a process that imports its framework, makes it in float64, and runs it forward and
backward. The check is that of the command line, in float64, both modes, with gradients.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from trueport.compare.execution.family import read_resident_mb

FILES = Path(__file__).parents[1] / "examples" / "models"
REPEATS = 5
LARGE = """
import torch


def model():
    parts = [p for _ in range(6) for p in (torch.nn.Linear(4096, 4096), torch.nn.Tanh())]
    return torch.nn.Sequential(*parts)
"""
INTERVAL = 0.1  # seconds between two looks at memory
TORCH_PASS = """
import time; begin = time.perf_counter()
import runpy, sys, torch
torch.set_default_dtype(torch.float64)
net = runpy.run_path(sys.argv[1])["model"]()
made = time.perf_counter() - begin
x = torch.randn([int(n) for n in sys.argv[2].split("x")])
def call():
    net.zero_grad(); net(x).sum().backward()
"""
KERAS_PASS = """
import time; begin = time.perf_counter()
import runpy, sys, keras, tensorflow as tf
keras.config.set_floatx("float64")
net = runpy.run_path(sys.argv[1])["model"]()
made = time.perf_counter() - begin
n, *rest = [int(n) for n in sys.argv[2].split("x")]
x = tf.random.normal((n, *rest[1:], rest[0]), dtype="float64")
def call():
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(net(x, training=True))
    tape.gradient(total, net.trainable_weights)
"""
MEASURE = """
import json, resource
seconds = []
for _ in range(int(sys.argv[3]) + 1):
    begin = time.perf_counter(); call(); seconds.append(time.perf_counter() - begin)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"made": made, "seconds": seconds[1:], "peak": peak}))
"""


@dataclass(frozen=True)
class OwnCost:
    """Of one model alone. made: seconds to import and make it; one_pass: forward and backward."""

    made: float
    one_pass: float
    peak_mb: float


def measure_own(file: Path, shape: str) -> OwnCost:
    """Return what a model costs by itself."""
    text = (KERAS_PASS if file.name.startswith("keras") else TORCH_PASS) + MEASURE
    told = subprocess.run(
        [sys.executable, "-c", text, str(file), shape, str(REPEATS)],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"},
    )
    found: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    return OwnCost(found["made"], statistics.median(found["seconds"]), found["peak"])


def measure_check(port: Path, reference: Path, shape: str) -> tuple[float, float, str]:
    """Return a check's seconds, its peak of memory in MB, all processes together, and its verdict.

    What two processes share, as a message in a file that both have mapped, counts twice.
    """
    begin = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-m", "trueport.compare", "check", port, "--against", reference,
         "--input", shape, "--dtype", "float64", "--memory", "16000", "--timeout", "600"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True,
    )  # fmt: skip
    peak = 0.0

    def watch() -> None:
        nonlocal peak
        while child.poll() is None:
            peak = max(peak, sum(map(read_resident_mb, list_family(child.pid))))
            time.sleep(INTERVAL)

    watcher = threading.Thread(target=watch)
    watcher.start()
    told, _ = child.communicate()
    watcher.join()
    return time.perf_counter() - begin, peak, told.partition("\n")[0]


def list_family(pid: int) -> list[int]:
    """Return a process and all that it has started."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except FileNotFoundError:  # it has ended
        return []
    return [pid, *(one for child in children for one in list_family(int(child)))]


def report(port: Path, reference: Path, shape: str) -> None:
    """Print what a check of a port costs."""
    own = [measure_own(file, shape) for file in (port, reference)]
    seconds, peak, verdict = measure_check(port, reference, shape)
    slower = max(own, key=lambda one: one.one_pass)
    passes = (seconds - sum(one.made for one in own)) / slower.one_pass
    click.echo(verdict)
    click.echo(
        f"{port.name} against {reference.name} at {shape}: {seconds:.0f} s, of which both imports "
        f"take {sum(one.made for one in own):.0f} s; the rest is {passes:.1f} passes of "
        f"{slower.one_pass:.2f} s, forward and backward, of the slower side"
    )
    total = sum(one.peak_mb for one in own)
    click.echo(
        f"memory: {peak:,.0f} MB at most, all processes together, {peak / total:.1f} times "
        f"what both models need by themselves ({total:,.0f} MB)"
    )


@click.command()
def main() -> None:
    """Print the figures of ResNet-50 against Keras's, and of a hundred million parameters."""
    with tempfile.TemporaryDirectory() as folder:
        large = Path(folder, "hundred_million.py")
        large.write_text(LARGE, encoding="utf-8")
        report(FILES / "keras_resnet50.py", FILES / "torch_resnet50.py", "2x3x64x64")
        report(large, large, "4x4096")


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.models")
