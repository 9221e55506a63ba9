"""The curves of a study as bands. Pure functions from outcomes to arrays."""

import itertools
from dataclasses import dataclass

import numpy as np

from ..rounding.tolerances import STUDY_ALPHA
from .results import Study
from .statistics import tost_independent, tost_paired


@dataclass(frozen=True)
class CurveBand:
    """A line and what lies around it, (n,) each; colour: the number of the port, or of the pair."""

    name: str
    colour: int
    x: np.ndarray
    low: np.ndarray
    middle: np.ndarray
    high: np.ndarray


def build_bands(study: Study) -> dict[str, list[CurveBand]]:
    """Return the bands of each figure."""
    return {
        "accuracy": build_percentile_bands(study, "accuracy_steps", "test_accuracy"),
        "difference": build_difference_bands(study),
        "loss": build_percentile_bands(study, "loss_steps", "loss"),
    }


def build_percentile_bands(study: Study, x: str, y: str) -> list[CurveBand]:
    """Return each port's median of y over x, 10th and 90th percentile; a gap where not finite."""
    found = []
    for colour, port in enumerate(study.ports):
        if runs := study.of(port):
            curves = np.array([getattr(run, y) for run in runs], dtype=float)
            edges = np.percentile(curves, (10, 50, 90), axis=0)
            found.append(CurveBand(port, colour, np.array(getattr(runs[0], x)), *edges))
    return found


def build_difference_bands(study: Study) -> list[CurveBand]:
    """Return the difference of mean test accuracy in points, with its interval, at each evaluation.

    The last point of each is the test of final accuracy itself: its interval lies inside the margin
    just when the ports are equivalent.
    """
    found = []
    test = tost_paired if study.settings["paired"] else tost_independent
    for colour, pair in enumerate(itertools.combinations(study.ports, 2)):
        sides = [{run.run: run for run in study.of(port)} for port in pair]
        if study.settings["paired"]:
            both = sorted(sides[0].keys() & sides[1].keys())
            sides = [{k: side[k] for k in both} for side in sides]
        if min(map(len, sides)) < 2:
            continue
        curves = [np.array([run.test_accuracy for run in side.values()]).T * 100 for side in sides]
        tests = [
            test(p, q, study.settings["margin"], STUDY_ALPHA) for p, q in zip(*curves, strict=True)
        ]
        x = np.array(next(iter(sides[0].values())).accuracy_steps)
        lines = np.array([(t.low, t.difference, t.high) for t in tests]).T
        found.append(CurveBand(" minus ".join(pair), colour, x, *lines))
    return found
