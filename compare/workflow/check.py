"""Is this port faithful? Anybody's code, judged in both dtypes, with causes where there are any."""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..causes.own_line import name_own_line
from ..chapter.cases import generate_cases
from ..chapter.cases.data import generate_data_cases
from ..chapter.digits import EMBEDDED
from ..chapter.suite import CHAPTER
from ..execution.observation import CaseResult, Observation, PortJob
from ..execution.runner import observe_jobs
from ..execution.temporary import make_temporary_folder
from ..judging.accept import parse_convention_ids
from ..judging.check import Check, NotLookedAt
from ..judging.verdict import Limit, Verdict
from ..ports.user_code.errors import TAKES_DOUBLE, TargetError
from ..ports.user_code.source import read_source
from ..ports.user_code.target import Target, parse_target
from ..suite.case import Case, load_cases, save_cases
from ..suite.component import PortSpec
from ..training.restart_from_reference import Proven, find_departure_causes
from .external_outputs import is_external_folder, load_external_outputs
from .judge_check import ObservedByDtype, judge_all
from .judge_run import judge_training
from .options import JOB_OPTIONS, Options, Progress, collect_notes, find_hindrance, ignore
from .recorder import is_recording, judge_recording
from .run_context import RunSettings, prepare_training
from .schedule import collect_reference_curves, make_jobs

UPDATE_COMPONENT = "one update"  # what offers this can be trained


def check(
    target: str,
    options: Options | None = None,
    progress: Progress = lambda name: ignore,
    say: Callable[[str], None] = ignore,
) -> Check:
    """Judge whatever target names. Raises ValueError if there is nothing there to judge.

    progress: called with the name of each process; returns a function for its observer.
    say: called with what is being done once the processes have ended.
    """
    options, folder = options or Options(), Path(target)
    if options.against is not None:
        from .check_against import check_against

        return check_against(target, options, progress, say)
    accepted = parse_convention_ids(CHAPTER, options.accept)
    if is_recording(folder):
        verdicts = judge_recording(folder, options.data, deep=options.deep)
        reject_code_options(target, verdicts[0].dtype, options)
        return Check(target, "arrays", verdicts, accepted=accepted, strict=options.strict)
    if is_external_folder(folder):
        seen = load_external_outputs(folder)
        reject_code_options(target, seen.dtype, options)
        result = Check(target, "arrays", accepted=accepted, strict=options.strict)
        judge_all(result, {seen.dtype: (seen.selection, seen.cases)}, options.deep, say)
        result.notes += [seen.message] if seen.message else []
        return result
    parsed = parse_target(target, elsewhere=options.python is not None)
    result = Check(target, accepted=accepted, strict=options.strict)
    return check_code(parsed, options, result, progress, say)


def reject_code_options(target: str, dtype: str, options: Options) -> None:
    """Raise ValueError for what recorded arrays cannot be asked: code, and another dtype."""
    for option in ("framework", "loss", "python", "train"):
        if value := getattr(options, option):
            raise ValueError(f"--{option} is for code: {target} holds arrays (got {value})")
    if dtype not in options.dtypes:
        raise ValueError(
            f"--dtype must be {dtype} or both for {target}, which was computed in it (got "
            f"{', '.join(options.dtypes)})"
        )


def check_code(
    target: Target,
    options: Options,
    result: Check,
    progress: Progress,
    say: Callable[[str], None],
) -> Check:
    """Run the target in a process for each dtype, side by side, and judge what comes back."""
    with make_temporary_folder() as folder:
        cases = [*generate_data_cases(*EMBEDDED, seed=0), *generate_cases()]
        save_cases(cases, folder / "cases")
        spec = PortSpec(result.target, "", "numpy", ())
        asked: dict[str, Any] = {name: getattr(options, name) for name in JOB_OPTIONS}
        asked |= {"target": target.to_record(), "case_timeout": options.timeout}
        asked |= {"cases": folder / "cases", "suite": CHAPTER.location}
        jobs = [
            PortJob(f"{result.target} {dtype}", spec, dtype, folder / dtype, **asked)
            for dtype in options.dtypes
        ]
        seen = observe_jobs(jobs, len(jobs), progress)
        facts = next((o.facts for o in seen if o.facts), {})
        result.framework = facts.get("framework", options.framework or "numpy")
        result.isolation = facts.get("isolation", {})
        result.not_looked_at = [NotLookedAt(*pair) for pair in facts.get("not_looked_at", [])]
        result.hindrance = find_hindrance(seen)
        notes = [f"{o.job.dtype}: {o.status}: {o.message}" for o in seen if o.status != "ok"]
        result.notes += dict.fromkeys([*collect_notes(seen), *notes])
        tried = match_cases(seen, cases)
        proven = judge_all(result, tried, options.deep, say)
        name_own_lines(result, target, proven, facts.get("aliases", {}))
        add_limits(result, facts.get("limits", []))
        if options.train:
            say(f"training for {options.train} steps")
            digits = options.data or "auto"
            own = jobs, folder, digits, options.train
            result.verdicts += judge_trainings(result.verdicts, proven, *own)
    return result


def name_own_lines(
    result: Check,
    target: Target,
    proven: Mapping[str, Proven],
    aliases: Mapping[str, str],
) -> None:
    """Put into each cause the line of the user's file that stands where the change is made."""
    if target.path is None or Path(target.path).suffix != ".py":
        return  # of a package the file is not known, and cells of a notebook have no lines
    try:
        text = read_source(Path(target.path))
    except (OSError, TargetError):  # it is run elsewhere, and was read there
        return
    for verdict in result.verdicts:
        fault = proven.get(f"{result.target} {verdict.dtype}", {}).get(verdict.component)
        if fault is None or verdict.cause is None:
            continue
        if line := name_own_line(CHAPTER, fault, verdict.component, text, aliases):
            verdict.cause["line"] = f"{Path(target.path).name}:{line}"


def add_limits(result: Check, told: Sequence[Sequence[str]]) -> None:
    """Add what a port's own words say of its components, (component, words) each, to its limits."""
    for component, words in told:
        for verdict in result.verdicts:
            if verdict.component == component and verdict.status != "missing":
                verdict.limits.append(Limit(component, words))


def match_cases(seen: Sequence[Observation], cases: list[Case]) -> ObservedByDtype:
    """Return by dtype the cases that the target was given, and what became of each."""
    # a model of one size brings cases of its own; the other process may never have come so far
    folder = next((o.case_folder for o in seen if o.case_folder != o.job.cases), None)
    other = cases if folder is None else load_cases(folder)
    own = {o.job.dtype: other if not o.cases else load_own_cases(o, cases) for o in seen}
    offered = {
        own[o.job.dtype][number].component
        for o in seen
        for number, result in o.cases.items()
        if result.status != "missing"
    }
    return {
        dtype: (given, fill_missing_results(o, given, offered))
        for o, (dtype, given) in zip(seen, own.items(), strict=True)
    }


def load_own_cases(observation: Observation, cases: list[Case]) -> list[Case]:
    """Return the cases that one process ran: those of the suite, or some of its own."""
    folder = observation.case_folder
    return cases if folder is None or folder == observation.job.cases else load_cases(folder)


def fill_missing_results(
    observation: Observation, cases: list[Case], offered: set[str]
) -> dict[int, CaseResult]:
    """Return the results, with an error for each case that is offered and was never run."""
    results, dtype = dict(observation.cases), observation.job.dtype
    for number, case in enumerate(cases):
        if number not in results and dtype in case.dtypes and case.component in offered:
            results[number] = observation.explain_gap()
    return results


def judge_trainings(
    verdicts: Sequence[Verdict],
    proven: Mapping[str, Proven],
    jobs: Sequence[PortJob],
    folder: Path,
    data: str,
    steps: int,
) -> list[Verdict]:
    """Return the verdict of a training of `steps` steps for each job's dtype, with its cause.

    The target's own `train`, or the chapter's loop around its network, from the start and on the
    batches of `trueport run`; where the curve leaves its envelope, the cause is looked for.

    verdicts: of the target's components, in every dtype; proven: their causes.
    folder: for what is observed.
    """
    own = [v for v in verdicts if v.component == UPDATE_COMPONENT and v.status != "missing"]
    able = {v.dtype for v in own if not v.message.startswith(TAKES_DOUBLE)}
    jobs = [job for job in jobs if job.dtype in able]
    if not jobs:
        return []
    settings = RunSettings(folder, steps=steps, dtypes=tuple(job.dtype for job in jobs))
    plan, known = prepare_training(settings, CHAPTER.task.load_data(data), folder)
    trained = [
        replace(job, folder=folder / f"train-{job.dtype}", cases=None, training=plan)
        for job in jobs
    ]
    seen = observe_jobs([*trained, *make_jobs([], plan, folder, known)], os.cpu_count() or 1)
    results = {observation.job.name: observation for observation in seen}
    collect_reference_curves(known, results)
    names = [job.name for job in trained]
    trainings = {name: results[name].training for name in names}
    added = [judge_training(verdicts[0].port, results[name], known, steps)[1] for name in names]
    every = [*verdicts, *added]
    found = known, trainings, proven, threading.Event(), lambda line: None
    find_departure_causes(every, trained, *found)
    return added
