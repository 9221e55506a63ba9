"""The verdicts of a run, and what its exit code is."""

import datetime
import threading
from collections.abc import Collection, Sequence
from dataclasses import asdict

import numpy as np

from ..causes.allowance import DIAGNOSIS_SECONDS
from ..causes.experiments import Experiments
from ..causes.explain import explain
from ..causes.precision_loss import mark_float32_results
from ..chapter.suite import CHAPTER
from ..execution.environment import describe_environment
from ..execution.runner import Observation, PortJob
from ..judging.cause import list_cause_ids
from ..judging.cross_port import judge_pairs
from ..judging.evidence import collect_evidence
from ..judging.judge import combine_verdicts, group_by_component, judge_port, set_all_limits_aside
from ..judging.results import PortRun, Run, Verdict
from ..ports.registry import PortSpec
from ..suite.fault import Fault
from ..training.curves import judge_trace, make_empty_trace, make_trace
from ..training.restart_from_reference import find_departure_causes
from .run_context import RunContext

SETTINGS_UNSAID = ("out", "cache", "no_cache", "fresh")  # no part of the record


@np.errstate(over="ignore", invalid="ignore")  # a run that diverges overflows, and is told so
def judge_observations(context: RunContext) -> Run:
    """Judge what was observed."""
    settings, known = context.settings, context.known
    result = Run(
        settings={k: v for k, v in asdict(settings).items() if k not in SETTINGS_UNSAID},
        data=context.data.facts(),
        environment=describe_environment(),
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        envelope=dict(known.told),
    )
    result.horizons = {dtype: band.horizon for dtype, band in known.envelopes.items()}
    if known.truth:
        result.traces.append(make_trace("truth", "float64", known.truth, known.truth, None))
    for spec in context.specs:
        likely: list[Fault] = []  # what explains one dtype is tried first in the next
        for dtype in settings.dtypes:
            seen = context.results[f"{spec.name} {dtype}"]
            verdicts = judge_cases(context, result, seen, likely) if seen.cases else []
            verdicts += judge_training(context, result, seen)
            result.verdicts += verdicts
            result.ports.append(make_port_run(spec, seen, combine_verdicts(verdicts)))
    for dtype in settings.dtypes:
        both = [(spec.name, context.results[f"{spec.name} {dtype}"]) for spec in context.specs]
        result.pairs += judge_pairs(CHAPTER, both, dtype, context.cases, context.truths[dtype])
    return result


def judge_cases(
    context: RunContext, result: Run, seen: Observation, likely: list[Fault]
) -> list[Verdict]:
    """Return the verdicts on the cases of one port in one dtype; their evidence goes into result.

    likely: faults to try first; what explains this port is added to them.
    """
    port, dtype = seen.job.port.name, seen.job.dtype
    truths = context.truths[dtype]
    verdicts = judge_port(CHAPTER, port, dtype, context.cases, truths, seen.cases)
    groups = group_by_component(context.cases, truths, seen.cases, dtype)
    groups = set_all_limits_aside(CHAPTER, groups)[0]
    experiments = Experiments(CHAPTER, DIAGNOSIS_SECONDS)
    found = explain(verdicts, groups, experiments, likely).values()
    likely += [fit.fault for d in found for fit in d.fits if fit.fault not in likely]
    if dtype == "float64":
        mark_float32_results(verdicts, groups)
    result.details |= collect_evidence(verdicts, groups, f"evidence/{len(result.ports)}/")
    return verdicts


def judge_training(context: RunContext, result: Run, seen: Observation) -> list[Verdict]:
    """Return the verdict on the training of one port, if it has one; its trace goes into result."""
    port, dtype, known = seen.job.port.name, seen.job.dtype, context.known
    steps, band = context.settings.steps, known.envelopes.get(dtype)
    if seen.training and known.truth:
        bounds, horizon = (None, None) if band is None else (band.bounds, band.horizon)
        trace = make_trace(port, dtype, known.truth, seen.training, bounds)
        result.traces.append(trace)
        failure = seen.training_message or seen.message
        return [judge_trace(trace, known.truth["loss"], steps, failure, horizon)]
    if seen.status == "ok":
        trace = make_empty_trace(port, dtype)
        return [judge_trace(trace, np.zeros(0), steps, seen.training_message, None)]
    return []


def make_port_run(spec: PortSpec, seen: Observation, verdict: str) -> PortRun:
    """Return the record of one port in one dtype."""
    return PortRun(
        port=spec.name,
        framework=spec.framework,
        dtype=seen.job.dtype,
        status=seen.status,
        version=", ".join(f"{k} {v}" for k, v in seen.versions.items()),
        message=seen.message,
        verdict=verdict,
        wall_s=seen.wall_s,
        train_s=seen.train_s,
        peak_mb=seen.peak_mb,
        threads=seen.threads,
    )


def explain_departures(context: RunContext, result: Run, jobs: Sequence[PortJob]) -> bool:
    """Look for the cause of each curve that left its envelope; whether Ctrl-C ended that."""
    stop = threading.Event()
    trainings = {name: seen.training for name, seen in context.results.items()}
    try:
        find_departure_causes(result.verdicts, jobs, context.known, trainings, stop, context.say)
    except KeyboardInterrupt:
        stop.set()
        return True
    for port in result.ports:
        own = [v for v in result.verdicts if (v.port, v.dtype) == (port.port, port.dtype)]
        port.verdict = combine_verdicts(own)
    return False


def compute_exit_code(result: Run, require_ports: bool, accept: Collection[str] = ()) -> int:
    """Return the exit code of a run.

    0 all pass, 1 a mismatch (or a port not run where all are required), 2 nothing compared, 3
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
    """Return the ids of every convention found."""
    found = [v.cause for v in result.verdicts if v.status == "convention"]
    return {name for cause in found for ids in list_cause_ids(cause) for name in ids.split("+")}
