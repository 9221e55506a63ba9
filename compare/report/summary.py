"""A run in a few lines, for the terminal."""

from collections.abc import Iterator

from ..judging.judge import find_first_divergence
from ..judging.results import Run, list_limits


def format_summary(run: Run) -> Iterator[str]:
    """Yield a line for the data, one for each port and dtype, and the first divergence of each."""
    yield f"data: {run.data['source']}"
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
            f"{name}: {port.verdict}: {len(passed)} of {len(counted)} components pass, using at "
            f"most {used:.2f} of the rounding budget"
        )
        if powerless := [v.component for v in verdicts if v.no_power]:
            line += f"; no power: {', '.join(powerless)}"
        trace = next((t for t in run.traces if (t.port, t.dtype) == (port.port, port.dtype)), None)
        if trace is not None and len(trace.test_acc):
            line += f"; test accuracy {trace.test_acc[-1]:.4f}"
        if trace is not None and len(trace.param_distance):
            line += f"; |dW|/|W| {trace.param_distance[-1]:.1e} after {len(trace.loss)} steps"
        yield f"{line}; {port.train_s:.1f} s in training, {port.peak_mb:.0f} MB"
        for limit in list_limits(verdicts):
            yield f"  limit: {limit.text}"
        if (finding := find_first_divergence(verdicts)) is not None:
            yield f"  first divergence: {finding.component}: {finding.status}: {finding.message}"
        for v in verdicts:
            if v.component == "training" and v.status == "faithful" and v.message:
                yield f"  training: {v.message}"
