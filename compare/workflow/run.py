"""The main job: every port over every case and the chapter's training, judged and reported."""

import os
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, as_completed, wait
from functools import partial
from pathlib import Path
from typing import Any

from ..chapter.digits import Data, load_data
from ..chapter.pictures import build_pictures
from ..chapter.rosetta import build_rosetta
from ..chapter.suite import CHAPTER
from ..execution import resume
from ..execution.files import (
    DISK_ERRORS,
    READ_ERRORS,
    WriteError,
    name_unwritten,
    remove_stale_parts,
)
from ..execution.lock import lock_folder
from ..execution.observation import Observation, PortJob
from ..execution.progress import Progress
from ..judging.interruption import mark_interrupted
from ..judging.judge import combine_verdicts
from ..judging.results import Run
from ..ports.registry import find_ports
from ..suite.component import PortSpec
from ..training.convention_reference import judge_conventions
from ..training.restart_from_reference import find_departure_causes
from .first_verdicts import FirstVerdicts
from .judge_run import judge_observations
from .run_context import RunContext, RunSettings, check_writable, make_run_key
from .schedule import collect_reference_curves, make_jobs, merge_observations, sort_longest_first

GO_ON = "when that is mended, the same command goes on from what was finished"


def run(
    settings: RunSettings,
    say: Callable[[str], None] = lambda line: None,
    meanwhile: Callable[[], None] = lambda: None,
) -> Run:
    """Do it all, and leave results.json, traces.npz and the reports in settings.out.

    What an earlier call with the same settings has finished there is not done again.

    say: told, a line each, what was kept, resumed or begun anew.
    meanwhile: called once, as soon as a core is free, for what is to be ready afterwards.

    Raises ValueError or FileNotFoundError before anything has begun, WriteError where the disk
    fails; nothing that a port does stops the others, and Ctrl-C keeps what there is.
    """
    settings.check()
    specs = find_ports(CHAPTER, settings.ports)
    missing = [spec.find_missing_packages() for spec in specs]
    if all(missing):
        told = ", ".join(sorted({name for packages in missing for name in packages}))
        raise ValueError(f"nothing to compare: not installed: {told}")
    check_writable(settings.out)
    data = load_data(settings.data)
    if data.notice:
        say(data.notice)
    with lock_folder(settings.out):
        remove_stale_parts(settings.out)
        try:
            with name_unwritten(settings.out, DISK_ERRORS):
                return run_in_folder(settings, specs, data, say, meanwhile)
        except OSError as error:
            named = f"{error.filename}: {error.strerror}" if error.filename else str(error)
            raise WriteError(f"{named}; {GO_ON}") from error


def run_in_folder(
    settings: RunSettings,
    specs: Sequence[PortSpec],
    data: Data,
    say: Callable[[str], None],
    meanwhile: Callable[[], None],
) -> Run:
    """Run what is not finished in settings.out, which is held by a lock."""
    key = make_run_key(settings, data.md5, specs)
    if not settings.fresh and (before := load_finished_run(settings.out, key)) is not None:
        say(f"kept: {settings.out} holds this very run, finished before (--fresh runs it again)")
        take_new_demands(before, settings)
        return before
    folder = resume.open_observation_folder(settings.out, key, settings.fresh, say)
    context = RunContext(settings, specs, data, folder, say)
    wanted = [(spec, dtype) for spec in specs for dtype in settings.dtypes]
    jobs = make_jobs(wanted, context.plan, folder, context.known)
    interrupted = run_jobs(context, jobs, meanwhile)
    result = judge_run(context, jobs, interrupted)
    keep(context, jobs, result)
    return result


def take_new_demands(before: Run, settings: RunSettings) -> None:
    """Put into a kept run what a pass takes now, which may be more or less than it took then."""
    demands = {"accept": list(settings.accept), "required": list(settings.required)}
    if any(before.settings.get(name) != value for name, value in demands.items()):
        before.settings |= demands
        before.save(settings.out, settings.out / resume.FINISHED_FOLDER)


def load_finished_run(out: Path, key: Mapping[str, Any]) -> Run | None:
    """Return the result in out, if a run of this key came to its end there without trouble."""
    if resume.read_json(out / resume.FINISHED_FOLDER / resume.KEY_FILE) != key:
        return None
    try:
        result = Run.load(out)
    except READ_ERRORS:  # an older form, damaged or half deleted
        return None
    if result.against:  # another run has taken its place
        return None
    troubled = any(port.status not in ("ok", "not installed") for port in result.ports)
    late = any(verdict.status == "timeout" for verdict in result.verdicts)
    return None if troubled or late or result.interrupted else result


def run_jobs(context: RunContext, jobs: Sequence[PortJob], meanwhile: Callable[[], None]) -> bool:
    """Run the jobs, and each truth beside them, into context; whether Ctrl-C ended it."""
    cores = os.cpu_count() or 1
    stop, interrupted = threading.Event(), False
    first = FirstVerdicts(context, stop)
    with Progress() as progress:
        observers: dict[str, resume.ResumingRunner] = {}
        for job in jobs:
            steps = context.settings.steps if job.training else 0
            total = (len(context.cases) if job.cases else 0) + steps
            update = progress.add(job.name, total, {"cases": 0, "steps": 0})
            follow = first.follow(update, partial(observers.__getitem__, job.name))
            observers[job.name] = resume.ResumingRunner(job, follow, stop)
        pool = ThreadPoolExecutor(max_workers=cores)
        try:
            runners = [observers[job.name] for job in sort_longest_first(jobs)]
            futures = [pool.submit(first.run, runner) for runner in runners]
            # while the first processes import their frameworks
            CHAPTER.task.share_data(context.data, Path(context.plan["digits"]))
            context.load_truths()
            first.ready.set()
            under_way = set(futures)
            while len(under_way) >= cores:
                under_way = wait(under_way, return_when=FIRST_COMPLETED).not_done
            # not in this thread: Ctrl-C amid an import would leave half a module behind
            futures.append(pool.submit(meanwhile))
            for future in as_completed(futures):
                future.result()
        except KeyboardInterrupt:
            interrupted = True
            stop.set()
            context.load_truths()
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
    seen = {name: observer.observation for name, observer in observers.items()}
    context.results = merge_observations(seen)
    return interrupted


def judge_run(context: RunContext, jobs: Sequence[PortJob], interrupted: bool) -> Run:
    """Judge what was observed, look for causes, and draw; Ctrl-C ends the search for causes."""
    known, results = context.known, context.results
    collect_reference_curves(known, results)
    result = judge_observations(context)
    result.interrupted = (
        interrupted
        or judge_conventions(CHAPTER, result, results, known.truth, context.plan, context.folder)
        or explain_departures(context, result, jobs)
    )
    for line in known.words():
        context.say(line)
    if result.interrupted:
        mark_interrupted(result)
    dtypes = context.settings.dtypes
    result.rosetta = build_rosetta(context.specs, dtypes, context.cases, context.truths, results)
    trained = {name: results[name] for p in result.ports if (name := f"{p.port} {p.dtype}")}
    result.chapter, drawn = build_pictures(context.data, known.truth, trained)
    note_final_accuracies(result, trained)
    result.details |= drawn
    return result


def note_final_accuracies(result: Run, trained: Mapping[str, Observation]) -> None:
    """Note how many test digits the final parameters of each port read rightly."""
    digits = result.chapter.get("digits", {"wrong": {}})
    for port in result.ports:
        name = f"{port.port} {port.dtype}"
        if (wrong := digits["wrong"].get(name)) is not None:
            port.final_accuracy = (digits["test_size"] - wrong) / digits["test_size"]
            port.final_step = int(max(trained[name].training["checkpoint_steps"]))


def explain_departures(context: RunContext, result: Run, jobs: Sequence[PortJob]) -> bool:
    """Look for the cause of each curve that left its envelope; whether Ctrl-C ended that."""
    stop = threading.Event()
    trainings = {name: seen.training for name, seen in context.results.items()}
    try:
        given = context.known, trainings, context.proven, stop, context.say
        find_departure_causes(result.verdicts, jobs, *given)
    except KeyboardInterrupt:
        stop.set()
        return True
    for port in result.ports:
        own = [v for v in result.verdicts if (v.port, v.dtype) == (port.port, port.dtype)]
        port.verdict = combine_verdicts(own)
    return False


def keep(context: RunContext, jobs: Sequence[PortJob], result: Run) -> None:
    """Write the results, and leave what the next call can use.

    That is all of it after Ctrl-C, else what was observed: its folder has its final name last, as
    the sign that the run came to its end.
    """
    out = context.settings.out
    shutil.rmtree(context.plan["digits"], ignore_errors=True)
    if result.interrupted:
        result.save(out)
        return
    for job in jobs:
        if job.name.startswith("replica"):
            shutil.rmtree(job.folder, ignore_errors=True)
    result.save(out, context.folder)
    finished = out / resume.FINISHED_FOLDER
    shutil.rmtree(finished, ignore_errors=True)
    context.folder.rename(finished)
