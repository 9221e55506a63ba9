"""What is measured, and in which order: rounds in which what is compared runs side by side."""

import os
import platform
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.measure import BenchmarkRecord, measure_task, time_comparison, time_study
from trueport.compare.execution.environment import describe_environment

PORT_DTYPES = {"reference": "float64", "torch": "float32", "keras": "float32"}
# the loop that does the same work as ours: two forward passes a step, as the chapter logs
PORT_PEERS = {
    "reference": "chapter",
    "torch": "torch eager, logging as the chapter",
    "keras": "keras batches, logging as the chapter",
}
# and as people write it in the framework: one forward pass, the loss before the update
IDIOMATIC_PEERS = {"torch": "torch eager", "keras": "keras fit"}
REQUIREMENTS = {
    "reference": 1.5,  # our loop against the peer's: at least so many times as fast
    "torch": 1.3,
    "keras": 5.0,
    "whole, envelope computed": 0.9,  # of the three peers' summed time: at most
    "whole, envelope known": 0.5,
    "numerical gradient": 20.0,
    "two workers": 1.7,
    "memory": 1536.0,  # MB of any one process
}
DEFAULT_THREADS = 0  # threads as a user who sets none has them
SECTIONS = ("loops", "whole", "gradient", "scale", "seeds")

BenchmarkJob = tuple[str, Callable[[], BenchmarkRecord]]  # (what the progress bar says, what to do)


@dataclass(frozen=True)
class BenchmarkSizes:
    """How much of everything.

    scale: (steps, batch, hidden) of each point.
    """

    source: str
    steps: int
    repeats: int
    scale: tuple[tuple[int, int, int], ...]
    seeds: tuple[int, ...]
    hidden: int = 50
    batch: int = 100


def make_full_sizes(source: str, steps: int, repeats: int) -> BenchmarkSizes:
    """Return what the published page is made of."""
    scale = [(s, 100, 50) for s in (1_000, 10_000, 100_000)]
    scale += [(s, b, 50) for s, b in ((2_000, 10), (300, 1_000))]
    scale += [(s, 100, h) for s, h in ((600, 200), (100, 2_000))]
    seeds = (3, 8, 20, 64)  # 20: what a study does unasked
    return BenchmarkSizes(source, steps, repeats, tuple(scale), seeds)


def make_quick_sizes(source: str) -> BenchmarkSizes:
    """Return everything once, too short to say anything: for its shape alone."""
    return BenchmarkSizes(source, 60, 1, ((50, 100, 50), (50, 10, 50)), (3, 4), hidden=13)


def plan_loops(sizes: BenchmarkSizes) -> Iterator[BenchmarkJob]:
    """Yield each port's loop and those of its framework's users, with one thread and as found."""
    common = {"source": sizes.source, "steps": sizes.steps}
    common |= {"batch": sizes.batch, "hidden": sizes.hidden}
    for port, dtype in PORT_DTYPES.items():
        for threads in (DEFAULT_THREADS, 1):
            options = common | {"threads": threads}
            for peer in filter(None, (IDIOMATIC_PEERS.get(port), PORT_PEERS[port])):
                yield peer, partial(measure_task, peer, options)
            own = options | {"port": port, "dtype": dtype, "evaluate": True}
            yield f"{port} {dtype}", partial(measure_task, "ours", own)


def plan_gradient(sizes: BenchmarkSizes) -> Iterator[BenchmarkJob]:
    """Yield the numerical gradient in the chapter's form and in ours."""
    common = {"source": sizes.source, "batch": sizes.batch, "hidden": sizes.hidden, "threads": 1}
    for form in ("plain", "own"):
        options = common | {"form": form}
        yield f"numerical gradient, {form}", partial(measure_task, "numerical gradient", options)


def plan_comparison(sizes: BenchmarkSizes) -> Iterator[BenchmarkJob]:
    """Yield the whole comparison twice: the second finds the envelope that the first has kept."""
    cache = tempfile.TemporaryDirectory()
    for again in (False, True):

        def run(again: bool = again) -> BenchmarkRecord:
            record = time_comparison(sizes.source, sizes.steps, Path(cache.name))
            return record | {"envelope": "known" if again else "computed"}

        yield f"compare run, {'again' if again else 'first'}", run


def plan_scale(sizes: BenchmarkSizes) -> Iterator[BenchmarkJob]:
    """Yield trainings of many sizes, and the rate of the hardware beside them."""
    for port, dtype in PORT_DTYPES.items():
        common = {"source": sizes.source, "threads": 1, "port": port, "dtype": dtype}
        yield f"{port}: product of matrices", partial(measure_task, "product", common)
        for steps, batch, hidden in sizes.scale:
            sized = {"steps": steps, "batch": batch, "hidden": hidden, "evaluate": False}
            yield (
                f"{port}: {steps} steps, batch {batch}, {hidden} hidden",
                partial(measure_task, "ours", common | sized),
            )


def plan_studies(sizes: BenchmarkSizes) -> Iterator[BenchmarkJob]:
    """Yield studies of more and more seeds."""
    cores = os.cpu_count() or 1
    wanted = [(n, cores) for n in sizes.seeds[:1]]  # one after the other: a machine's pace drifts
    wanted += [(n, workers) for n in sizes.seeds[1:] for workers in (cores, 2, 1)]
    for n, workers in dict.fromkeys(wanted):
        yield (
            f"study of {n} seeds, {workers} workers",
            partial(time_study, "embedded", min(sizes.steps, 1000), n, workers),
        )


SECTION_PLANS: dict[str, Callable[[BenchmarkSizes], Iterator[BenchmarkJob]]] = {
    "loops": plan_loops,
    "whole": plan_comparison,
    "gradient": plan_gradient,
    "scale": plan_scale,
    "seeds": plan_studies,
}
UNREPEATED_SECTIONS = ("scale", "seeds")  # curves, not ratios of two numbers


def plan_rounds(
    sizes: BenchmarkSizes, sections: tuple[str, ...]
) -> list[tuple[str, int, BenchmarkJob]]:
    """Return (section, round, job), everything that is compared side by side in each round."""
    todo: list[tuple[str, int, BenchmarkJob]] = []
    for number in range(sizes.repeats):
        for section in sections:
            if number == 0 or section not in UNREPEATED_SECTIONS:
                todo += [(section, number, job) for job in SECTION_PLANS[section](sizes)]
    return todo


def describe_machine() -> BenchmarkRecord:
    """Return what it is measured on, and how busy that is."""
    return describe_environment() | {"load before": os.getloadavg()[0], "system": platform.system()}
