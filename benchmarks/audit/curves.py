"""Does the judge of recorded trainings deserve belief? Every curve-level fault as a user's script.

A mutant of each package trains on real digits as a script of its own would: with its own data,
start or batches where the fault is in these, else with those of a `Recorder`, which then keeps its
losses, its parameters and its accuracies. `python -m benchmarks.audit.curves PACKAGE DTYPE OUT`
writes a line of JSON for each mutant; `audit_curves` runs all, each package in a process of its
own.
"""

import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from trueport import reference
from trueport.compare.chapter.adapters import PARAMS
from trueport.compare.chapter.faults import FAULTS
from trueport.compare.execution.runner import build_thread_limits
from trueport.compare.execution.worker import PortView
from trueport.compare.judging.results import Verdict
from trueport.compare.ports.frameworks import FRAMEWORKS, to_numpy
from trueport.compare.suite.fault import Fault
from trueport.compare.suite.mutants import write_mutant
from trueport.compare.workflow.recorder import Recorder, judge_recording

PACKAGE_FRAMEWORKS = {"reference": "numpy", "torch_impl": "torch", "keras_impl": "keras"}
TRAINING_STEPS = 50  # an epoch of the embedded digits and a quarter
UNCHANGED_PACKAGE = "as it stands"
NAMING_OUTCOMES = ("right", "among others", "unknown", "wrong", "not seen")


def select_curve_faults(package: str) -> list[Fault]:
    """Return the faults and conventions that a curve can show, written in a package."""
    return [
        fault
        for fault in FAULTS.values()
        if "curve" in fault.levels and fault.kind != "benign" and package in fault.edits
    ]


def find_own_parts(fault: Fault | None, package: str) -> set[str]:
    """Return what a script brings itself, because the fault is in it: "data", "start", "batches"."""
    parts = set()
    for edit in fault.edits[package] if fault else ():
        if edit.file == "mnist.py":
            drawn = "iters_num" in edit.new or "iters_num" in edit.old
            parts.add("batches" if drawn else "data")
        if edit.file == "networks.py" and "size" in edit.old and "self" not in edit.old:
            parts.add("start")
    return parts


def record_training(view: PortView, folder: Path, dtype: str, own: set[str]) -> None:
    """Train a mutant as a script would, and leave its recording in folder."""
    with Recorder(folder, steps=TRAINING_STEPS, data="embedded", dtype=dtype) as rec:
        sets = [array for pair in rec.data for array in pair]
        if "data" in own:
            loaded = view.get("load_mnist")(one_hot_label=True, source="embedded")
            sets = [to_numpy(a).astype(dtype) for pair in loaded for a in pair]
        masks = rec.batch_masks
        if "batches" in own:
            masks = to_numpy(view.get("batch_masks")(len(sets[0]), 100, TRAINING_STEPS, 0))
        net = view.get("TwoLayerNet")(784, 50, 10)
        if "start" in own:
            start = {key: to_numpy(net.params[key]).astype(dtype) for key in PARAMS}
            rec.start(start)
        else:
            start = rec.params
        for key in PARAMS:
            net.params[key] = view.assign(net.params[key], view.array(start[key]))
        trace = view.get("train")(
            net,
            *(view.array(array) for array in sets),
            view.array(masks) if "batches" in own else masks,
            learning_rate=0.1,
            checkpoints=rec.checkpoints,
        )
        told = {
            int(step): (float(a), float(b))
            for step, a, b in zip(
                trace["accuracy_steps"],
                trace["train_acc_list"],
                trace["test_acc_list"],
                strict=True,
            )
        }
        for step, loss in enumerate(trace["train_loss_list"], 1):
            kept = trace["checkpoints"].get(step)
            rec.step(
                loss=float(loss),
                params=kept and {key: to_numpy(kept[key]) for key in PARAMS},
                batch=masks[step - 1] if "batches" in own else None,
                accuracy=told.get(step),
            )


def classify_outcome(verdicts: Sequence[Verdict], fault: Fault | None) -> tuple[str, str]:
    """(how the cause was named, the id named): of the first finding; see `NAMING_OUTCOMES`."""
    failed = [v for v in verdicts if v.status not in ("faithful", "missing", "follows")]
    if not failed:
        return "not seen", ""
    caused = [v.cause for v in failed if v.cause is not None]
    if not caused:
        return "unknown", ""
    first = caused[0]
    own = {fault.id, fault.same_as} if fault is not None else set()
    if first["id"] in own:
        return "right", first["id"]
    if own & set(first["also"]):
        return "among others", first["id"]
    return "wrong", first["id"]


def audit_mutant(
    fault: Fault | None, package: str, dtype: str, folder: Path, runs: dict[Any, Any]
) -> dict[str, Any]:
    """Return one mutant (None: the package as it stands), recorded and judged; runs: shared by all."""
    name = package
    if fault is not None:
        slug = "".join(c if c.isalnum() else "_" for c in f"curve_{package}_{fault.key}")
        write_mutant(f"trueport.{package}", fault.edits[package], folder, slug)
        importlib.invalidate_caches()
        name = slug
    found: dict[str, Any] = {
        "key": fault.key if fault else UNCHANGED_PACKAGE,
        "package": package,
        "dtype": dtype,
    }
    try:
        view = PortView(importlib.import_module(name), FRAMEWORKS[PACKAGE_FRAMEWORKS[package]])
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            record_training(view, folder / "recording", dtype, find_own_parts(fault, package))
            began = time.process_time()
            verdicts = judge_recording(folder / "recording", runs=runs)
    # a mutant may raise anything; one that cannot train shows itself, and no recording could
    except Exception as error:  # noqa: BLE001  # raised by a mutant
        return found | {"word": "not seen", "named": f"{type(error).__name__}: {error}"[:200]}
    word, named = classify_outcome(verdicts, fault)
    return found | {"word": word, "named": named, "seconds": time.process_time() - began}


def main(package: str, dtype: str, out: str) -> None:
    FRAMEWORKS[PACKAGE_FRAMEWORKS[package]].start(dtype, 1)
    # every recording reads the same digits, three times
    reference.mnist.embedded_digits = cache(reference.mnist.embedded_digits)
    with tempfile.TemporaryDirectory() as name, Path(out).open("a") as file:
        sys.path.insert(0, name)
        runs: dict[Any, Any] = {}
        for fault in (None, *select_curve_faults(package)):
            file.write(json.dumps(audit_mutant(fault, package, dtype, Path(name), runs)) + "\n")
            file.flush()


def audit_curves(package: str, dtype: str) -> list[dict[str, Any]]:
    """Return a record for each mutant of a package: key, word (of `NAMING_OUTCOMES`), named, seconds.

    Raises RuntimeError if the process dies.
    """
    with tempfile.TemporaryDirectory(prefix="trueport-curves-") as name:
        out = Path(name) / "records.jsonl"
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.audit.curves", package, dtype, str(out)],
            env=os.environ | build_thread_limits(1),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            last = done.stderr.strip().splitlines()[-1:]
            raise RuntimeError(f"curves of {package}, {dtype}: {last}")
        found = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    return [record | {"kind": "curve", "seed": 0} for record in found]


def format_curve_section(records: Sequence[dict[str, Any]]) -> list[str]:
    """Return the published part: how the causes of recorded trainings were named.

    >>> made = {"package": "reference", "dtype": "float64", "seconds": 1.0}
    >>> rows = [{"key": "F18", "word": "right", "named": "F18"} | made]
    >>> format_curve_section(rows)[6]
    '| numpy, float64 | 1 | 0 | 0 | 0 | 0 |'
    """
    lines = [
        "## Recorded trainings",
        "",
        f"Every curve-level fault as a script that trains {TRAINING_STEPS} steps on real digits "
        "and records "
        "losses, parameters and accuracies: how its cause was named. Not seen: the fault changes "
        "nothing in such a run.",
        "",
        f"| mutants | {' | '.join(NAMING_OUTCOMES)} |",
        "| :-- |" + " --: |" * len(NAMING_OUTCOMES),
    ]
    mutants = [r for r in records if r["key"] != UNCHANGED_PACKAGE]
    for package, framework in PACKAGE_FRAMEWORKS.items():
        for dtype in dict.fromkeys(r["dtype"] for r in records):
            mine = [r for r in mutants if (r["package"], r["dtype"]) == (package, dtype)]
            if mine:
                counts = [str(sum(r["word"] == word for r in mine)) for word in NAMING_OUTCOMES]
                lines.append(f"| {framework}, {dtype} | {' | '.join(counts)} |")
    seen = [r for r in mutants if r["word"] != "not seen"]
    good = sum(r["word"] in ("right", "among others") for r in seen)
    alarms = [r for r in records if r["key"] == UNCHANGED_PACKAGE and r["word"] != "not seen"]
    slowest = max((r.get("seconds", 0.0) for r in records), default=0.0)
    lines += [
        "",
        f"Named right or among others: {good} of {len(seen)} "
        f"({100 * good / max(len(seen), 1):.0f} %); wrong: "
        f"{sum(r['word'] == 'wrong' for r in seen)}; right trainings flagged: {len(alarms)}; the "
        f"slowest took {slowest:.1f} s of processor time.",
        "",
    ]
    for word in ("unknown", "wrong"):
        listed = sorted(
            {f"{r['key']} ({PACKAGE_FRAMEWORKS[r['package']]})" for r in seen if r["word"] == word}
        )
        if listed:
            lines += [f"{word.capitalize()}: {', '.join(listed)}.", ""]
    return lines


if __name__ == "__main__":
    main(*sys.argv[1:4])
