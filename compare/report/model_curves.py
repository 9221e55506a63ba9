"""Some steps of training of two models: charts, and the losses in a table. Pure."""

from dataclasses import replace
from typing import Any

import numpy as np

from ..judging.check import Check
from ..judging.model_details import REFERENCE, ModelDetails
from . import curves
from .charts import Chart, build_curve, build_envelope_lines, build_log_chart
from .figure import build_layout
from .series import Series
from .wording import format_number

POINTS = 2000  # to a curve, and so all of them
LOSS = (
    "The sum of all outputs, each times a number drawn once for both models, before each step of "
    "plain SGD in training mode, dropout off, on the inputs given. The reference is drawn widest."
)
DIFFERENCE = (
    "|the port's loss - the reference's| before each step. Dashed: the envelope, how far roundings "
    "at random carry the reference itself."
)


def build_model_series(details: ModelDetails) -> list[Series]:
    """Return the curves of both sides in each dtype, the reference first."""
    theirs = {t.dtype: t for t in details.traces if t.port == REFERENCE}
    found: list[Series] = []
    for dtype, truth in theirs.items():
        found.append(Series(len(found), f"reference {dtype}", "truth", truth, None))
    for trace in details.traces:
        if trace.port != REFERENCE:
            name = f"port {trace.dtype}"
            found.append(Series(len(found), name, "0", trace, theirs.get(trace.dtype)))
    return found


def build_model_charts(lines: list[Series]) -> list[Chart]:
    """Return the losses, and how far the port's are from the reference's."""
    if not lines:
        return []
    shape = {"mode": "lines+markers", "marker": {"size": 6}}
    group = curves.make_loss_curves(lines, POINTS, POINTS)
    # drawn in full: the page draws a raw curve faint behind its running mean
    data = [
        build_curve(
            replace(c, role="line"),
            "step %{x}, loss %{y:.6g}",
            5 if c.line.is_truth else 1.8,
            **shape,
        )
        for c in group.select("raw")
    ]
    loss = Chart("model-loss", "Loss", LOSS, {"data": data, "layout": build_layout("step", "loss")})
    group = curves.make_loss_difference_curves(lines, POINTS, POINTS, POINTS)
    group.name, group.title = "model-difference", "Difference of the losses"
    data = [
        build_curve(replace(c, role="line"), "step %{x}, |difference| %{y:.3g}", 1.8, **shape)
        for c in group.select("raw")
    ]
    layout = build_layout("step", "|difference|", log_y=True)
    return [loss, build_log_chart(group, DIFFERENCE, data + build_envelope_lines(group), layout)]


def list_losses(result: Check) -> dict[str, list[tuple[str, str, str, str, str]]]:
    """Return the rows of a table for each dtype: step, both losses, difference, what is allowed."""
    if result.details is None:
        return {}
    found = {}
    for line in build_model_series(result.details):
        if line.truth is None:
            continue
        difference, allowed = line.compute_loss_difference(), line.trace.loss_envelope
        allowed = np.full(len(difference), np.nan) if allowed is None else allowed
        found[line.trace.dtype] = [
            (
                str(step),
                format_number(theirs, 8),
                format_number(mine, 8),
                format_number(off, 2),
                format_number(None if np.isnan(most) else most, 2),
            )
            for step, (theirs, mine, off, most) in enumerate(
                zip(line.truth.loss, line.trace.loss, difference, allowed, strict=False), 1
            )
        ]
    return found


def describe_training(result: Check) -> dict[str, Any] | None:
    """Return the curves as JSON has them; None where none were recorded."""
    details = result.details
    if details is None or not details.traces:
        return None
    told = [
        {
            "side": "reference" if trace.port == REFERENCE else "port",
            "dtype": trace.dtype,
            "loss": trace.loss.tolist(),
            "allowed": None if trace.loss_envelope is None else trace.loss_envelope.tolist(),
        }
        for trace in details.traces
    ]
    return {"learning_rate": details.learning_rate, "notes": details.training, "curves": told}
