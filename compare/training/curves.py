"""Training traces, and the envelope in which a right port stays around the true one.

The envelope comes from shadows: the reference itself, in the port's dtype, on the same problem with
pixels, hidden units, classes and batch rows in another order. The mathematics is the same, every
sum is rounded otherwise, so a shadow shows how far rounding alone carries a run. docs/envelope.md
says why two are enough, and what was measured.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..judging.distances import find_common_steps, flatten_params, measure_distances
from ..judging.results import Trace, Verdict, WorstElement
from ..judging.status import Status
from ..rounding.tolerances import (
    ENVELOPE_FACTOR,
    HORIZON,
    MAX_ENVELOPE_FACTOR,
    measure_shares,
)
from ..suite.training_task import Arrays

REPLICA_SEEDS = (1, 2)  # seeds of the orders
SAVE_INTERVAL = 1000  # steps between two savings of a training, at least; whole epochs


def list_checkpoint_steps(steps: int) -> list[int]:
    """List where parameters are kept: the first ten steps, 1, 2, 3, 5, 7 of each decade, the last.

    A fault of the update acts at once, and shows in the parameters long before it does in the loss.

    >>> list_checkpoint_steps(40)
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 30, 40]
    """
    spaced = {m * 10**e for e in range(1, 12) for m in (1, 2, 3, 5, 7) if m * 10**e <= steps}
    return sorted(spaced | {*range(1, min(steps, 10) + 1), steps})


def make_training_plan(
    start: Path,
    source: str,
    steps: int,
    batch_size: int,
    learning_rate: float,
    train_size: int,
) -> dict[str, Any]:
    """Return what a worker needs to train: see `compare.execution.train_port.run_training`.

    start: an npz with the initial parameters and batch_masks.
    source: of the digits.
    """
    iter_per_epoch = max(train_size // batch_size, 1)
    return {
        "start": str(start),
        "source": source,
        "learning_rate": learning_rate,
        "iter_per_epoch": iter_per_epoch,
        "stretch": -(-SAVE_INTERVAL // iter_per_epoch) * iter_per_epoch,
        "checkpoints": list_checkpoint_steps(steps),
        "shadow": None,
    }


def make_replica_plan(plan: dict[str, Any], seed: int, steps: int) -> dict[str, Any]:
    """Return the same problem in another order, without the accuracies, which no envelope needs."""
    return plan | {"shadow": seed, "iter_per_epoch": steps + 1, "stretch": steps}


def compute_envelope(
    truth: Arrays, shadows: Sequence[Arrays], dtype: str, loss_budget: float
) -> tuple[np.ndarray, np.ndarray, list[int]]:
    """Return (allowed |dL| by step, allowed |dW|/|W| by checkpoint, these checkpoints).

    Both grow only: max over shadows and over the past, times `ENVELOPE_FACTOR` and the square of
    the `compute_amplification`, `MAX_ENVELOPE_FACTOR` at most; the loss adds what its own
    evaluation may be off, `loss_budget`.
    """
    steps = find_common_steps(truth, *shadows)
    length = min(len(run["loss"]) for run in (truth, *shadows))
    losses = np.stack([np.abs(s["loss"][:length] - truth["loss"][:length]) for s in shadows])
    params = np.stack([measure_distances(truth, s, steps) for s in shadows])
    spread_loss = np.maximum.accumulate(losses.max(axis=0))
    spread_params = np.maximum.accumulate(params.max(axis=0))
    amplified = compute_amplification(spread_params, np.array(steps)) ** 2
    factor = ENVELOPE_FACTOR[dtype] * np.minimum(amplified, MAX_ENVELOPE_FACTOR)
    if not steps:  # only losses were kept
        return ENVELOPE_FACTOR[dtype] * spread_loss + loss_budget, spread_params, steps
    # a step between two checkpoints takes the factor of the next, the last one if there is none
    behind = np.minimum(np.searchsorted(steps, np.arange(1, length + 1)), len(steps) - 1)
    return factor[behind] * spread_loss + loss_budget, factor * spread_params, steps


def compute_amplification(errors: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """How many times the errors have outgrown a random walk, at least 1, at each checkpoint.

    errors: |dW|/|W|. Every step rounds anew: errors that only add up grow like the root of the
        steps, and point in so many directions that the length of one is that of another. Errors
        that grow faster, from any checkpoint on, are amplified by the training itself, in few
        directions, and then one length says less about the next.

    >>> compute_amplification(np.array([1.0, 2.0, 30.0]), np.array([1, 4, 9]))
    array([ 1.,  1., 10.])
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        walks = errors * np.sqrt(steps[:, None] / steps)  # row: a checkpoint, column: walked from
        growth = errors[:, None] / walks
    before = np.tril(np.ones_like(growth, bool), -1) & (errors > 0)
    return np.maximum.accumulate(np.maximum(np.max(growth, axis=1, where=before, initial=1.0), 1.0))


def find_horizon(
    truth: Arrays, start: np.ndarray, allowed: np.ndarray, steps: Sequence[int]
) -> int | None:
    """Return the last checkpoint whose envelope is no wider than `HORIZON` of the way travelled.

    Beyond it only statistics over seeds speak. None if that is the last of all, and if there is
    none: a learning rate so small that rounding hides all motion is no chaos.

    start: the parameters at step 0 as one vector.
    allowed, steps: as `compute_envelope` gives them.
    """
    clear = []
    for step, share in zip(steps, allowed, strict=True):
        here = flatten_params(truth, step)
        if share * np.linalg.norm(here) <= HORIZON * np.linalg.norm(here - start):
            clear.append(step)
    return None if not clear or clear[-1] == steps[-1] else clear[-1]


def make_trace(
    port: str,
    dtype: str,
    truth: Arrays,
    training: Arrays,
    bounds: tuple[np.ndarray, np.ndarray, list[int]] | None,
) -> Trace:
    """Return the trace of one port, cut to what it and the truth both reached."""
    steps = find_common_steps(truth, training)
    loss_envelope = param_envelope = None
    if bounds is not None:
        steps = [step for step in steps if step in bounds[2]]
        loss_envelope = bounds[0][: len(training["loss"])]
        param_envelope = np.array([bounds[1][bounds[2].index(step)] for step in steps])
    return Trace(
        port=port,
        dtype=dtype,
        loss=training["loss"],
        accuracy_steps=training["accuracy_steps"].astype(np.int64),
        train_acc=training["train_acc"],
        test_acc=training["test_acc"],
        checkpoint_steps=np.array(steps, dtype=np.int64),
        param_distance=measure_distances(truth, training, steps),
        loss_envelope=loss_envelope,
        param_envelope=param_envelope,
    )


def make_empty_trace(port: str, dtype: str) -> Trace:
    """Return the trace of a port that did not train."""
    none = np.zeros(0)
    return Trace(port, dtype, none, none, none, none, none, none)


def find_divergence(trace: Trace, true_loss: np.ndarray) -> int | None:
    """Return the first step at which the truth, or the envelope around it, is no finite number."""
    found = [1 + int(n) for n in np.flatnonzero(~np.isfinite(true_loss))[:1]]
    if trace.loss_envelope is not None:
        found += [1 + int(n) for n in np.flatnonzero(~np.isfinite(trace.loss_envelope))[:1]]
    if trace.param_envelope is not None:
        at = np.flatnonzero(~np.isfinite(trace.param_envelope))[:1]
        found += [int(step) for step in trace.checkpoint_steps[at]]
    return min(found, default=None)


def judge_trace(
    trace: Trace, true_loss: np.ndarray, steps: int, failure: str, until: int | None
) -> Verdict:
    """Return the verdict of the last gate: loss and parameters inside the envelope at every step.

    steps: how many there should be.
    failure: what stopped the port's training, if anything did.
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
            f"shadows in {trace.dtype}, are too large to compute with, and nothing after it can be "
            "compared; take a smaller learning rate"
        )
    if failure or len(trace.loss) < steps:
        verdict.status = Status.TIMEOUT if failure.startswith("timeout") else Status.ERROR
        verdict.message = failure or f"stopped after {len(trace.loss)} of {steps} steps"
    if verdict.no_power:
        verdict.no_power = verdict.status == Status.FAITHFUL
        return verdict
    if length == 0 or trace.loss_envelope is None or trace.param_envelope is None:
        if not verdict.message:
            verdict.status, verdict.message = (
                Status.MISSING,
                "no envelope to hold the curve against",
            )
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
