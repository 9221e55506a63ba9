"""A run in a few lines, for the terminal."""

from collections.abc import Iterator, Sequence

from ..judging.judge import find_first_divergence
from ..judging.results import Run, Verdict, list_limits
from .check_text import format_names
from .terminal import truncate_text


def format_summary(run: Run) -> Iterator[str]:
    """Yield a line for the data, one for each port and dtype, and the first divergence of each."""
    if run.data:
        yield f"data: {run.data['source']}"
    yield from run.against.get("notes", [])
    things = "functions" if run.against else "components"
    for port in run.ports:
        verdicts = [v for v in run.verdicts if (v.port, v.dtype) == (port.port, port.dtype)]
        name = f"{port.port} {port.dtype}"
        if port.status not in ("ok", "interrupted") and not verdicts:
            yield f"{name}: {port.status}: {port.message}"
            continue
        counted = [v for v in verdicts if v.counts]
        passed = [v for v in counted if v.passed]
        used = max((v.budget_used or 0.0 for v in passed), default=0.0)
        line = (
            f"{name}: {port.verdict}: {len(passed)} of {len(counted)} {things} pass, using at "
            f"most {used:.2f} of the rounding budget"
        )
        if powerless := [v.component for v in verdicts if v.no_power]:
            line += f"; no power: {', '.join(powerless)}"
        trace = next((t for t in run.traces if (t.port, t.dtype) == (port.port, port.dtype)), None)
        if trace is not None and len(trace.test_acc):
            line += f"; test accuracy {trace.test_acc[-1]:.4f}"
        if trace is not None and len(trace.param_distance):
            line += f"; |dW|/|W| {trace.param_distance[-1]:.1e} after {len(trace.loss)} steps"
        took = f"{port.wall_s:.1f} s" if run.against else f"{port.train_s:.1f} s in training"
        yield f"{line}; {took}, {port.peak_mb:.0f} MB"
        if run.against:
            yield from [f"  {port.message}"] if port.message else []
            yield from format_unanswered(verdicts)
        for limit in list_limits(verdicts):
            yield f"  limit: {limit.text}"
        if (finding := find_first_divergence(verdicts)) is not None:
            yield f"  first divergence: {finding.component}: {finding.status}: {finding.message}"
        for v in verdicts:
            if v.component == "training" and v.status == "faithful" and v.message:
                yield f"  training: {v.message}"


def format_unanswered(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Yield what a port of a user's own reference was not compared in, and why."""
    found: dict[str, list[str]] = {}
    for verdict in verdicts:
        if verdict.status in ("missing", "not-comparable"):
            found.setdefault(verdict.message, []).append(verdict.component)
    for why, names in found.items():
        yield f"  {format_names(names)}: {truncate_text(why, 300)}"
