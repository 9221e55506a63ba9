"""How each port trained, in numbers: what the curves show, for those who read a table."""

from dataclasses import dataclass

import numpy as np

from .series import Series


@dataclass(frozen=True)
class TrainingRow:
    """One row. None where there is nothing to say."""

    name: str
    steps: int
    last_loss: float | None
    not_finite_from: int | None  # the first step whose loss is no finite number
    largest_difference: float | None
    largest_at: int | None
    crossing: int | None  # the first step whose loss lies outside the envelope
    has_envelope: bool
    last_distance: float | None


def build_training_row(line: Series) -> TrainingRow:
    """Return the row of a curve."""
    trace = line.trace
    bad = np.flatnonzero(~np.isfinite(trace.loss))
    difference = line.compute_loss_difference()
    finite = np.where(np.isfinite(difference), difference, -1.0)
    at = int(np.argmax(finite)) if len(finite) and finite.max() >= 0 else None
    distance = trace.param_distance
    return TrainingRow(
        line.name,
        len(trace.loss),
        float(trace.loss[-1]) if len(trace.loss) else None,
        int(bad[0]) + 1 if len(bad) else None,
        None if at is None else float(finite[at]),
        None if at is None else at + 1,
        find_crossing(line),
        trace.loss_envelope is not None,
        float(distance[-1]) if len(distance) and not line.is_truth else None,
    )


def find_crossing(line: Series) -> int | None:
    """Return the first step (from 1) at which the loss leaves its envelope. NaN has left it."""
    difference, envelope = line.compute_loss_difference(), line.trace.loss_envelope
    if envelope is None or not len(difference):
        return None
    n = min(len(difference), len(envelope))
    outside = np.flatnonzero(~(difference[:n] <= envelope[:n]))
    return int(outside[0]) + 1 if len(outside) else None
