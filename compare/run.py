"""The main job: every port over every case and the chapter's training, judged and reported."""

import datetime
import os
import shutil
import tempfile
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

import reference
from compare.budget import allowance, carry
from compare.cases import Case, all_cases, data_cases, save_cases
from compare.contract import PARAMS
from compare.curves import (
    SHADOWS,
    envelope,
    horizon,
    judge_trace,
    make_trace,
    shadow_plan,
    training_plan,
)
from compare.data import Data, load_data
from compare.environment import environment
from compare.evidence import keep_evidence
from compare.explain import explain, grouped
from compare.interruption import mark_interrupted
from compare.judge import judge_port, overall
from compare.observe import Job, Observation, Observer
from compare.pictures import pictures
from compare.ports import PortSpec, find_ports
from compare.progress import Progress
from compare.results import PortRun, Run, Trace
from compare.rosetta import rosetta
from compare.truth import Truth, all_truths

TRUTH = ("reference", "float64")  # the run that every other is held against


@dataclass(frozen=True)
class Settings:
    """What the user asked for; the rest is the chapter's."""

    out: Path
    data: str = "auto"  # auto, embedded, or a path
    ports: tuple[str, ...] = ("reference", "torch", "keras")
    dtypes: tuple[str, ...] = ("float64", "float32")
    steps: int = 10_000
    batch_size: int = 100
    learning_rate: float = 0.1
    hidden_size: int = 50
    seed: int = 0
    require_ports: bool = False
    command: str = ""

    def check(self) -> None:
        """Raise ValueError for what cannot be run."""
        for name in ("steps", "batch_size", "hidden_size"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1 (got {getattr(self, name)})")
        if not self.learning_rate > 0 or not np.isfinite(self.learning_rate):
            raise ValueError(f"learning_rate must be positive (got {self.learning_rate})")
        if not 0 <= self.seed < 2**32 - 1:
            raise ValueError(f"seed must be in 0..{2**32 - 2} (got {self.seed})")


def writable(folder: Path) -> None:
    """Raise ValueError unless results can be written into folder."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ValueError(f"cannot write to {folder}: {error.strerror or error}") from error


def run(settings: Settings) -> Run:
    """Do it all, and leave results.json, traces.npz and the reports in settings.out.

    Raises ValueError or FileNotFoundError before anything has begun; afterwards nothing that a port
    does stops the others, and Ctrl-C keeps what there is.
    """
    settings.check()
    specs = find_ports(list(settings.ports))
    if all(spec.missing() for spec in specs):
        missing = sorted({name for spec in specs for name in spec.missing()})
        raise ValueError(f"nothing to compare: not installed: {', '.join(missing)}")
    writable(settings.out)
    data = load_data(settings.data)
    train_size = len(data.mnist.x_train)
    masks = reference.batch_masks(
        train_size, settings.batch_size, settings.steps, settings.seed + 1
    )
    observations = settings.out / "observations.part"
    shutil.rmtree(observations, ignore_errors=True)
    observations.mkdir()

    cases = [
        *data_cases(data.source, train_size, len(data.mnist.x_test), settings.seed),
        *all_cases(),
    ]
    save_cases(cases, observations / "cases")
    net = reference.TwoLayerNet(784, settings.hidden_size, 10, seed=settings.seed)
    # the same start for both dtypes: every number in it is a float32
    start = {key: value.astype(np.float32).astype(np.float64) for key, value in net.params.items()}
    np.savez(observations / "start.npz", batch_masks=masks, **start)
    plan = training_plan(
        observations / "start.npz",
        data.source,
        settings.steps,
        settings.batch_size,
        settings.learning_rate,
        train_size,
    )

    jobs = make_jobs(settings, specs, plan, observations)
    truths, results, interrupted = work(jobs, cases, settings)
    result = conclude(settings, specs, data, cases, truths, results, start, masks)
    if interrupted:
        mark_interrupted(result)
    result.rosetta = rosetta(specs, settings.dtypes, cases, truths, results)
    trained = {f"{p.port} {p.dtype}": results[f"{p.port} {p.dtype}"] for p in result.ports}
    result.chapter, drawn = pictures(data, results[" ".join(TRUTH)].training, trained)
    result.details |= drawn

    for job in jobs:
        if job.name.startswith("shadow"):
            shutil.rmtree(job.folder, ignore_errors=True)
    shutil.rmtree(settings.out / "observations", ignore_errors=True)
    observations.rename(settings.out / "observations")
    result.save(settings.out)
    return result


def make_jobs(
    settings: Settings, specs: Sequence[PortSpec], plan: dict[str, Any], folder: Path
) -> list[Job]:
    """One process for each port and dtype, the truth, and the shadows of each dtype."""
    truth = find_ports(["reference"])[0]
    wanted = [(spec, dtype) for spec in specs for dtype in settings.dtypes]
    if (truth, "float64") not in wanted:
        wanted.insert(0, (truth, "float64"))
    asked = {spec.framework: (spec, settings.dtypes[0]) for spec in reversed(specs)}.values()
    jobs = [
        Job(
            f"{spec.name} {dtype}",
            spec,
            dtype,
            folder / f"{spec.name}-{dtype}",
            folder / "cases",
            plan,
            conventions=(spec, dtype) in asked,
        )
        for spec, dtype in wanted
    ]
    jobs += [
        Job(
            f"shadow {seed} {dtype}",
            truth,
            dtype,
            folder / f"shadow-{seed}-{dtype}",
            None,
            shadow_plan(plan, seed, settings.steps),
        )
        for dtype in settings.dtypes
        for seed in SHADOWS
    ]
    return jobs


Truths = dict[str, Sequence[Mapping[str, Truth]]]


def work(
    jobs: Sequence[Job], cases: Sequence[Case], settings: Settings
) -> tuple[Truths, dict[str, Observation], bool]:
    """Run the jobs, as many at once as there are cores, and the truth of each case beside them."""
    stop, results, interrupted = threading.Event(), {}, False
    truths: Truths = {}
    with Progress() as progress:
        observers = []
        for job in jobs:
            total = (len(cases) if job.cases else 0) + settings.steps
            update = progress.add(job.name, total, {"cases": 0, "steps": 0})
            observers.append(Observer(job, update, stop))
        pool = ThreadPoolExecutor(max_workers=os.cpu_count() or 1)
        try:
            futures = {o.job.name: pool.submit(o.run) for o in observers}
            for dtype in dict.fromkeys(settings.dtypes):
                truths[dtype] = all_truths(cases, dtype)
            for future in futures.values():
                future.result()
        except KeyboardInterrupt:
            interrupted = True
            stop.set()
            for dtype in dict.fromkeys(settings.dtypes):
                if dtype not in truths:
                    truths[dtype] = all_truths(cases, dtype)
        finally:
            stop.set()
            pool.shutdown(wait=True)
    for observer in observers:
        results[observer.job.name] = observer.observation
    return truths, results, interrupted


@np.errstate(over="ignore", invalid="ignore")  # a run that diverges overflows, and is told so
def conclude(
    settings: Settings,
    specs: Sequence[PortSpec],
    data: Data,
    cases: Sequence[Case],
    truths: Truths,
    results: Mapping[str, Observation],
    start: dict[str, np.ndarray],
    masks: np.ndarray,
) -> Run:
    """Judge what was observed."""
    record = {key: value for key, value in asdict(settings).items() if key != "out"}
    result = Run(
        settings=record,
        data=data.facts(),
        environment=environment(),
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    )
    truth = results[" ".join(TRUTH)].training
    bounds, until = {}, {}
    for dtype in settings.dtypes:
        shadows = [s for seed in SHADOWS if (s := results[f"shadow {seed} {dtype}"].training)]
        if truth and shadows:
            budget = loss_budget(data, start, masks, dtype)
            bounds[dtype] = envelope(truth, shadows, dtype, budget)
            flat = np.concatenate([start[key].ravel() for key in PARAMS])
            until[dtype] = horizon(truth, shadows, flat)
    if truth:
        result.traces.append(make_trace("truth", "float64", truth, truth, None))
    for spec in specs:
        for dtype in settings.dtypes:
            seen = results[f"{spec.name} {dtype}"]
            verdicts = []
            if seen.cases:
                verdicts = judge_port(spec.name, dtype, cases, truths[dtype], seen.cases)
                groups = grouped(cases, truths[dtype], seen.cases, dtype)
                explain(verdicts, groups)
                prefix = f"evidence/{len(result.ports)}/"
                result.details |= keep_evidence(verdicts, groups, prefix)
            if seen.training and truth:
                trace = make_trace(spec.name, dtype, truth, seen.training, bounds.get(dtype))
                result.traces.append(trace)
                verdicts.append(
                    judge_trace(
                        trace,
                        truth["loss"],
                        settings.steps,
                        seen.training_message or seen.message,
                        until.get(dtype),
                    )
                )
            elif seen.status == "ok":
                empty = empty_trace(spec.name, dtype)
                verdicts.append(
                    judge_trace(empty, np.zeros(0), settings.steps, seen.training_message, None)
                )
            result.verdicts += verdicts
            result.ports.append(
                PortRun(
                    port=spec.name,
                    framework=spec.framework,
                    dtype=dtype,
                    status=seen.status,
                    version=", ".join(f"{k} {v}" for k, v in seen.versions.items()),
                    message=seen.message,
                    verdict=overall(verdicts),
                    wall_s=seen.wall_s,
                    train_s=seen.train_s,
                    peak_mb=seen.peak_mb,
                )
            )
    return result


def empty_trace(port: str, dtype: str) -> Trace:
    none = np.zeros(0)
    return Trace(port, dtype, none, none, none, none, none, none)


def loss_budget(data: Data, start: dict[str, np.ndarray], masks: np.ndarray, dtype: str) -> float:
    """How far one evaluation of the loss may be off by its own rounding: at the start, where the
    loss is largest."""
    x = data.mnist.x_train[masks[0]].reshape(-1, 784).astype(np.float32) / np.float32(255)
    net = reference.TwoLayerNet(1, 1, 1, seed=0)
    net.params = {key: carry(value, dtype) for key, value in start.items()}
    t = reference.one_hot(data.mnist.t_train[masks[0]])
    return float(allowance(net.loss(carry(x.astype(np.float64), dtype), t)))


def exit_code(result: Run, require_ports: bool) -> int:
    """0 all pass, 1 a mismatch (or a port not run where all are required), 2 nothing compared.

    A budget without power on one component is no mismatch; a port with no pass at all is.
    """
    ran = [port for port in result.ports if port.status != "not installed"]
    if not ran or not result.verdicts:
        return 2
    if require_ports and len(ran) < len(result.ports):
        return 1
    return 0 if all(port.verdict == "faithful" for port in ran) else 1
