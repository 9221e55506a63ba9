"""The curves of a run in drawing order, the truth first: their names, and their looks.

The colour tells the port, the dash its dtype. The first colours are Okabe and Ito's, darkened or
lightened until each stands out at least 3:1 from its page.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..judging.results import Run, Trace

LIGHT_COLOURS = (
    *("#0072b2", "#d55e00", "#00845f", "#b5488b", "#946600"),
    *("#6a4fbf", "#0f7f86", "#8c4a2f", "#5b6b7f", "#66771c"),
)
DARK_COLOURS = (
    *("#5ab4f0", "#ff8a4c", "#3fd0a0", "#ee8fc6", "#e6b84a"),
    *("#b09cff", "#4fd1d1", "#d69a78", "#a9b8cb", "#b9cc5a"),
)
TRUTH_LIGHT, TRUTH_DARK = "#8b929c", "#8d96a3"

# plotly's name and matplotlib's
DASHES = {"float64": ("solid", "-"), "float32": ("dot", ":")}
OTHER_DASH = ("dashdot", "-.")


def format_css_variables(colours: tuple[str, ...], truth: str) -> str:
    """Return colours as CSS custom properties.

    >>> format_css_variables(("#0072b2",), "#8b929c")
    '--series-0: #0072b2; --series-truth: #8b929c;'
    """
    named = [*enumerate(colours), ("truth", truth)]
    return " ".join(f"--series-{name}: {colour};" for name, colour in named)


@dataclass(frozen=True)
class Series:
    """One curve's name and look."""

    index: int
    name: str
    colour: str  # the number of its colour, or "truth"
    trace: Trace
    truth: Trace | None  # what it is compared with

    @property
    def is_truth(self) -> bool:
        """Tell whether this is the true curve, which stands behind all others."""
        return self.colour == "truth"

    @property
    def dash(self) -> str:
        """Return plotly's name of its dash."""
        return DASHES.get(self.trace.dtype, OTHER_DASH)[0]

    @property
    def line_style(self) -> str:
        """Return matplotlib's name of its dash."""
        return DASHES.get(self.trace.dtype, OTHER_DASH)[1]

    def compute_loss_difference(self) -> np.ndarray:
        """|loss - true loss| of the steps that both have; empty for the truth itself."""
        if self.truth is None:
            return np.empty(0)
        n = min(len(self.trace.loss), len(self.truth.loss))
        with np.errstate(invalid="ignore", over="ignore"):
            return np.asarray(np.abs(self.trace.loss[:n].astype(float) - self.truth.loss[:n]))

    def find_crossing(self) -> int | None:
        """Return the first step (from 1) whose loss lies outside the envelope. NaN does."""
        difference, envelope = self.compute_loss_difference(), self.trace.loss_envelope
        if envelope is None:
            return None
        n = min(len(difference), len(envelope))
        outside = np.flatnonzero(~(difference[:n] <= envelope[:n]))
        return int(outside[0]) + 1 if len(outside) else None

    def describe_training(self) -> dict[str, Any]:
        """Return what the curve shows, in numbers; None where there is nothing to say."""
        loss, distance = self.trace.loss, self.trace.param_distance
        bad = np.flatnonzero(~np.isfinite(loss))
        difference = self.compute_loss_difference()
        finite = np.where(np.isfinite(difference), difference, -1.0)
        at = int(np.argmax(finite)) if finite.max(initial=-1.0) >= 0 else None
        return {
            "name": self.name,
            "steps": len(loss),
            "last_loss": float(loss[-1]) if len(loss) else None,
            "not_finite_from": int(bad[0]) + 1 if len(bad) else None,
            "largest_difference": None if at is None else float(finite[at]),
            "largest_at": None if at is None else at + 1,
            "crossing": self.find_crossing(),
            "has_envelope": self.trace.loss_envelope is not None,
            "last_distance": float(distance[-1]) if len(distance) and not self.is_truth else None,
        }


def build_series(run: Run) -> list[Series]:
    """Return every trace of the run, those of one port in one colour."""
    truth = next((t for t in run.traces if t.port == "truth"), None)
    others = [t for t in run.traces if t is not truth]
    pairs = [(p.port, p.dtype) for p in run.ports] + [(t.port, t.dtype) for t in others]
    ports = list(dict.fromkeys(port for port, _ in pairs))
    others.sort(key=lambda t: (ports.index(t.port), pairs.index((t.port, t.dtype))))
    several = len({(t.port, t.dtype) for t in others}) > len({t.port for t in others})
    found = [Series(0, "truth", "truth", truth, None)] if truth else []
    for index, trace in enumerate(others, len(found)):
        name = f"{trace.port} {trace.dtype}" if several else trace.port
        colour = str(ports.index(trace.port) % len(LIGHT_COLOURS))
        found.append(Series(index, name, colour, trace, truth))
    return found
