"""One port in a process of its own: `python -m trueport.compare.execution.worker JOB.json`.

Runs the cases and, if asked, the training, and writes what it saw into the job's folder as it goes:
`events.jsonl` (one line for each thing begun or ended), `NNNN.npz` (the outputs of case NNNN) and
`training.npz`; for a port that has one size alone, also `cases`, the ones that were run instead of
the job's. Whatever kills this process, what it had seen is on disk.

It may run in a user's own interpreter: it needs NumPy and the port's framework, nothing else.
"""

import gc
import importlib
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from ..ports.frameworks import FRAMEWORKS, Framework, to_numpy
from ..ports.user_code.errors import TargetError
from ..ports.user_code.open import open_target
from ..ports.user_code.run_case import format_traceback, try_case
from ..ports.user_code.view import TargetView
from ..suite.case import Case, load_cases, save_arrays, save_cases
from ..suite.fault import Edit
from ..suite.mutants import import_mutant
from ..suite.suite import Suite, find_suite
from ..suite.training_task import Reordering, TrainingTask

RELEASE_AFTER_MB = 100.0  # MB of cases after which a framework shall let go of what it has compiled
EXIT_NOW = os._exit  # a user's port has it replaced
# what is kept of a training, by its name in the result of `train`
TRAINING_SERIES = {
    "loss": "train_loss_list",
    "accuracy_steps": "accuracy_steps",
    "train_acc": "train_acc_list",
    "test_acc": "test_acc_list",
}


class PortView:
    """A port's module seen through its framework: `compare.chapter.contract.View`."""

    def __init__(self, module: Any, framework: Framework) -> None:
        self.module = module
        self.framework = framework
        self.assign = framework.assign

    def get(self, name: str) -> Any:
        found, (first, *rest) = self.module, name.split(".")
        if first == "ops":  # the framework's own, whatever the port makes of it
            found, first, *rest = importlib.import_module(self.framework.ops), *rest
        for part in (first, *rest):
            found = getattr(found, part)
        return found

    def has(self, name: str) -> bool:
        try:
            return callable(self.get(name))
        except AttributeError:
            return False

    def array(self, value: Any) -> Any:
        return self.framework.array(value)

    def share(self, value: np.ndarray) -> Any:
        return (self.framework.share or self.framework.array)(value)

    def inputs(self, case: Case) -> dict[str, Any]:
        return {
            key: self.array(value) if isinstance(value, np.ndarray) else value
            for key, value in case.inputs.items()
        }


class EventLog:
    """The job's log, one JSON object a line, flushed at once."""

    def __init__(self, folder: Path) -> None:
        self.file = (folder / "events.jsonl").open("a", encoding="utf-8")
        self.parent = os.getppid()

    def __call__(self, event: str, **facts: Any) -> None:
        if os.getppid() != self.parent:  # killed, and nobody reads this any more
            EXIT_NOW(1)
        self.file.write(json.dumps({"event": event, **facts}) + "\n")
        self.file.flush()


def measure_peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def load_job_cases(
    suite: Suite, job: dict[str, Any], folder: Path, sizes: list[int] | None
) -> list[Case]:
    """The job's cases; for a port of one size, those of that size and those without a network."""
    cases = load_cases(Path(job["cases"]))
    if sizes is None:
        return cases
    own = folder / "cases"
    if not (own / "index.json").exists():
        d, h, k = sizes
        sized = suite.sized_cases(d, h, k)
        components = suite.components
        network = {n.partition(".")[0] for c in sized for n in components[c.component].needs}
        alone = [
            case
            for case in cases
            if not any(n.partition(".")[0] in network for n in components[case.component].needs)
        ]
        save_cases([*alone, *sized], own)
    return load_cases(own)


def run_cases(
    suite: Suite,
    view: PortView | TargetView,
    cases: list[Case],
    job: dict[str, Any],
    folder: Path,
    log: EventLog,
) -> None:
    offers, held = set(suite.list_offered(view.has)), measure_peak_mb()
    for number, case in enumerate(cases):
        if measure_peak_mb() > held + RELEASE_AFTER_MB:
            view.framework.release()
            held = measure_peak_mb()
        if number in job["done"] or job["dtype"] not in case.dtypes:
            continue
        if case.component not in offers:
            log("case", number=number, status="missing", message="not offered by the port")
            continue
        log("begin", number=number)
        try:
            arrays, facts = try_case(suite, view, case, job["dtype"])
            save_arrays(folder / f"{number:04d}.npz", arrays)
        # a port may raise anything, and whatever it raises is the finding
        except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever a port raises is the finding
            log("case", number=number, status="error", message=format_traceback(error))
        else:
            log("case", number=number, status="ok", **facts)


def run_training(
    suite: Suite, view: PortView | TargetView, job: dict[str, Any], folder: Path, log: EventLog
) -> None:
    """The chapter's training, in stretches of whole epochs, saved after each.

    A plan with "edits" trains the reference with these changes instead of the port.
    """
    plan = job["training"]
    if plan.get("edits"):
        module = import_mutant(tuple(Edit(*edit) for edit in plan["edits"]), suite.truth)
        view = PortView(module, FRAMEWORKS["numpy"])
    view.framework.release()
    problem = TrainingProblem(suite.task, plan, job["dtype"], bool(job.get("widens")))
    net = suite.task.make_network(
        view, {key: view.array(value) for key, value in problem.params.items()}
    )
    share = view.share if isinstance(view, PortView) else view.array
    data = [share(value) for value in problem.data]
    problem.data.clear()  # a framework that copies shall not have them twice
    seen: dict[str, list[np.ndarray]] = {key: [] for key in TRAINING_SERIES}
    checkpoints: dict[int, dict[str, np.ndarray]] = {}
    seconds = 0.0
    done = 0
    while done < len(problem.masks):
        masks = problem.masks[done : done + plan["stretch"]]
        start = time.perf_counter()
        trace = view.get("train")(
            net,
            *data,
            masks,
            learning_rate=plan["learning_rate"],
            iter_per_epoch=plan["iter_per_epoch"],
            checkpoints=[step - done for step in plan["checkpoints"] if done < step],
            progress=lambda step, before=done: log("train", steps=before + step),
        )
        seconds += time.perf_counter() - start
        for key, name in TRAINING_SERIES.items():
            if name in trace:  # a port may log no norms
                seen[key].append(np.array([to_numpy(v) for v in trace[name]], dtype=np.float64))
        seen["accuracy_steps"][-1] += done
        for step, params in trace["checkpoints"].items():
            checkpoints[done + step] = {key: to_numpy(params[key]) for key in suite.task.parameters}
        done += len(masks)
        save_training(folder, seen, checkpoints, problem, seconds)
        log("train", steps=done, peak_mb=measure_peak_mb())
    log("trained", seconds=seconds)


class TrainingProblem:
    """The training problem of a plan: data, initial parameters and mini-batches as arrays.

    A plan with "shadow" set is the same problem with inputs, units, outputs and the rows of each
    batch in another order: the same mathematics, other roundings (see `training.curves`). widens:
    the inputs stay float32, whatever the dtype; where the plan has "digits", on memory that all
    processes share.
    """

    def __init__(
        self, task: TrainingTask, plan: dict[str, Any], dtype: str, widens: bool = False
    ) -> None:
        with np.load(plan["start"]) as npz:
            self.params = {key: npz[key].astype(dtype) for key in task.parameters}
            self.masks = npz["batch_masks"]
        wide = "float32" if widens else dtype
        dtypes = (wide, dtype, wide, dtype)
        arrays = task.load_arrays(plan)
        self.data = [a.astype(d, copy=False) for a, d in zip(arrays, dtypes, strict=True)]
        self.reordering: Reordering | None = None
        if plan.get("shadow") is not None:
            rng = np.random.RandomState(plan["shadow"])
            self.reordering = task.make_reordering(self.params, rng)
            self.params = self.reordering.reorder_params(self.params)
            # take leaves rows in one piece; a[:, order] lays out columns: each step took longer
            orders = 2 * self.reordering.columns
            self.data = [a.take(order, axis=1) for a, order in zip(self.data, orders, strict=True)]
            self.masks = self.masks[:, rng.permutation(self.masks.shape[1])]

    def restored(self, params: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Parameters in the original order of units."""
        return self.reordering.restore_params(params) if self.reordering else params


def save_training(
    folder: Path,
    seen: dict[str, list[np.ndarray]],
    checkpoints: dict[int, dict[str, np.ndarray]],
    problem: TrainingProblem,
    seconds: float,
) -> None:
    arrays = {key: np.concatenate(parts) for key, parts in seen.items() if parts}
    arrays["seconds"] = np.array(seconds)
    arrays["checkpoint_steps"] = np.array(sorted(checkpoints))
    for step, params in checkpoints.items():
        for key, value in problem.restored(params).items():
            arrays[f"{step}/{key}"] = value
    part = folder / "training.part.npz"
    save_arrays(part, arrays)
    part.replace(folder / "training.npz")


def open_port(
    suite: Suite, job: dict[str, Any], log: EventLog
) -> tuple[PortView | TargetView, dict[str, Any]]:
    """The view of the job's port and the facts about it; the log then says "ready"."""
    if job.get("target"):
        view, facts = open_target(
            suite,
            job["target"],
            job["framework"],
            job.get("loss"),
            job["dtype"],
            job["threads"],
            job.get("definitions_only", ""),
            lambda: log("loading"),
            job["import_timeout"],
        )
        log("ready", versions=facts["versions"], facts=facts)
        return view, facts
    framework = FRAMEWORKS[job["framework"]]
    framework.start(job["dtype"], job["threads"])
    module = importlib.import_module(job["module"])
    held = {"BLAS and OpenMP": job["threads"]} | framework.threads()
    log("ready", versions=framework.versions(), threads=held, facts={})
    return PortView(module, framework), {}


def make_paths_absolute(job: dict[str, Any]) -> dict[str, Any]:
    """The job with absolute paths: a user's port is run in its own folder."""
    if job["cases"]:
        job["cases"] = os.path.abspath(job["cases"])
    plan = job["training"]
    for key in ("start", "source", "digits") if plan else ():
        if key in plan and os.path.exists(plan[key]):
            plan[key] = os.path.abspath(plan[key])
    return job


def main(path: str) -> None:
    folder = Path(path).resolve().parent
    job = make_paths_absolute(json.loads(Path(path).read_text(encoding="utf-8")))
    suite, log = find_suite(job["suite"]), EventLog(folder)
    try:
        view, facts = open_port(suite, job, log)
    except TargetError as error:
        log("cannot open", message=str(error), facts=error.facts, peak_mb=measure_peak_mb())
        return
    gc.freeze()  # a framework's modules stay, and need not be looked through again and again
    if job["cases"]:
        cases = load_job_cases(suite, job, folder, facts.get("sizes"))
        run_cases(suite, view, cases, job, folder, log)
    if job["training"] and not job["trained"]:
        log("begin training")
        try:
            run_training(suite, view, job, folder, log)
        except Exception as error:  # noqa: BLE001  # as for a case
            log("training failed", message=format_traceback(error))
    if job.get("conventions"):
        log(
            "conventions", answers=suite.run_conventions(FRAMEWORKS[job["framework"]], job["dtype"])
        )
    log("done", peak_mb=measure_peak_mb())


if __name__ == "__main__":
    main(sys.argv[1])
    sys.stdout.flush()
    EXIT_NOW(0)  # frameworks' threads have been seen to hang an orderly exit
