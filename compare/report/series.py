"""The curves of a run in drawing order: the truth first, then every port, with colour and dash."""

from dataclasses import dataclass

import numpy as np

from ..judging.results import Run, Trace
from . import palette


@dataclass(frozen=True)
class Series:
    """One curve's name and look.

    colour: the number of its colour, or "truth".
    """

    index: int
    name: str
    colour: str
    dash: str  # plotly's name
    line_style: str  # matplotlib's
    trace: Trace
    truth: Trace | None  # what it is compared with

    @property
    def is_truth(self) -> bool:
        """Tell whether this is the true curve, which stands behind all others."""
        return self.colour == "truth"

    def compute_loss_difference(self) -> np.ndarray:
        """|loss - true loss| of the steps that both have; empty for the truth itself."""
        if self.truth is None:
            return np.empty(0)
        n = min(len(self.trace.loss), len(self.truth.loss))
        with np.errstate(invalid="ignore", over="ignore"):
            difference = self.trace.loss[:n].astype(float) - self.truth.loss[:n]
            return np.asarray(np.abs(difference))


def build_series(run: Run) -> list[Series]:
    """Return every trace of the run, those of one port in one colour."""
    truth = next((t for t in run.traces if t.port == "truth"), None)
    others = [t for t in run.traces if t is not truth]
    pairs = [(p.port, p.dtype) for p in run.ports] + [(t.port, t.dtype) for t in others]
    ports = list(dict.fromkeys(port for port, _ in pairs))
    others.sort(key=lambda t: (ports.index(t.port), pairs.index((t.port, t.dtype))))
    several = len({(t.port, t.dtype) for t in others}) > len({t.port for t in others})
    found = []
    for index, trace in enumerate(([truth] if truth else []) + others):
        is_truth = trace is truth
        dash, line_style = palette.choose_dash(trace.dtype)
        name = f"{trace.port} {trace.dtype}" if several and not is_truth else trace.port
        found.append(
            Series(
                index,
                name,
                "truth" if is_truth else str(ports.index(trace.port) % len(palette.LIGHT_COLOURS)),
                dash,
                line_style,
                trace,
                None if is_truth else truth,
            )
        )
    return found
