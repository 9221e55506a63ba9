"""Does the judge of recorded trainings deserve belief? Every curve-level fault as a user's script.

A mutant of each package trains on real digits as a script of its own would: with its own data,
start or batches where the fault is in these, else with those of a `Recorder`, which then keeps its
losses, its parameters and its accuracies.
"""

import time
import warnings
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.audit.plan import TRAINING_STEPS, AuditPart, AuditRecord
from trueport import reference
from trueport.compare.chapter.adapters import PARAMS
from trueport.compare.judging.verdict import Verdict
from trueport.compare.ports.frameworks import to_numpy
from trueport.compare.ports.port_view import PortView
from trueport.compare.suite.fault import Fault
from trueport.compare.workflow.recorder import Recorder, judge_recording


def find_own_parts(fault: Fault | None, package: str) -> set[str]:
    """Return what a script brings itself, as the fault is in it: "data", "start", "batches"."""
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
        lists = (trace[key] for key in ("accuracy_steps", "train_acc_list", "test_acc_list"))
        told = {int(step): (float(a), float(b)) for step, a, b in zip(*lists, strict=True)}
        for step, loss in enumerate(trace["train_loss_list"], 1):
            kept = trace["checkpoints"].get(step)
            rec.step(
                loss=float(loss),
                params=kept and {key: to_numpy(kept[key]) for key in PARAMS},
                batch=masks[step - 1] if "batches" in own else None,
                accuracy=told.get(step),
            )


def classify_curve_naming(verdicts: Sequence[Verdict], fault: Fault | None) -> tuple[str, str]:
    """Return how the cause of the first finding was named, and the id: see `NAMING_OUTCOMES`."""
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


class CurveAuditor:
    """Records and judges trainings of mutants; what one run of the reference shows serves all."""

    def __init__(self, part: AuditPart) -> None:
        self.part = part
        self.runs: dict[Any, Any] = {}
        # every recording reads the same digits, three times
        reference.mnist.embedded_digits = cache(reference.mnist.embedded_digits)

    def audit(self, view: PortView, fault: Fault | None, folder: Path) -> Iterator[AuditRecord]:
        """Yield the record of one mutant, or of the package as it stands."""
        recording, own = folder / "recording", find_own_parts(fault, self.part.package)
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                record_training(view, recording, self.part.dtype, own)
            except Exception as error:  # noqa: BLE001  # the mutant's training: what it raised is told
                why = f"{type(error).__name__}: {error}"[:200]
                yield {"seed": 0, "word": "not seen", "named": why}
                return
            began = time.process_time()
            verdicts = judge_recording(recording, runs=self.runs)
        word, named = classify_curve_naming(verdicts, fault)
        took = time.process_time() - began
        yield {"seed": 0, "word": word, "named": named, "seconds": took}
