"""What Ctrl-C kept from being run says nothing of a port: it is no fault and no gap of its own."""

from .judge import combine_verdicts
from .results import Run
from .status import Status
from .verdict import Verdict


def mark_interrupted(run: Run) -> None:
    """Take out, in place, the verdicts on what was never finished: it is neither pass nor fault."""
    run.interrupted = True
    stopped = {(p.port, p.dtype) for p in run.ports if p.status == "interrupted"}
    run.verdicts = [
        v for v in run.verdicts if not is_unfinished(v, stopped=(v.port, v.dtype) in stopped)
    ]
    for port in run.ports:
        own = run.select_verdicts(port)
        port.verdict = combine_verdicts(own)
        trained = any(verdict.component == "training" for verdict in own)
        if port.verdict == "faithful" and ((port.port, port.dtype) in stopped or not trained):
            port.verdict = "not-comparable"


def is_unfinished(verdict: Verdict, stopped: bool) -> bool:
    """Whether nothing but the interruption speaks from a verdict.

    >>> missing = Verdict("p", "softmax", "activations", "float64", Status.MISSING)
    >>> is_unfinished(missing, stopped=True), is_unfinished(missing, stopped=False)
    (True, False)
    """
    over = verdict.budget_used is not None and not verdict.budget_used <= 1.0
    missing = verdict.status == Status.MISSING
    if verdict.component == "training":
        # without its replicas a curve has no envelope; cut short it is no error of the port's
        return missing or (stopped and verdict.status == Status.ERROR and not over)
    return stopped and missing and "not offered" not in verdict.message
