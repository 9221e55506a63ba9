"""What a run holds beside its verdicts, as rows: accuracies, pairs of ports, settings, data."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..judging.results import CrossPortResult, Run
from .additions import PrintedAccuracy
from .series import build_series
from .wording import format_count, format_field, format_number, format_seconds, format_share

MAX_VISIBLE_ROWS = 24  # epochs: more are thinned
PAIR_HEADS = ("ports", "dtype", "components", "parted", "furthest apart", "|dW|/|W| in the end")
PAIRS_NOTE = (
    "Each port against each other: the largest share of what the roundings of both may come to; "
    "above 1 they compute different numbers."
)

AccuracyPair = tuple[str, str]  # of training and test set
NO_ACCURACY: AccuracyPair = ("–", "–")


def build_epoch_table(run: Run, printed: Sequence[PrintedAccuracy] = ()) -> dict[str, Any]:
    """Return accuracies by epoch: no rows when nothing was trained, first what the source prints.

    rows: number, steps done, the columns' accuracies. total: rows before some are left out.
    """
    lines = [line for line in build_series(run) if len(line.trace.accuracy_steps)]
    if not lines:
        return {"rows": [], "total": 0}
    columns = [
        {
            int(step): format_accuracies(train, test)
            for step, train, test in zip(t.accuracy_steps, t.train_acc, t.test_acc, strict=True)
        }
        for t in (line.trace for line in lines)
    ]
    names, steps = [line.name for line in lines], sorted(set().union(*columns))
    if printed:
        columns.insert(0, {p.steps: format_accuracies(p.train_acc, p.test_acc) for p in printed})
        names.insert(0, "chapter")
    rows = [
        (number, steps[number], [column.get(steps[number], NO_ACCURACY) for column in columns])
        for number in choose_rows(len(steps))
    ]
    shown = {"columns": names, "rows": rows, "beside_chapter": bool(printed)}
    return shown | {"total": len(steps)}


def choose_rows(total: int) -> list[int]:
    """Return which rows of a long table are shown: the first, the last and some between, evenly.

    >>> choose_rows(3), choose_rows(250)[:3], choose_rows(250)[-1], len(choose_rows(250))
    ([0, 1, 2], [0, 11, 22], 249, 24)
    """
    return [round(float(i)) for i in np.linspace(0, total - 1, min(total, MAX_VISIBLE_ROWS))]


def format_accuracies(train: float, test: float) -> AccuracyPair:
    """Return accuracies as the chapter prints them, to four decimals.

    >>> format_accuracies(0.7932333333333333, float("nan"))
    ('0.7932', 'nan')
    """
    return f"{train:.4f}", f"{test:.4f}"


def format_pair(pair: CrossPortResult) -> tuple[str, ...]:
    """Return two ports held against each other, in the order of `PAIR_HEADS`.

    >>> format_pair(CrossPortResult("torch", "keras", "float64", 23, "softmax", 0.25))
    ('torch, keras', 'float64', '23', 'none', 'softmax (0.25)', '–')
    """
    parted = ", ".join(pair.apart[:3])
    if len(pair.apart) > 3:
        parted += f" and {len(pair.apart) - 3} more"
    furthest = f"{pair.component} ({format_share(pair.budget_used)})"
    ports, far = f"{pair.port}, {pair.other}", format_number(pair.param_distance, 2)
    return ports, pair.dtype, str(pair.compared), parted or "none", furthest, far


def build_setting_tables(run: Run) -> dict[str, list[tuple[str, str]]]:
    """Return the rows of each part that has any, by its title."""
    environment = {k: v for k, v in run.environment.items() if k != "packages"}
    packages = run.environment.get("packages")
    parts = {
        "Settings": {**run.settings, "made": run.created, "schema": run.schema},
        "Data": run.data,
        "Environment": {**environment, "processes of the ports": format_isolation(run)},
        "Packages": packages if isinstance(packages, dict) else {},
    }
    return {title: found for title, part in parts.items() if (found := flatten_record(part))}


def format_isolation(run: Run) -> str:
    """Return how the network and the folder of each port were held; "" where nobody can tell.

    >>> from trueport.compare.judging.results import PortRun
    >>> held = {"network": "open", "folder": "what is written there stays"}
    >>> format_isolation(Run({}, {}, {}, [PortRun("a", "numpy", "float64", "ok", isolation=held)]))
    'network: open, folder: what is written there stays (a)'
    """
    ports: dict[str, dict[str, None]] = {}
    for one in run.ports:
        told = ", ".join(f"{what}: {how}" for what, how in one.isolation.items())
        ports.setdefault(told, {})[one.port] = None
    return "; ".join(f"{told} ({', '.join(names)})" for told, names in ports.items() if told)


def flatten_record(record: dict[str, Any]) -> list[tuple[str, str]]:
    """Return a record as rows.

    >>> record = {"batch_size": 100, "complete": True, "dtypes": ["float64"], "md5": {"a": "0f"}}
    >>> flatten_record(record)
    [('batch size', '100'), ('complete', 'yes'), ('dtypes', 'float64'), ('md5 a', '0f')]
    """
    found: list[tuple[str, str]] = []
    for key, value in record.items():
        label = str(key).replace("_", " ")
        if isinstance(value, bool):
            found.append((label, "yes" if value else "no"))
        elif isinstance(value, dict):
            found += [(f"{label} {name}", said) for name, said in flatten_record(value)]
        elif isinstance(value, list | tuple):
            found.append((label, ", ".join(map(format_field, value))))
        elif value is not None and value != "":
            found.append((label, format_field(value)))
    return found


def format_data_note(run: Run) -> str:
    """Return what must be known of the data before any number; "" for the complete MNIST."""
    if run.data.get("complete") is not False:
        return ""
    return str(run.data.get("note") or "This run did not use the complete MNIST data set.")


def list_key_figures(run: Run) -> dict[str, str]:
    """Return what the first screen says beside the verdict: accuracy, time, data, versions."""
    found = {}
    if reached := sorted(find_last_accuracies(run).values()):
        found["test accuracy"] = format_range(reached[0], reached[-1])
    if run.against:
        ports = list(dict.fromkeys(p.port for p in run.ports))
        found["reference"] = (
            f"{run.owner}, {format_count(len(run.against['functions']), 'function')}"
        )
        found["ports"] = ", ".join(ports)
    if times := [p.train_s for p in run.ports if p.train_s > 0]:
        found["training"] = format_range(format_seconds(min(times)), format_seconds(max(times)))
    if steps := run.settings.get("steps"):
        found["steps"] = f"{steps:,}" if isinstance(steps, int) else str(steps)
    size = run.data.get("train_size")
    data = "complete MNIST" if run.data.get("complete") is True else str(run.data.get("source", ""))
    if data:
        found["data"] = f"{data}, {size:,} to train" if isinstance(size, int) else data
    if versions := ", ".join(p.version for p in run.ports if p.version):
        found["versions"] = ", ".join(dict.fromkeys(versions.split(", ")))
    return found


def find_last_accuracies(run: Run) -> dict[tuple[str, str], str]:
    """Return the test accuracy that each port reached, by port and dtype.

    Where that of the final parameters is not known, the step is said at which it was taken.
    """
    found = {}
    for trace in run.traces:
        key = trace.port, trace.dtype
        if trace.port != "truth" and (reached := run.find_reached_accuracy(*key)) is not None:
            early = f" at step {reached[1]:,}" if reached[1] < len(trace.loss) else ""
            found[key] = f"{reached[0]:.4f}{early}"
    return found


def count_passes(run: Run) -> dict[tuple[str, str], str]:
    """Return how many of the components of each port pass, by port and dtype."""
    found = {}
    for port in run.ports:
        offered = [v for v in run.select_verdicts(port) if v.status != "missing" and v.counts]
        if offered:
            told = f"{sum(v.passed for v in offered)} of {len(offered)}"
            found[port.port, port.dtype] = told
    return found


def format_range(low: str, high: str) -> str:
    """Return both ends, or the one that both are."""
    return low if low == high else f"{low} to {high}"
