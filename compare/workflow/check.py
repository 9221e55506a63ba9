"""Is this port faithful? Anybody's code, judged in both dtypes, with causes where there are any."""

import math
import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..causes.allowance import DIAGNOSIS_SECONDS
from ..causes.experiments import Experiments
from ..causes.explain import explain, format_right_forms, note_single_dtype
from ..causes.surviving_faults import find_surviving_faults
from ..chapter.cases import generate_cases
from ..chapter.cases.data import generate_data_cases
from ..chapter.digits import EMBEDDED
from ..chapter.suite import CHAPTER
from ..execution.runner import CaseResult, Observation, PortJob, PortRunner
from ..judging.accept import parse_convention_ids
from ..judging.check import Check
from ..judging.compare import CaseEntries
from ..judging.expected import compute_all_expected
from ..judging.judge import group_by_component, judge_port, mark_downstream, set_all_limits_aside
from ..ports.registry import PortSpec
from ..ports.user_code.target import Target, parse_target
from ..suite.case import Case, load_cases, save_cases
from ..suite.fault import Fault
from .check_training import judge_trainings
from .external_outputs import DTYPES, is_external_folder, load_external_outputs
from .recorder import is_recording, judge_recording
from .rejudge import format_float32_notes, rejudge_in_float32

TIMEOUT = 60.0  # seconds for one case
MEMORY_MB = 4096

ObservedByDtype = dict[str, tuple[list[Case], dict[int, CaseResult]]]


@dataclass(frozen=True)
class Options:
    """How to check.

    framework, loss: None to find out.
    python: the user's own interpreter.
    """

    framework: str | None = None
    loss: str | None = None
    dtypes: tuple[str, ...] = DTYPES
    python: Path | None = None
    timeout: float = TIMEOUT
    memory_mb: int = MEMORY_MB
    accept: tuple[str, ...] = ()
    data: str | None = None  # the digits of a training; of a recorded one, where not found
    train: int = 0  # steps of a training to be judged as a whole
    strict: bool = False  # whether limits count
    deep: bool = False  # whether causes are looked for however long it takes

    def __post_init__(self) -> None:
        if not 0 < self.timeout < math.inf:  # nan would be no limit at all
            raise ValueError(f"timeout must be above 0 seconds (got {self.timeout})")
        if not self.dtypes or not set(self.dtypes) <= set(DTYPES):
            raise ValueError(f"dtypes must be of {', '.join(DTYPES)} (got {self.dtypes})")


DEFAULT_OPTIONS = Options()


def check(
    target: str,
    options: Options = DEFAULT_OPTIONS,
    progress: Callable[[str], Any] = lambda name: None,
    say: Callable[[str], None] = lambda text: None,
) -> Check:
    """Judge whatever target names. Raises ValueError if there is nothing there to judge.

    progress: called with the name of each process; returns a function for its observer.
    say: called with what is being done once the processes have ended.
    """
    accepted = parse_convention_ids(CHAPTER, options.accept)
    folder = Path(target)
    if folder.is_dir() and is_recording(folder):
        verdicts = judge_recording(folder, options.data)
        reject_code_options(target, verdicts[0].dtype, options)
        return Check(target, "arrays", verdicts, accepted=accepted, strict=options.strict)
    if folder.is_dir() and is_external_folder(folder):
        seen = load_external_outputs(folder)
        reject_code_options(target, seen.dtype, options)
        result = Check(target, "arrays", accepted=accepted, strict=options.strict)
        judge_all(result, {seen.dtype: (seen.selection, seen.cases)}, options, say)
        result.notes += [seen.message] if seen.message else []
        return result
    parsed = parse_target(target, elsewhere=options.python is not None)
    return check_code(target, parsed, options, accepted, progress, say)


def reject_code_options(target: str, dtype: str, options: Options) -> None:
    """Raise ValueError for what recorded arrays cannot be asked.

    That is another dtype than the one that they were computed in, and anything about code that is
    not there.
    """
    for option in ("framework", "loss", "python", "train"):
        if value := getattr(options, option):
            raise ValueError(f"--{option} is for code: {target} holds arrays (got {value})")
    if dtype not in options.dtypes:
        raise ValueError(
            f"--dtype must be {dtype} or both for {target}, which was computed in it (got "
            f"{', '.join(options.dtypes)})"
        )


def check_code(
    text: str,
    target: Target,
    options: Options,
    accepted: tuple[str, ...],
    progress: Callable[[str], Any],
    say: Callable[[str], None],
) -> Check:
    """Run the target in a process for each dtype, side by side, and judge what comes back."""
    result = Check(text, accepted=accepted, strict=options.strict)
    stop = threading.Event()
    with tempfile.TemporaryDirectory(prefix="trueport-") as name:
        folder = Path(name)
        cases = [*generate_data_cases(*EMBEDDED, seed=0), *generate_cases()]
        save_cases(cases, folder / "cases")
        observers = [
            PortRunner(
                make_target_job(text, target, options, dtype, folder),
                progress(dtype) or (lambda what, done: None),
                stop,
            )
            for dtype in options.dtypes
        ]
        with ThreadPoolExecutor(len(observers)) as pool:
            try:
                seen = list(pool.map(PortRunner.run, observers))
            finally:
                stop.set()
        facts = next((o.facts for o in seen if o.facts), {})
        result.framework = facts.get("framework", options.framework or "numpy")
        result.notes += collect_notes(facts, seen)
        judge_all(result, match_cases(seen, cases), options, say)
        if options.train:
            say(f"training for {options.train} steps")
            jobs, digits = [o.job for o in seen], options.data or "auto"
            result.verdicts += judge_trainings(
                CHAPTER, result.verdicts, jobs, folder, digits, options.train
            )
    return result


def make_target_job(
    text: str, target: Target, options: Options, dtype: str, folder: Path
) -> PortJob:
    """Return the job that runs the target on the cases that lie in folder."""
    return PortJob(
        name=f"{text} {dtype}",
        port=PortSpec(text, "", "numpy", ()),
        dtype=dtype,
        folder=folder / dtype,
        cases=folder / "cases",
        target=target.to_record(),
        framework=options.framework,
        loss=options.loss,
        python=options.python,
        case_timeout=options.timeout,
        memory_mb=options.memory_mb,
        suite=CHAPTER.location,
    )


def match_cases(seen: Sequence[Observation], cases: list[Case]) -> ObservedByDtype:
    """Return by dtype the cases that the target was given, and what became of each."""
    # what one process offered counts for both: the other may never have come so far
    offered = {
        case.component
        for o in seen
        for number, case in enumerate(load_observed_cases(o, cases))
        if number in o.cases and o.cases[number].status != "missing"
    }
    tried: ObservedByDtype = {}
    for o in seen:
        own = load_observed_cases(next((x for x in seen if x.case_folder), o), cases)
        tried[o.job.dtype] = (own, fill_missing_results(o, own, offered))
    return tried


def load_observed_cases(observation: Observation, cases: list[Case]) -> list[Case]:
    """Return the cases that the port was given: a model of one size brings cases of its own."""
    own = observation.case_folder
    return cases if own in (None, observation.job.cases) else load_cases(own)


def collect_notes(facts: dict[str, Any], seen: Sequence[Observation]) -> list[str]:
    """Return what the user should know about how the target was taken."""
    notes = list(facts.get("notes", []))
    notes += [f"{o.job.dtype}: {o.status}: {o.message}" for o in seen if o.status != "ok"]
    return list(dict.fromkeys(notes))


def judge_all(
    result: Check,
    tried: ObservedByDtype,
    options: Options = DEFAULT_OPTIONS,
    say: Callable[[str], None] = lambda text: None,
) -> None:
    """Fill result.verdicts: judged and explained in each dtype, float64 first.

    say: called with what is being done.
    """
    likely: list[Fault] = []
    experiments = Experiments(CHAPTER, None if options.deep else DIAGNOSIS_SECONDS)
    unknown: set[str] = set()
    ran: dict[str, dict[str, CaseEntries]] = {}
    for dtype, (cases, results) in tried.items():
        if not results:
            continue
        say(f"judging in {dtype}")
        lacking = {number for number, seen in results.items() if seen.status == "missing"}
        truths = compute_all_expected(CHAPTER, cases, dtype, lacking)
        verdicts = judge_port(CHAPTER, result.target, dtype, cases, truths, results)
        groups = group_by_component(cases, truths, results, dtype)
        seen = ran[dtype] = set_all_limits_aside(CHAPTER, groups)[0]
        if dtype == "float64":
            single = rejudge_in_float32(verdicts, seen)
            result.notes += format_float32_notes(single)
            mark_downstream(CHAPTER, verdicts)
        found = explain(verdicts, seen, experiments, likely, unknown, say)
        for component, diagnosis in found.items():
            likely += [fit.fault for fit in diagnosis.fits if fit.fault not in likely]
            if not diagnosis.fits:
                unknown.add(component)
        result.verdicts += verdicts
    note_single_dtype(result.verdicts)
    result.notes += format_right_forms(result.verdicts)
    say("looking for what no case could show")
    result.surviving_faults = find_surviving_faults(result.verdicts, ran, experiments)


def fill_missing_results(
    observation: Observation, cases: list[Case], offered: set[str]
) -> dict[int, CaseResult]:
    """Return the results, with an error for every case that the port offers and that was never run.

    A process that died or ran out of time before its end leaves such cases, and they are no pass.
    """
    results = dict(observation.cases)
    ended = observation.message or "the process ended early"
    status = observation.status if observation.status in ("error", "timeout") else "error"
    for number, case in enumerate(cases):
        dtype = observation.job.dtype
        if number not in results and dtype in case.dtypes and case.component in offered:
            results[number] = CaseResult(status, f"not run: {ended}")
    return results
