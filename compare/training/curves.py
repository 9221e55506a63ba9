"""Training plans and traces, and the verdict on a trace beside the true one."""

from pathlib import Path
from typing import Any

import numpy as np

from ..judging.distances import find_common_steps, measure_distances
from ..judging.results import Trace
from ..judging.status import Status
from ..judging.verdict import Verdict, WorstElement
from ..rounding import measure_shares
from ..suite.training_task import Arrays

REPLICA_SEEDS = (1, 2)  # seeds of the orders
Bounds = tuple[np.ndarray, np.ndarray, list[int]]  # of losses, of parameters at these checkpoints
SAVE_INTERVAL = 1000  # steps between two savings of a training, at least; whole epochs


def list_checkpoint_steps(steps: int) -> list[int]:
    """List where parameters are kept: the first ten steps, 1, 2, 3, 5, 7 of each decade, the last.

    >>> list_checkpoint_steps(40)
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 30, 40]
    """
    spaced = {m * 10**e for e in range(1, 12) for m in (1, 2, 3, 5, 7) if m * 10**e <= steps}
    return sorted(spaced | {*range(1, min(steps, 10) + 1), steps})


def make_training_plan(
    start: Path, source: str, steps: int, batch_size: int, learning_rate: float, train_size: int
) -> dict[str, Any]:
    """Return what a worker needs to train: see `compare.execution.train_port.run_training`.

    start: an npz with the initial parameters and batch_masks. source: of the digits.
    """
    iter_per_epoch = max(train_size // batch_size, 1)
    return {
        "start": str(start),
        "source": source,
        "learning_rate": learning_rate,
        "iter_per_epoch": iter_per_epoch,
        "stretch": -(-SAVE_INTERVAL // iter_per_epoch) * iter_per_epoch,
        "checkpoints": list_checkpoint_steps(steps),
        "replica": None,
    }


def make_replica_plan(plan: dict[str, Any], seed: int, steps: int) -> dict[str, Any]:
    """Return the same problem in another order, without the accuracies, which no envelope needs."""
    return plan | {"replica": seed, "iter_per_epoch": steps + 1, "stretch": steps}


def make_trace(
    port: str, dtype: str, truth: Arrays, training: Arrays, bounds: Bounds | None
) -> Trace:
    """Return the trace of one port, cut to what it and the truth both reached."""
    steps = find_common_steps(truth, training)
    loss_envelope = param_envelope = None
    if bounds is not None:
        steps = [step for step in steps if step in bounds[2]]
        loss_envelope = bounds[0][: len(training["loss"])]
        param_envelope = np.array([bounds[1][bounds[2].index(step)] for step in steps])
    evaluated = training["accuracy_steps"].astype(np.int64)
    points, distances = np.array(steps, np.int64), measure_distances(truth, training, steps)
    curves = training["loss"], evaluated, training["train_acc"], training["test_acc"]
    return Trace(port, dtype, *curves, points, distances, loss_envelope, param_envelope)


def make_empty_trace(port: str, dtype: str) -> Trace:
    """Return the trace of a port that did not train."""
    none = np.zeros(0)
    return Trace(port, dtype, none, none, none, none, none, none)


def find_divergence(trace: Trace, true_loss: np.ndarray) -> int | None:
    """Return the first step at which the truth, or the envelope around it, is no finite number."""
    losses = [v for v in (true_loss, trace.loss_envelope) if v is not None]
    found = [1 + np.flatnonzero(~np.isfinite(values)) for values in losses]
    if trace.param_envelope is not None:
        found.append(trace.checkpoint_steps[~np.isfinite(trace.param_envelope)])
    return min((int(step) for steps in found for step in steps), default=None)


def judge_trace(
    trace: Trace, true_loss: np.ndarray, steps: int, failure: str, until: int | None
) -> Verdict:
    """Return the verdict of the last gate: loss and parameters inside the envelope at every step.

    steps: how many there should be. failure: what stopped the port's training, if anything did.
    until: the horizon, beyond which nothing is judged.
    """
    verdict = Verdict(trace.port, "training", "N steps", trace.dtype, Status.FAITHFUL)
    length = min(len(trace.loss), until or steps)
    diverged = find_divergence(trace, true_loss)
    if diverged is not None and diverged <= length:
        length, until = diverged - 1, None
        verdict.no_power = length == 0
        verdict.message = (
            f"the true run itself diverged: from step {diverged} on its numbers, or those of its "
            f"replicas in {trace.dtype}, are too large to compute with, and nothing after it can "
            "be compared; take a smaller learning rate"
        )
    if failure or len(trace.loss) < steps:
        verdict.status = Status.TIMEOUT if failure.startswith("timeout") else Status.ERROR
        verdict.message = failure or f"stopped after {len(trace.loss)} of {steps} steps"
    if verdict.no_power:
        verdict.no_power = verdict.status == Status.FAITHFUL
        return verdict
    if length == 0 or trace.loss_envelope is None or trace.param_envelope is None:
        if not verdict.message:
            verdict.status = Status.MISSING
            verdict.message = "no envelope to hold the curve against"
        return verdict
    hold_against_envelope(verdict, trace, true_loss, length)
    if until is not None and until < steps and verdict.status == Status.FAITHFUL:
        verdict.message = (
            f"judged up to step {until}; beyond, rounding alone parts right runs and only "
            "statistics over seeds speak"
        )
    return verdict


def hold_against_envelope(
    verdict: Verdict, trace: Trace, true_loss: np.ndarray, length: int
) -> None:
    """Put into the verdict how much of its envelope the trace uses in so many steps, and where."""
    assert trace.loss_envelope is not None
    assert trace.param_envelope is not None
    inside = trace.checkpoint_steps <= length
    off = np.concatenate(
        [np.abs(trace.loss[:length] - true_loss[:length]), trace.param_distance[inside]]
    )
    allowed = np.concatenate([trace.loss_envelope[:length], trace.param_envelope[inside]])
    at = np.concatenate([np.arange(1, length + 1), trace.checkpoint_steps[inside]])
    used = measure_shares(off, 0.0, allowed)
    # the first crossing is the finding, of loss and parameters the clearer; with none, the nearest
    # approach
    over = np.flatnonzero(used > 1.0)
    first = over[at[over] == at[over].min()] if len(over) else np.arange(len(used))
    index = int(first[np.argmax(used[first])])
    is_loss = index < length
    step, output = int(at[index]), "loss" if is_loss else "|dW|/|W|"
    got = float(trace.loss[step - 1]) if is_loss else float(off[index])
    want = float(true_loss[step - 1]) if is_loss else 0.0
    verdict.budget_used = float(used.max())
    verdict.worst = WorstElement(f"step {step}", output, [], got, want, float(allowed[index]))
    verdict.elements, verdict.elements_over = len(used), len(over)
    if len(over) and verdict.status == Status.FAITHFUL:
        verdict.status = Status.UNFAITHFUL
        verdict.message = (
            f"leaves the envelope of rounding at step {step}: {output} is off by "
            f"{float(off[index]):.3g} where {float(allowed[index]):.3g} is allowed "
            f"({float(used[index]):.3g} times)"
        )


def parse_step(verdict: Verdict) -> int:
    """Return the step that a verdict's worst element names."""
    assert verdict.worst is not None
    return int(verdict.worst.case.removeprefix("step "))
