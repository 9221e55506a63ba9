"""What the page's charts and the plots of report.md both draw: curves, thinned, fit for an axis."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from .downsample import choose_log_floor, choose_smoothing_width, downsample, smooth_curve
from .series import Series


@dataclass(frozen=True)
class Curve:
    """A line to draw."""

    line: Series
    role: str  # "raw", "smooth" or "envelope"
    x: np.ndarray
    y: np.ndarray


@dataclass
class CurveGroup:
    """The curves of one figure, those of a port behind one another."""

    name: str
    title: str
    lines: list[Series]  # whose they are
    curves: list[Curve] = field(default_factory=list)
    width: int = 0  # steps of the running mean
    floor: float = 0.0  # where a log axis draws an exact zero
    zeros: bool = False  # whether it draws any

    def select(self, *roles: str) -> Iterator[Curve]:
        """Yield the curves of these roles."""
        return (curve for curve in self.curves if curve.role in roles)

    def add(self, line: Series, role: str, values: np.ndarray, points: int) -> None:
        """Add a curve with a value for each step, at most so many points of it."""
        kept = downsample(values, points)
        self.curves.append(Curve(line, role, kept + 1, values[kept]))


def make_loss_curves(lines: list[Series], points: int, smooth_points: int) -> CurveGroup:
    """Return the loss per step: each curve raw, and smoothed over it."""
    drawn = [line for line in lines if len(line.trace.loss)]
    longest = max((len(line.trace.loss) for line in drawn), default=0)
    group = CurveGroup("loss", "Loss per step", drawn, width=choose_smoothing_width(longest))
    for line in drawn:
        values = np.where(np.isfinite(line.trace.loss), line.trace.loss, np.nan).astype(float)
        group.add(line, "raw", values, points)
        group.add(line, "smooth", smooth_curve(values, group.width), smooth_points)
    return group


def make_loss_difference_curves(
    lines: list[Series], points: int, smooth_points: int, envelope_points: int
) -> CurveGroup:
    """Return |loss - true loss| raw and smoothed, with its envelope."""
    drawn = [line for line in lines if len(line.compute_loss_difference())]
    differences = [line.compute_loss_difference() for line in drawn]
    group = CurveGroup("loss-difference", "Difference of the loss to the truth", drawn)
    group.floor = choose_log_floor(differences)
    group.zeros = any((found <= group.floor).any() for found in differences)
    group.width = choose_smoothing_width(max(map(len, differences), default=0))
    for line, found in zip(drawn, differences, strict=True):
        group.add(line, "raw", raise_to_floor(found, group.floor), points)
        mean = np.maximum(smooth_curve(found, group.width), group.floor)
        group.add(line, "smooth", mean, smooth_points)
        if (allowed := line.trace.loss_envelope) is not None:
            values = raise_to_floor(np.asarray(allowed, float), group.floor)
            group.add(line, "envelope", values, envelope_points)
    return group


def make_param_distance_curves(lines: list[Series]) -> CurveGroup:
    """Return |W - W truth| / |W truth| at the checkpoints, with its envelope."""
    # a log axis has no step 0, and nothing differs there
    places = [(line, line.trace.checkpoint_steps > 0) for line in lines if not line.is_truth]
    later = [(line, at) for line, at in places if at.any()]
    floor = choose_log_floor([line.trace.param_distance[at] for line, at in later])
    title = "Distance of the parameters to the truth"
    group = CurveGroup("param-distance", title, [line for line, _ in later], floor=floor)
    for line, at in later:
        trace = line.trace
        group.zeros |= bool((trace.param_distance[at] <= floor).any())
        for role, values in (("raw", trace.param_distance), ("envelope", trace.param_envelope)):
            if values is not None:
                y = raise_to_floor(values[at], floor)
                group.curves.append(Curve(line, role, trace.checkpoint_steps[at], y))
    return group


def raise_to_floor(values: np.ndarray, floor: float) -> np.ndarray:
    """Return values for a log axis: zeros at the floor, what is not finite as a gap."""
    return np.where(np.isfinite(values), np.maximum(values, floor), np.nan)
