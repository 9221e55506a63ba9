"""The training curves of a run as numbers: a tidy table, and event files for TensorBoard. Pure."""

import csv
import io
from collections.abc import Iterator, Mapping
from urllib.parse import quote

import numpy as np

from ..judging.results import Run, Trace
from ..ports.extras import needs_extra
from .data_formats import format_csv_cell

COLUMNS = ("port", "dtype", "step", "quantity", "value")
# each quantity with where its steps are; None for one value a step, the first after step 1
QUANTITIES = {
    "loss": None,
    "loss_envelope": None,
    "train_acc": "accuracy_steps",
    "test_acc": "accuracy_steps",
    "param_distance": "checkpoint_steps",
    "param_envelope": "checkpoint_steps",
}
EVENT_FILE = "events.out.tfevents.trueport"  # TensorBoard reads what has "tfevents" in its name


def list_points(trace: Trace) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Yield each quantity that a trace has: its name, its steps and its values."""
    for quantity, steps in QUANTITIES.items():
        values = getattr(trace, quantity)
        if values is not None and len(values):
            taken = np.arange(1, len(values) + 1) if steps is None else getattr(trace, steps)
            yield quantity, taken, values


def render_curves_csv(run: Run) -> str:
    """Return every value of every curve in a row of its own, all digits kept.

    The truth is the port "truth" in float64.

    >>> two = np.array([0.5, 0.25])
    >>> run = Run({}, {}, {}, traces=[Trace("torch", "float32", two, *[np.array([])] * 5)])
    >>> print(render_curves_csv(run))
    port,dtype,step,quantity,value
    torch,float32,1,loss,0.5
    torch,float32,2,loss,0.25
    <BLANKLINE>
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for trace in run.traces:
        port, dtype = format_csv_cell(trace.port), format_csv_cell(trace.dtype)
        for quantity, steps, values in list_points(trace):
            pairs = zip(steps.tolist(), values.tolist(), strict=True)
            writer.writerows((port, dtype, step, quantity, repr(value)) for step, value in pairs)
    return out.getvalue()


def render_tensorboard(run: Run) -> Mapping[str, bytes]:
    """Return an event file for each curve, `tensorboard/<port>-<dtype>/`.

    Its numbers have the digits of float32, as all of TensorBoard's scalars. The same run gives the
    same bytes: the time of every event is the run's. Raises ValueError if nothing was trained,
    MissingPackageError if TensorBoard is not installed.
    """
    if not run.traces:
        raise ValueError("--format tensorboard is for training curves: this run holds none")
    return {
        f"tensorboard/{quote(f'{trace.port}-{trace.dtype}', safe='[]')}/{EVENT_FILE}": (
            render_events(trace, read_time(run.created))
        )
        for trace in run.traces
    }


def render_events(trace: Trace, time: float) -> bytes:
    """Return one event file: an event for each step, with what there is at it."""
    with needs_extra("tensorboard"):
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary
        from tensorboard.summary.writer.record_writer import RecordWriter
    at_step: dict[int, list[tuple[str, float]]] = {}
    for quantity, steps, values in list_points(trace):
        for step, value in zip(steps.tolist(), values.tolist(), strict=True):
            at_step.setdefault(step, []).append((quantity, value))
    file = io.BytesIO()
    writer = RecordWriter(file)
    writer.write(Event(wall_time=time, file_version="brain.Event:2").SerializeToString())
    for step, told in sorted(at_step.items()):
        scalars = [Summary.Value(tag=tag, simple_value=value) for tag, value in told]
        event = Event(wall_time=time, step=step, summary=Summary(value=scalars))
        writer.write(event.SerializeToString())
    return file.getvalue()


def read_time(created: str) -> float:
    """Return the seconds since 1970 of a time in ISO 8601, in UTC; 0 if it is none.

    >>> read_time("2025-11-22T06:00:00Z"), read_time("2025-11-22T06:00:00+00:00"), read_time("")
    (1763791200.0, 1763791200.0, 0.0)
    """
    text = created.removesuffix("Z").partition("+")[0]
    try:
        return float(np.datetime64(text, "ms").astype(np.int64)) / 1000 if text else 0.0
    except ValueError:
        return 0.0
