"""The main job: every port over every case and the chapter's training, judged and reported."""

import datetime
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from ..causes.experiments import Experiments
from ..causes.explain import explain
from ..causes.precision_loss import mark_float32_results
from ..chapter.cases import generate_cases
from ..chapter.cases.arithmetic import generate_arithmetic_cases
from ..chapter.cases.data import generate_data_cases
from ..chapter.digits import Data, load_data
from ..chapter.pictures import build_pictures
from ..chapter.rosetta import build_rosetta
from ..chapter.suite import CHAPTER
from ..execution.cache import Cache, find_cache_folder
from ..execution.environment import describe_environment
from ..execution.progress import Progress
from ..execution.resume import (
    FINISHED_FOLDER,
    ResumingRunner,
    make_run_key,
    open_observation_folder,
)
from ..execution.runner import Observation, PortJob
from ..judging.cross_port import judge_pairs
from ..judging.evidence import collect_evidence
from ..judging.expected import Expected
from ..judging.interruption import mark_interrupted
from ..judging.judge import combine_verdicts, group_by_component, judge_port
from ..judging.results import PortRun, Run, Trace
from ..judging.truth_cache import load_expected_outputs
from ..ports.registry import PortSpec, find_ports
from ..suite.case import Case, save_arrays, save_cases
from ..suite.fault import Fault
from ..training.convention_reference import judge_conventions
from ..training.curves import judge_trace, make_trace, make_training_plan
from ..training.envelope import ReferenceCurves, ReferenceProblem
from ..training.restart_from_reference import find_departure_causes
from .finished_run import load_finished_run
from .schedule import collect_reference_curves, make_jobs, merge_observations, sort_longest_first

# settings that change nothing of what is found
SETTINGS_WITHOUT_EFFECT = (
    "out",
    "command",
    "require_ports",
    "accept",
    "cache",
    "no_cache",
    "fresh",
)


@dataclass(frozen=True)
class RunSettings:
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
    accept: tuple[str, ...] = ()  # conventions, by their ids
    command: str = ""
    cache: Path | None = None  # where truths and envelopes are kept; None: the user's cache
    no_cache: bool = False
    fresh: bool = False  # keep nothing of an earlier call in out

    def check(self) -> None:
        """Raise ValueError for what cannot be run."""
        for name in ("steps", "batch_size", "hidden_size"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1 (got {getattr(self, name)})")
        if not self.learning_rate > 0 or not np.isfinite(self.learning_rate):
            raise ValueError(f"learning_rate must be positive (got {self.learning_rate})")
        if not 0 <= self.seed < 2**32 - 1:
            raise ValueError(f"seed must be in 0..{2**32 - 2} (got {self.seed})")


def check_writable(folder: Path) -> None:
    """Raise ValueError unless results can be written into folder."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ValueError(f"cannot write to {folder}: {error.strerror or error}") from error


def run(
    settings: RunSettings,
    say: Callable[[str], None] = lambda line: None,
    meanwhile: Callable[[], None] = lambda: None,
) -> Run:
    """Do it all, and leave results.json, traces.npz and the reports in settings.out.

    What an earlier call with the same settings has finished there is not done again. say: told, a
    line each, what was kept, resumed or begun anew. meanwhile: called once, as soon as a core has
    nothing left to do, for what the caller wants to have ready afterwards.

    Raises ValueError or FileNotFoundError before anything has begun; afterwards nothing that a port
    does stops the others, and Ctrl-C keeps what there is.
    """
    settings.check()
    specs = find_ports(list(settings.ports))
    if all(spec.find_missing_packages() for spec in specs):
        missing = sorted({name for spec in specs for name in spec.find_missing_packages()})
        raise ValueError(f"nothing to compare: not installed: {', '.join(missing)}")
    check_writable(settings.out)
    task = CHAPTER.task
    data = load_data(settings.data)
    train_size = data.train_size
    masks = task.draw_batches(train_size, settings.batch_size, settings.steps, settings.seed + 1)
    asked = {
        key: value for key, value in asdict(settings).items() if key not in SETTINGS_WITHOUT_EFFECT
    }
    key = make_run_key(asked, data.md5, describe_environment()["packages"], specs)
    if not settings.fresh and (before := load_finished_run(settings.out, key)) is not None:
        say(f"kept: {settings.out} holds this very run, finished before (--fresh runs it again)")
        before.settings["accept"] = list(settings.accept)
        return before
    observations = open_observation_folder(settings.out, key, settings.fresh, say)

    cases = [
        *generate_arithmetic_cases(),
        *generate_data_cases(data.source, train_size, len(data.mnist.x_test), settings.seed),
        *generate_cases(),
    ]
    save_cases(cases, observations / "cases")
    start = task.make_start(settings.hidden_size, settings.seed)
    save_arrays(observations / "start.npz", {"batch_masks": masks, **start})
    plan = make_training_plan(
        observations / "start.npz",
        data.source,
        settings.steps,
        settings.batch_size,
        settings.learning_rate,
        train_size,
    )
    digits = (observations / "digits").resolve()
    shutil.rmtree(digits, ignore_errors=True)  # of a call that was killed
    plan["digits"] = str(digits)

    store = Cache(None if settings.no_cache else find_cache_folder(settings.cache))
    known = ReferenceCurves(
        ReferenceProblem(CHAPTER, data, start, masks, plan),
        store,
        tuple(dict.fromkeys(settings.dtypes)),
    )
    wanted = [(spec, dtype) for spec in specs for dtype in settings.dtypes]
    jobs = make_jobs(wanted, plan, observations, known)
    truths, results, interrupted = run_jobs(
        jobs,
        len(cases),
        settings,
        lambda: task.share_data(data, digits),
        lambda dtype: load_expected_outputs(CHAPTER, cases, dtype, store, data.md5),
        meanwhile,
    )
    collect_reference_curves(known, results)
    result = judge_observations(settings, specs, data, cases, truths, results, known)
    result.interrupted = interrupted
    if not interrupted:
        interrupted = result.interrupted = judge_conventions(
            CHAPTER, result, results, known.truth, plan, observations
        )
    if not interrupted:
        interrupted = result.interrupted = explain_departures(result, jobs, known, results, say)
    for line in known.words():
        say(line)
    if interrupted:
        mark_interrupted(result)
    result.rosetta = build_rosetta(specs, settings.dtypes, cases, truths, results)
    trained = {name: results[name] for p in result.ports if (name := f"{p.port} {p.dtype}")}
    result.chapter, drawn = build_pictures(data, known.truth, trained)
    result.details |= drawn
    result.save(settings.out)
    shutil.rmtree(digits, ignore_errors=True)
    if not interrupted:  # else the next call goes on with what is there
        for job in jobs:
            if job.name.startswith("shadow"):
                shutil.rmtree(job.folder, ignore_errors=True)
        shutil.rmtree(settings.out / FINISHED_FOLDER, ignore_errors=True)
        observations.rename(settings.out / FINISHED_FOLDER)
    return result


ExpectedByDtype = dict[str, Sequence[Mapping[str, Expected]]]


def run_jobs(
    jobs: Sequence[PortJob],
    cases: int,
    settings: RunSettings,
    share: Callable[[], None],
    truth_of: Callable[[str], Sequence[Mapping[str, Expected]]],
    meanwhile: Callable[[], None],
) -> tuple[ExpectedByDtype, dict[str, Observation], bool]:
    """Run the jobs, as many at once as there are cores, and the truth of each case beside them.

    cases: how many. share: writes the digits, while the first processes import their frameworks.
    truth_of: dtype to the truth of each case. meanwhile: see `run`.
    """
    cores = os.cpu_count() or 1
    stop, results, interrupted = threading.Event(), {}, False
    truths: ExpectedByDtype = {}
    with Progress() as progress:
        observers = []
        for job in jobs:
            total = (cases if job.cases else 0) + settings.steps
            update = progress.add(job.name, total, {"cases": 0, "steps": 0})
            observers.append(ResumingRunner(job, update, stop))
        pool = ThreadPoolExecutor(max_workers=cores)
        try:
            by_job = {o.job.name: o for o in observers}
            order = [by_job[job.name] for job in sort_longest_first(jobs)]
            futures = [pool.submit(observer.run) for observer in order]
            share()
            for dtype in dict.fromkeys(settings.dtypes):
                truths[dtype] = truth_of(dtype)
            under_way = set(futures)
            while len(under_way) >= cores:
                under_way = wait(under_way, return_when=FIRST_COMPLETED).not_done
            meanwhile()
            for future in futures:
                future.result()
        except KeyboardInterrupt:
            interrupted = True
            stop.set()
            for dtype in dict.fromkeys(settings.dtypes):
                if dtype not in truths:
                    truths[dtype] = truth_of(dtype)
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
    for observer in observers:
        results[observer.job.name] = observer.observation
    return truths, merge_observations(results), interrupted


@np.errstate(over="ignore", invalid="ignore")  # a run that diverges overflows, and is told so
def judge_observations(
    settings: RunSettings,
    specs: Sequence[PortSpec],
    data: Data,
    cases: Sequence[Case],
    truths: ExpectedByDtype,
    results: Mapping[str, Observation],
    known: ReferenceCurves,
) -> Run:
    """Judge what was observed."""
    unsaid = ("out", "cache", "no_cache", "fresh")
    record = {key: value for key, value in asdict(settings).items() if key not in unsaid}
    result = Run(
        settings=record,
        data=data.facts(),
        environment=describe_environment(),
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        envelope=dict(known.told),
    )
    truth = known.truth
    result.horizons = {dtype: band.horizon for dtype, band in known.envelopes.items()}
    if truth:
        result.traces.append(make_trace("truth", "float64", truth, truth, None))
    for spec in specs:
        likely: list[Fault] = []  # what explains one dtype is tried first in the next
        for dtype in settings.dtypes:
            seen = results[f"{spec.name} {dtype}"]
            verdicts = []
            if seen.cases:
                verdicts = judge_port(CHAPTER, spec.name, dtype, cases, truths[dtype], seen.cases)
                groups = group_by_component(cases, truths[dtype], seen.cases, dtype)
                found = explain(verdicts, groups, Experiments(CHAPTER), likely).values()
                likely += [fit.fault for d in found for fit in d.fits if fit.fault not in likely]
                if dtype == "float64":
                    mark_float32_results(verdicts, groups)
                prefix = f"evidence/{len(result.ports)}/"
                result.details |= collect_evidence(verdicts, groups, prefix)
            band = known.envelopes.get(dtype)
            if seen.training and truth:
                bounds = None if band is None else band.bounds
                trace = make_trace(spec.name, dtype, truth, seen.training, bounds)
                result.traces.append(trace)
                verdicts.append(
                    judge_trace(
                        trace,
                        truth["loss"],
                        settings.steps,
                        seen.training_message or seen.message,
                        None if band is None else band.horizon,
                    )
                )
            elif seen.status == "ok":
                empty = make_empty_trace(spec.name, dtype)
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
                    verdict=combine_verdicts(verdicts),
                    wall_s=seen.wall_s,
                    train_s=seen.train_s,
                    peak_mb=seen.peak_mb,
                    threads=seen.threads,
                )
            )
    for dtype in settings.dtypes:
        both = [(spec.name, results[f"{spec.name} {dtype}"]) for spec in specs]
        result.pairs += judge_pairs(CHAPTER, both, dtype, cases, truths[dtype])
    return result


def explain_departures(
    result: Run,
    jobs: Sequence[PortJob],
    known: ReferenceCurves,
    results: Mapping[str, Observation],
    say: Callable[[str], None],
) -> bool:
    """Look for the cause of each curve that left its envelope; whether Ctrl-C ended that."""
    stop = threading.Event()
    trainings = {name: seen.training for name, seen in results.items()}
    try:
        find_departure_causes(result.verdicts, jobs, known, trainings, stop, say)
    except KeyboardInterrupt:
        stop.set()
        return True
    for port in result.ports:
        own = [v for v in result.verdicts if (v.port, v.dtype) == (port.port, port.dtype)]
        port.verdict = combine_verdicts(own)
    return False


def make_empty_trace(port: str, dtype: str) -> Trace:
    none = np.zeros(0)
    return Trace(port, dtype, none, none, none, none, none, none)


def compute_exit_code(result: Run, require_ports: bool, accept: Collection[str] = ()) -> int:
    """0 all pass, 1 a mismatch (or a port not run where all are required), 2 nothing compared, 3
    faithful but for conventions that are not in accept.

    A budget without power on one component is no mismatch; a port with no pass at all is.
    """
    ran = [port for port in result.ports if port.status != "not installed"]
    if not ran or not result.verdicts:
        return 2
    if require_ports and len(ran) < len(result.ports):
        return 1
    if not all(port.verdict in ("faithful", "convention") for port in ran):
        return 1
    return 3 if collect_convention_ids(result) - set(accept) else 0


def collect_convention_ids(result: Run) -> set[str]:
    """The ids of every convention found."""
    found = [v.cause["id"] for v in result.verdicts if v.status == "convention" and v.cause]
    return {name for ids in found for name in ids.split("+")}
