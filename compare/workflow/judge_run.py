"""The verdicts of a run, and what its exit code is."""

import datetime
from collections.abc import Collection
from dataclasses import asdict
from typing import Any

import numpy as np

from ..causes.allowance import DIAGNOSIS_SECONDS
from ..causes.diagnose import collect_causes
from ..causes.experiments import Experiments
from ..causes.explain import explain
from ..causes.precision_loss import mark_float32_results
from ..chapter.suite import CHAPTER
from ..execution.environment import describe_environment
from ..execution.observation import Observation
from ..judging.cause import list_cause_ids
from ..judging.cross_port import judge_pairs
from ..judging.evidence import collect_evidence
from ..judging.judge import combine_verdicts, group_by_component, judge_port, set_all_limits_aside
from ..judging.results import PortRun, Run, Trace
from ..judging.verdict import Verdict
from ..ports.user_code.isolation import NOT_HELD
from ..suite.fault import Fault
from ..training.curves import judge_trace, make_empty_trace, make_trace
from ..training.envelope import ReferenceCurves
from .run_context import RunContext

SETTINGS_UNSAID = ("out", "cache", "no_cache", "fresh")  # no part of the record
COPIED_FIELDS = ("status", "message", "wall_s", "train_s", "peak_mb", "threads")


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
        reference=CHAPTER.truth_port.name,
    )
    result.horizons = {dtype: band.horizon for dtype, band in known.envelopes.items()}
    if known.truth:
        result.traces.append(make_trace("truth", "float64", known.truth, known.truth, None))
    for spec in context.specs:
        likely: list[Fault] = []  # what explains one dtype is tried first in the next
        for dtype in settings.dtypes:
            seen = context.results[f"{spec.name} {dtype}"]
            verdicts = judge_cases(context, result, seen, likely) if seen.cases else []
            has_curve = bool(seen.training and known.truth)
            if has_curve or seen.status == "ok":
                trace, verdict = judge_training(spec.name, seen, known, settings.steps)
                verdicts.append(verdict)
                result.traces += [trace] if has_curve else []
            result.verdicts += verdicts
            record: dict[str, Any] = {name: getattr(seen, name) for name in COPIED_FIELDS}
            record["version"] = ", ".join(f"{k} {v}" for k, v in seen.versions.items())
            record["verdict"] = combine_verdicts(verdicts)
            record["isolation"] = {} if seen.status == "not installed" else dict(NOT_HELD)
            result.ports.append(PortRun(spec.name, spec.framework, dtype, **record))
    for dtype in settings.dtypes:
        both = [(spec.name, context.results[f"{spec.name} {dtype}"]) for spec in context.specs]
        result.pairs += judge_pairs(CHAPTER, both, dtype, context.cases, context.truths[dtype])
    return result


def judge_cases(
    context: RunContext, result: Run, seen: Observation, likely: list[Fault]
) -> list[Verdict]:
    """Return the verdicts on one port's cases; what explains them joins likely, tried first."""
    port, dtype = seen.job.port.name, seen.job.dtype
    truths = context.truths[dtype]
    verdicts = judge_port(CHAPTER, port, dtype, context.cases, truths, seen.cases)
    groups = group_by_component(context.cases, truths, seen.cases, dtype)
    groups = set_all_limits_aside(CHAPTER, groups)[0]
    experiments = Experiments(CHAPTER, DIAGNOSIS_SECONDS)
    found = explain(verdicts, groups, experiments, likely)
    likely += [fit.fault for d in found.values() for fit in d.fits if fit.fault not in likely]
    context.proven[f"{port} {dtype}"] = collect_causes(found)
    if dtype == "float64":
        mark_float32_results(verdicts, groups)
    result.details |= collect_evidence(verdicts, groups, f"evidence/{len(result.ports)}/")
    return verdicts


def judge_training(
    port: str, seen: Observation, known: ReferenceCurves, steps: int
) -> tuple[Trace, Verdict]:
    """Return the curve of a port's training and its verdict; an empty one if it did not train."""
    band, true_loss = known.envelopes.get(seen.job.dtype), known.truth.get("loss", np.zeros(0))
    bounds, horizon = (None, None) if band is None else (band.bounds, band.horizon)
    trace = make_empty_trace(port, seen.job.dtype)
    if seen.training and known.truth:
        trace = make_trace(port, seen.job.dtype, known.truth, seen.training, bounds)
    failure = seen.training_message or seen.message
    return trace, judge_trace(trace, true_loss, steps, failure, horizon)


def compute_exit_code(result: Run, accept: Collection[str] = ()) -> int:
    """Return 0 if all pass, 1 for a mismatch, 3 for conventions not in accept.

    2 if nothing but the reference ran, or if a port could not be compared: one that was asked for
    by name, or whose framework is installed. No power on one component is none of these.
    """
    if any(port.verdict == "unfaithful" for port in result.ports):
        return 1
    ran = [port for port in result.ports if port.status != "not installed"]
    wanted = [port for port in result.ports if port in ran or port.port in result.required]
    if all(result.is_reference(port.port) for port in ran) or not result.verdicts:
        return 2
    judged = [p for p in wanted if p.status == "ok" and p.verdict in ("faithful", "convention")]
    if len(judged) < len(wanted):
        return 2
    return 3 if collect_convention_ids(result) - set(accept) else 0


def collect_convention_ids(result: Run) -> set[str]:
    """Return the ids of every convention found."""
    found = [v.cause for v in result.verdicts if v.status == "convention"]
    return {name for cause in found for ids in list_cause_ids(cause) for name in ids.split("+")}
