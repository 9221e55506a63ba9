"""What is said of derivatives that depart."""

import numpy as np

from trueport.compare.functions.spread import Budgeted
from trueport.compare.models.gradient_facts import describe_gradients
from trueport.compare.models.judge import WHOLE, Part


def make_part(want: np.ndarray, got: np.ndarray) -> Part:
    budget = Budgeted(want, np.full(want.shape, 1e-9), np.zeros(want.shape, bool))
    return Part("gradients", WHOLE, "eval", {"table": budget}, {"table": got})


def test_a_row_without_a_derivative_is_told_as_a_padding_index() -> None:
    got = np.random.default_rng(0).normal(size=(5, 3))
    want = got.copy()
    want[2] = 0.0
    [told] = describe_gradients(make_part(want, got))
    assert "table departs in row 2 alone" in told
    assert "padding_idx=2" in told


def test_nothing_is_said_where_more_departs() -> None:
    got = np.random.default_rng(0).normal(size=(5, 3))
    want = got.copy()
    want[2] = 0.0
    want[4, 1] += 1.0
    assert not list(describe_gradients(make_part(want, got)))
    assert not list(describe_gradients(make_part(got, got)))
