"""What follows from the records of the benchmarks: medians, shares, exponents."""

import statistics
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.measure import BenchmarkRecord
from benchmarks.plan import DEFAULT_THREADS, PORT_DTYPES


def compute_median(records: list[BenchmarkRecord], **wanted: Any) -> float | None:
    """Return the median seconds of the records that have these values; None if there is none."""
    times = [r["seconds"] for r in records if all(r.get(k) == v for k, v in wanted.items())]
    return statistics.median(times) if times else None


def find_fastest(records: list[BenchmarkRecord], **wanted: Any) -> tuple[float, int] | None:
    """Return (seconds, threads) of a loop where it is fastest, so that none is held back."""
    found = [
        (seconds, threads)
        for threads in (DEFAULT_THREADS, 1)
        if (seconds := compute_median(records, section="loops", threads=threads, **wanted))
        is not None
    ]
    return min(found, default=None)


def count_flops(record: BenchmarkRecord) -> float:
    """Return those of a training without evaluations: two passes forward and one back a step."""
    d, h, k, n = 784, record["hidden"], 10, record["batch"]
    return float(2 * record["steps"] * n * (3 * d * h + 4 * h * k))


def fit_exponent(records: list[BenchmarkRecord], key: str) -> float:
    """Return the exponent b of seconds ~ key^b, by least squares on logarithms.

    >>> round(fit_exponent([{"n": n, "seconds": 3.0 * n} for n in (1, 10, 100)], "n"), 3)
    1.0
    """
    x = np.log([record[key] for record in records])
    return float(np.polyfit(x, np.log([record["seconds"] for record in records]), 1)[0])


def compute_scale_points(records: list[BenchmarkRecord]) -> list[BenchmarkRecord]:
    """Return the records of the scale, each with its share of the rate of a product of matrices."""
    rates = {r["port"]: r["rate"] for r in records if r["task"] == "product"}
    return [
        r | {"share": count_flops(r) / r["seconds"] / 1e9 / rates[r["port"]]}
        for r in records
        if r["section"] == "scale" and r["task"] == "ours" and r["port"] in rates
    ]


def select_series(
    records: list[BenchmarkRecord], key: str
) -> Iterator[tuple[str, list[BenchmarkRecord]]]:
    """For each port the points in which this alone varies, in order."""
    fixed = {"batch": 100, "hidden": 50}
    for port in PORT_DTYPES:
        line = [
            r
            for r in records
            if r["port"] == port and all(r[k] == v for k, v in fixed.items() if k != key)
        ]
        if key != "steps":  # of several numbers of steps the first will do
            line = list({r[key]: r for r in reversed(line)}.values())
        if len({r[key] for r in line}) > 1:
            yield port, sorted(line, key=lambda r: r[key])
