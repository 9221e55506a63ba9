"""The main job: every port over every case and the chapter's training, judged and reported."""

import os
import shutil
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

from ..chapter.digits import load_data
from ..chapter.pictures import build_pictures
from ..chapter.rosetta import build_rosetta
from ..chapter.suite import CHAPTER
from ..execution.progress import Progress
from ..execution.resume import FINISHED_FOLDER, ResumingRunner, open_observation_folder
from ..execution.runner import PortJob
from ..judging.interruption import mark_interrupted
from ..judging.results import Run
from ..training.convention_reference import judge_conventions
from .finished_run import load_finished_run
from .judge_run import explain_departures, judge_observations
from .run_context import (
    RunContext,
    RunSettings,
    check_writable,
    find_installed_ports,
    make_settings_key,
    prepare_run,
)
from .schedule import collect_reference_curves, make_jobs, merge_observations, sort_longest_first


def run(
    settings: RunSettings,
    say: Callable[[str], None] = lambda line: None,
    meanwhile: Callable[[], None] = lambda: None,
) -> Run:
    """Do it all, and leave results.json, traces.npz and the reports in settings.out.

    What an earlier call with the same settings has finished there is not done again.

    say: told, a line each, what was kept, resumed or begun anew.
    meanwhile: called once, as soon as a core has nothing left to do, for what the caller wants to
        have ready afterwards.

    Raises ValueError or FileNotFoundError before anything has begun; afterwards nothing that a port
    does stops the others, and Ctrl-C keeps what there is.
    """
    settings.check()
    specs = find_installed_ports(settings.ports)
    check_writable(settings.out)
    data = load_data(settings.data)
    key = make_settings_key(settings, data, specs)
    if not settings.fresh and (before := load_finished_run(settings.out, key)) is not None:
        say(f"kept: {settings.out} holds this very run, finished before (--fresh runs it again)")
        before.settings["accept"] = list(settings.accept)
        return before
    folder = open_observation_folder(settings.out, key, settings.fresh, say)
    context = prepare_run(settings, specs, data, folder, say)
    jobs = make_jobs(context.wanted, context.plan, folder, context.known)
    interrupted = run_jobs(context, jobs, meanwhile)
    result = judge_run(context, jobs, interrupted)
    result.save(settings.out)
    clear_up(context, jobs, result.interrupted)
    return result


def run_jobs(context: RunContext, jobs: Sequence[PortJob], meanwhile: Callable[[], None]) -> bool:
    """Run the jobs, as many at once as there are cores, and the truth of each case beside them.

    What comes of it is put into context. The digits are written while the first processes import
    their frameworks.

    meanwhile: see `run`.

    Returns whether Ctrl-C ended it.
    """
    cores = os.cpu_count() or 1
    stop, interrupted = threading.Event(), False
    with Progress() as progress:
        observers = {}
        for job in jobs:
            total = (len(context.cases) if job.cases else 0) + context.settings.steps
            update = progress.add(job.name, total, {"cases": 0, "steps": 0})
            observers[job.name] = ResumingRunner(job, update, stop)
        pool = ThreadPoolExecutor(max_workers=cores)
        try:
            futures = [pool.submit(observers[job.name].run) for job in sort_longest_first(jobs)]
            context.share_digits()
            context.load_truths()
            under_way = set(futures)
            while len(under_way) >= cores:
                under_way = wait(under_way, return_when=FIRST_COMPLETED).not_done
            meanwhile()
            for future in futures:
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
    result.interrupted = interrupted
    if not result.interrupted:
        result.interrupted = judge_conventions(
            CHAPTER, result, results, known.truth, context.plan, context.folder
        )
    if not result.interrupted:
        result.interrupted = explain_departures(context, result, jobs)
    for line in known.words():
        context.say(line)
    if result.interrupted:
        mark_interrupted(result)
    dtypes = context.settings.dtypes
    result.rosetta = build_rosetta(context.specs, dtypes, context.cases, context.truths, results)
    trained = {name: results[name] for p in result.ports if (name := f"{p.port} {p.dtype}")}
    result.chapter, drawn = build_pictures(context.data, known.truth, trained)
    result.details |= drawn
    return result


def clear_up(context: RunContext, jobs: Sequence[PortJob], interrupted: bool) -> None:
    """Leave what the next call can use: all of it after Ctrl-C, else what was observed."""
    shutil.rmtree(context.digits, ignore_errors=True)
    if interrupted:
        return
    for job in jobs:
        if job.name.startswith("shadow"):
            shutil.rmtree(job.folder, ignore_errors=True)
    finished = context.settings.out / FINISHED_FOLDER
    shutil.rmtree(finished, ignore_errors=True)
    context.folder.rename(finished)
