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
import sys
from pathlib import Path
from typing import Any

from ..ports.frameworks import FRAMEWORKS
from ..ports.port_view import PortView
from ..ports.user_code.errors import TargetError
from ..ports.user_code.machine import find_machine_reason
from ..ports.user_code.open import open_target
from ..ports.user_code.run_case import format_traceback, try_case
from ..ports.user_code.view import TargetView
from ..suite.case import Case, load_cases, save_arrays, save_cases
from ..suite.suite import Suite, find_suite
from .event_log import EXIT_NOW, EventLog, measure_peak_mb
from .train_port import run_training

RELEASE_AFTER_MB = 100.0  # MB of cases after which a framework shall let go of what it has compiled


def load_job_cases(
    suite: Suite, view: PortView | TargetView, job: dict[str, Any], folder: Path, sizes: Any
) -> list[Case]:
    """Return the job's cases.

    For a port of one size these are those of that size, and those without a network; a case that
    cannot be asked of the port is left out.

    sizes: [inputs, hidden, outputs], or None for any.
    """
    cases = load_cases(Path(job["cases"]))
    asks = view.asks if isinstance(view, TargetView) else []
    if sizes is None and not asks:
        return cases
    own = folder / "cases"
    if not (own / "index.json").exists():
        if sizes is not None:
            cases = replace_sized_cases(suite, cases, sizes)
        save_cases([case for case in cases if all(ask(case) for ask in asks)], own)
    return load_cases(own)


def replace_sized_cases(suite: Suite, cases: list[Case], sizes: list[int]) -> list[Case]:
    """Return the cases without those of a network, and then those of a network of these sizes."""
    d, h, k = sizes
    sized = suite.sized_cases(d, h, k)
    components = suite.components
    network = {n.partition(".")[0] for c in sized for n in components[c.component].needs}
    alone = [
        case
        for case in cases
        if not any(n.partition(".")[0] in network for n in components[case.component].needs)
    ]
    return [*alone, *sized]


def run_cases(
    suite: Suite,
    view: PortView | TargetView,
    cases: list[Case],
    job: dict[str, Any],
    folder: Path,
    log: EventLog,
) -> None:
    """Run every case that is not done yet, each with its own end."""
    offers, held = set(suite.list_offered(view.has)), measure_peak_mb()
    for number, case in enumerate(cases):
        if measure_peak_mb() > held + RELEASE_AFTER_MB:
            view.framework.release()
            held = measure_peak_mb()
        if number in job["done"] or job["dtype"] not in case.dtypes:
            continue
        if case.component not in offers:
            log("case", number=number, **describe_absence(suite, view, case.component))
            continue
        log("begin", number=number)
        try:
            arrays, facts = try_case(suite, view, case, job["dtype"])
            save_arrays(folder / f"{number:04d}.npz", arrays)
        except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever a port raises is the finding
            log("case", number=number, **describe_failure(view, error))
        else:
            log("case", number=number, status="ok", **facts)


def describe_absence(suite: Suite, view: PortView | TargetView, component: str) -> dict[str, str]:
    """Return the status and message of a component that is not offered."""
    needs = suite.components[component].needs
    if isinstance(view, TargetView) and (reason := view.find_withheld(needs)):
        return {"status": "not-comparable", "message": reason}
    return {"status": "missing", "message": "not offered by the port"}


def describe_failure(view: PortView | TargetView, error: BaseException) -> dict[str, str]:
    """Return the status and message of a call that raised: the port's fault, or the machine's."""
    if isinstance(view, TargetView) and (reason := find_machine_reason(error, view.unbound)):
        return {"status": "not-comparable", "message": reason}
    return {"status": "error", "message": format_traceback(error)}


def open_port(
    suite: Suite, job: dict[str, Any], log: EventLog
) -> tuple[PortView | TargetView, dict[str, Any]]:
    """Return the view of the job's port and the facts about it; the log then says "ready"."""
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
    """Return the job with absolute paths: a user's port is run in its own folder."""
    if job["cases"]:
        job["cases"] = os.path.abspath(job["cases"])
    plan = job["training"]
    for key in ("start", "source", "digits") if plan else ():
        if key in plan and os.path.exists(plan[key]):
            plan[key] = os.path.abspath(plan[key])
    return job


def main(path: str) -> None:
    """Do the job that a file describes."""
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
        cases = load_job_cases(suite, view, job, folder, facts.get("sizes"))
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
