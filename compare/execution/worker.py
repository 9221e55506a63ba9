"""One port in a process of its own: NumPy and its framework are all that it needs."""

import contextlib
import gc
import importlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..ports.frameworks import FRAMEWORKS
from ..ports.port_view import PortView
from ..ports.user_code.errors import TargetError
from ..ports.user_code.machine import find_machine_reason
from ..ports.user_code.open import LoadOptions, isolate_target, open_target
from ..ports.user_code.run_case import format_traceback, try_case
from ..ports.user_code.view import TargetView
from ..suite.case import Case, load_cases, save_arrays, save_cases
from ..suite.suite import Suite, find_suite
from .events import EventLog
from .files import is_running
from .process import EXIT_NOW, THREADS, end_copy, find_reader, hold_disk_to_account, measure_peak_mb
from .train_port import run_training

PARENT_INTERVAL = 1.0  # seconds between two looks for the parent
RELEASE_AFTER_MB = 100.0  # MB of cases after which a framework shall let go of what it has compiled


class Worker:
    """A job, as `runner.PortRunner` describes it in a file, and reads what is left beside that.

    `events.jsonl`, a line for each thing begun or ended, `NNNN.npz`, the outputs of case NNNN,
    `training.npz`, and for a port of one size the `cases` that were run instead of the job's.
    """

    def __init__(self, path: Path) -> None:
        self.folder = path.resolve().parent
        self.job: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        plan = self.job["training"] or {}
        for record, keys in ((self.job, ("cases",)), (plan, ("start", "source", "digits"))):
            for key in keys:  # a user's port is run in its own folder
                if record.get(key) and os.path.exists(record[key]):
                    record[key] = os.path.abspath(record[key])
        self.suite = find_suite(self.job["suite"])
        self.facts: dict[str, Any] = {}
        self.isolation: dict[str, str] = {}  # of a user's port, as `isolate_process` tells it
        self.log = EventLog(self.folder, self.job["careful"]).write

    def isolate(self) -> None:
        """Keep a user's port from the network and from what lies in its folder."""
        if self.job["target"]:
            self.isolation = isolate_target(self.job["target"], self.folder)

    def do(self) -> None:
        """Do what is not done yet."""
        job, log = self.job, self.log
        try:
            view, sizes = self.open_port()
        except TargetError as error:
            facts = error.facts | {"isolation": self.isolation}
            log("cannot open", message=str(error), facts=facts, peak_mb=measure_peak_mb())
            return
        gc.freeze()  # a framework's modules stay, and need not be looked through again and again
        if job["cases"]:
            with hold_disk_to_account():
                cases = self.load_job_cases(view, sizes)
            self.run_cases(view, cases)
        if job["training"] and not job["trained"]:
            log("begin training")
            self.train(view)
        if job["conventions"]:
            answers = self.suite.run_conventions(FRAMEWORKS[job["framework"]], job["dtype"])
            log("conventions", answers=answers)
        log("done", peak_mb=measure_peak_mb())

    def train(self, view: PortView | TargetView) -> None:
        """Train the port, and say what that has changed for its whole process."""
        state = view.state if isinstance(view, TargetView) else None
        try:
            with state.settings_held("train") if state else contextlib.nullcontext():
                run_training(self.suite, view, self.job, self.folder, self.log)
        except Exception as error:  # noqa: BLE001  # as for a case
            self.log("training failed", message=format_traceback(error))
        self.note_leaks(view)

    def open_port(self) -> tuple[PortView | TargetView, list[int] | None]:
        """Return the view of the job's port, and its sizes if it has one size alone."""
        job, log = self.job, self.log
        if job["target"]:
            options = LoadOptions(
                job["framework"],
                job["dtype"],
                THREADS,
                job["definitions_only"],
                lambda: log("loading"),
                job["import_timeout"],
            )
            view, facts = open_target(self.suite, job["target"], job["loss"], options)
            facts["isolation"] = self.isolation
            self.facts = facts
            log("ready", versions=facts["versions"], facts=facts)
            return view, facts.get("sizes")
        framework = FRAMEWORKS[job["framework"]]
        framework.start(job["dtype"], THREADS)
        module = importlib.import_module(job["module"])
        held = {"BLAS and OpenMP": THREADS} | framework.threads()
        log("ready", versions=framework.versions(), threads=held)
        return PortView(module, framework), None

    def load_job_cases(self, view: PortView | TargetView, sizes: list[int] | None) -> list[Case]:
        """Return the job's cases, without those that cannot be asked of the port.

        For a port of one size they are those of that size, and those without a network.
        """
        cases, own = load_cases(Path(self.job["cases"])), self.folder / "cases"
        asks = view.asks if isinstance(view, TargetView) else []
        if sizes is None and not asks:
            return cases
        if not (own / "index.json").exists():
            if sizes is not None:
                d, h, k = sizes
                sized = self.suite.sized_cases(d, h, k)
                network = set().union(*map(self.list_needed_names, sized))
                cases = [c for c in cases if not self.list_needed_names(c) & network] + sized
            save_cases([case for case in cases if all(ask(case) for ask in asks)], own)
        self.facts["own_cases"] = True
        self.log("note", facts=self.facts)
        return load_cases(own)

    def list_needed_names(self, case: Case) -> set[str]:
        """Return the functions and classes that a case asks a port for."""
        return {name.partition(".")[0] for name in self.suite.components[case.component].needs}

    def run_cases(self, view: PortView | TargetView, cases: list[Case]) -> None:
        """Run every case that is not done yet, each with its own end."""
        suite, job, log = self.suite, self.job, self.log
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
            made_of = [case.component, *sorted(suite.collect_parts(case.component))]
            if dead := next((job["dead"][name] for name in made_of if name in job["dead"]), None):
                log("case", number=number, status=dead[0], message=dead[1])
                continue
            log("begin", number=number, component=case.component, case=case.id)
            try:
                arrays, facts = try_case(suite, view, case, job["dtype"])
            except BaseException as error:  # noqa: BLE001  # whatever a port raises is the finding
                log("case", number=number, **describe_failure(view, error))
            else:
                save_result(self.folder, number, arrays)
                log("case", number=number, status="ok", **facts)
            self.note_leaks(view)

    def note_leaks(self, view: PortView | TargetView) -> None:
        """Say what a port has changed for its whole process, where it is new."""
        if not isinstance(view, TargetView) or view.state.told == self.facts.get("leaks", []):
            return
        self.facts["leaks"] = list(view.state.told)
        self.facts["notes"] = list(dict.fromkeys([*self.facts["notes"], *view.state.told]))
        self.log("note", facts=self.facts)


def save_result(folder: Path, number: int, arrays: Mapping[str, np.ndarray]) -> None:
    """Write the arrays of a case into a job's folder, which a port may have deleted.

    A copy of this process that a user's code has made ends here.
    """
    end_copy()
    with hold_disk_to_account():
        folder.mkdir(parents=True, exist_ok=True)
        save_arrays(folder / f"{number:04d}.npz", arrays)


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


def end_with_parent() -> None:
    """End the process, whatever it is doing, once its parent is gone: nobody reads it any more.

    Where the machine has no memory left, it is this process that goes, and not the parent.
    """
    parent, reader = os.getppid(), find_reader()  # either may be gone by now
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")

    def watch() -> None:
        while os.getppid() == parent and is_running(reader):
            time.sleep(PARENT_INTERVAL)
        with contextlib.suppress(OSError):
            os.killpg(os.getpid(), signal.SIGKILL)  # with what it has started
        EXIT_NOW(1)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    with hold_disk_to_account():
        worker = Worker(Path(sys.argv[1]))
    worker.isolate()  # before the first thread
    end_with_parent()
    worker.do()
    sys.stdout.flush()
    EXIT_NOW(0)  # frameworks' threads have been seen to hang an orderly exit
