"""A run in a few lines, for the terminal."""

from collections.abc import Iterator, Sequence

from ..judging.judge import find_first_divergence
from ..judging.results import PortRun, Run
from ..judging.verdict import Verdict, list_limits
from .check_text import format_names
from .sentence import build_verdict_sentence
from .terminal import truncate_text
from .text import format_why
from .wording import make_printable


def format_summary(run: Run) -> Iterator[str]:
    """Yield the data, a line for each port and dtype, its first divergence, and the headline."""
    if run.data:
        yield f"data: {run.data['source']}"
    yield from run.against.get("notes", [])
    for port in run.ports:
        verdicts = run.select_verdicts(port)
        if port.status not in ("ok", "interrupted") and not verdicts:
            yield f"{port.port} {port.dtype}: {port.status}: {port.message}"
            continue
        yield format_port(run, port, verdicts)
        if run.against:
            yield from [f"  {port.message}"] if port.message else []
            yield from format_unanswered(verdicts)
        for limit in list_limits(verdicts):
            yield f"  limit: {limit.text}"
        if (finding := find_first_divergence(verdicts)) is not None:
            yield f"  first divergence: {finding.component}: {finding.status}: {finding.message}"
            for label, text in format_why(finding, port.framework):
                yield f"  {f'{label}:' if label else ' ' * 5} {make_printable(text)}"
        for v in verdicts:
            if v.component == "training" and v.status == "faithful" and v.message:
                yield f"  training: {v.message}"
    yield build_verdict_sentence(run).headline


def format_port(run: Run, port: PortRun, verdicts: Sequence[Verdict]) -> str:
    """Return how one port did in one dtype, in a line."""
    things = "functions" if run.against else "components"
    own = ", the reference itself" if run.is_reference(port.port) else ""
    counted = [v for v in verdicts if v.counts]
    passed = [v for v in counted if v.passed]
    used = max((v.budget_used or 0.0 for v in passed if not v.statistical), default=0.0)
    line = (
        f"{port.port} {port.dtype}{own}: {port.verdict}: {len(passed)} of {len(counted)} {things} "
        f"pass, using at most {used:.2f} of the rounding budget"
    )
    if drawn := [v.component for v in passed if v.statistical]:
        line += f"; judged by a statistical test: {', '.join(drawn)}"
    if powerless := [v.component for v in verdicts if v.no_power]:
        line += f"; no power: {', '.join(powerless)}"
    if (reached := run.find_reached_accuracy(port.port, port.dtype)) is not None:
        line += f"; test accuracy {reached[0]:.4f} after {reached[1]} steps"
    trace = next((t for t in run.traces if (t.port, t.dtype) == (port.port, port.dtype)), None)
    if trace is not None and len(trace.param_distance):
        line += f"; |dW|/|W| {trace.param_distance[-1]:.1e} after {len(trace.loss)} steps"
    took = f"{port.wall_s:.1f} s" if run.against else f"{port.train_s:.1f} s in training"
    return f"{line}; {took}, {port.peak_mb:.0f} MB"


def format_unanswered(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Yield what a port of a user's own reference was not compared in, and why."""
    found: dict[str, list[str]] = {}
    for verdict in verdicts:
        if verdict.status in ("missing", "not-comparable"):
            found.setdefault(verdict.message, []).append(verdict.component)
    for why, names in found.items():
        yield f"  {format_names(names)}: {truncate_text(why, 300)}"
