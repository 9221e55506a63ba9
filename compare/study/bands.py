"""The curves of a study as bands. Pure functions from outcomes to arrays."""

import itertools
from dataclasses import dataclass

import numpy as np

from ..rounding.tolerances import STUDY_ALPHA
from .results import Study
from .statistics import tost_independent, tost_paired


@dataclass(frozen=True)
class CurveBand:
    """A line and what lies around it, (n,) each.

    colour: the number of the port, or of the pair.
    """

    name: str
    colour: int
    x: np.ndarray
    low: np.ndarray
    middle: np.ndarray
    high: np.ndarray


def build_accuracy_bands(study: Study) -> list[CurveBand]:
    """Median test accuracy of each port, within its 10th to 90th percentile."""
    return build_percentile_bands(study, "accuracy_steps", "test_accuracy")


def build_loss_bands(study: Study) -> list[CurveBand]:
    """Return the same of the loss; where it is not finite the band has a gap."""
    return build_percentile_bands(study, "loss_steps", "loss")


def build_percentile_bands(study: Study, x: str, y: str) -> list[CurveBand]:
    """Return each port's median of y over x, with its 10th and 90th percentile."""
    found = []
    for colour, port in enumerate(study.ports):
        if runs := study.of(port):
            curves = np.array([getattr(run, y) for run in runs], dtype=float)
            low, middle, high = np.percentile(curves, (10, 50, 90), axis=0)
            found.append(CurveBand(port, colour, np.array(getattr(runs[0], x)), low, middle, high))
    return found


def build_difference_bands(study: Study) -> list[CurveBand]:
    """Return the difference of mean test accuracy in points, with its interval, at each evaluation.

    The last point of each is the test of final accuracy itself: its interval lies inside the margin
    just when the ports are equivalent.
    """
    found = []
    for colour, (a, b) in enumerate(itertools.combinations(study.ports, 2)):
        sides = [{run.run: run for run in study.of(port)} for port in (a, b)]
        if study.settings["paired"]:
            both = sides[0].keys() & sides[1].keys()
            sides = [{k: side[k] for k in sorted(both)} for side in sides]
        if min(map(len, sides)) < 2:
            continue
        curves = [np.array([run.test_accuracy for run in side.values()]) * 100 for side in sides]
        test = tost_paired if study.settings["paired"] else tost_independent
        tests = [
            test(p, q, study.settings["margin"], STUDY_ALPHA)
            for p, q in zip(curves[0].T, curves[1].T, strict=True)
        ]
        x = np.array(next(iter(sides[0].values())).accuracy_steps)
        lines = (
            np.array([getattr(t, key) for t in tests]) for key in ("low", "difference", "high")
        )
        found.append(CurveBand(f"{a} minus {b}", colour, x, *lines))
    return found
