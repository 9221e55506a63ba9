"""A curve beside the true one: judged as far as the true one goes."""

import numpy as np
import pytest

from trueport.compare.judging.results import Trace
from trueport.compare.training.curves import judge_trace


def curve(loss: list[float], bound: list[float], params: list[float], wide: list[float]) -> Trace:
    none = np.zeros(0)
    steps = np.arange(1, len(params) + 1)
    return Trace(
        "port", "float64", np.array(loss), none, none, none, steps, np.array(params),
        np.array(bound), np.array(wide),
    )  # fmt: skip


NAN = float("nan")


@pytest.mark.parametrize(
    ("loss", "bound", "wide", "truth", "outcome"),
    [
        ([2.0, 1.0], [0.1, 0.1], [0.1, 0.1], [2.0, 1.0], ("faithful", False, "")),
        ([2.0, 5.0], [0.1, 0.1], [0.1, 0.1], [2.0, 1.0], ("unfaithful", False, "at step 2")),
        ([2.0, NAN], [0.1, 0.1], [0.1, 0.1], [2.0, 1.0], ("unfaithful", False, "at step 2")),
        ([2.0, NAN], [0.1, NAN], [0.1, NAN], [2.0, NAN], ("faithful", False, "from step 2 on")),
        ([2.0, 7.0], [0.1, NAN], [0.1, NAN], [2.0, 1.0], ("faithful", False, "from step 2 on")),
        ([3.0, NAN], [0.1, NAN], [0.1, NAN], [2.0, NAN], ("unfaithful", False, "at step 1")),
        ([NAN, NAN], [NAN, NAN], [NAN, NAN], [NAN, NAN], ("faithful", True, "from step 1 on")),
        ([2.0, 1.0], [0.1, 0.1], [NAN, NAN], [2.0, 1.0], ("faithful", True, "from step 1 on")),
        ([2.0], [0.1, NAN], [0.1, NAN], [2.0, NAN], ("error", False, "stopped after 1 of 2")),
    ],
)
def test_a_true_run_that_diverges_is_said_to_and_ends_the_comparison(
    loss: list[float],
    bound: list[float],
    wide: list[float],
    truth: list[float],
    outcome: tuple[str, bool, str],
) -> None:
    trace = curve(loss, bound, [0.0] * len(loss), wide[: len(loss)])
    verdict = judge_trace(trace, np.array(truth), 2, "", None)
    status, no_power, said = outcome
    assert (verdict.status, verdict.no_power) == (status, no_power)
    assert said in verdict.message
    assert verdict.passed == (status == "faithful" and not no_power)
