"""Inputs that are made up stay in the domain of those given."""

import numpy as np
import pytest

from trueport.compare.functions.function_case import FunctionCase
from trueport.compare.functions.variations import redraw, vary

RNG = np.random.default_rng(0)
LEAVES = {
    "a range": RNG.uniform(0.02, 0.98, 12),
    "both signs": RNG.normal(size=(3, 5)),
    "whole numbers": RNG.integers(0, 4, 9),
    "zeros and ones": RNG.integers(0, 2, 9).astype(float),
    "pixels": RNG.uniform(0, 255, (4, 4)),
}


def draw_boxes(count: int) -> np.ndarray:
    lower = RNG.uniform(0, 5, (count, 2))
    return np.concatenate([lower, lower + RNG.uniform(0.1, 3, (count, 2))], axis=1)


@pytest.mark.parametrize("name", LEAVES)
def test_other_values_stay_in_the_range(name: str) -> None:
    leaf = LEAVES[name]
    other = redraw(leaf, np.random.default_rng(1))
    assert leaf.min() <= other.min() <= other.max() <= leaf.max()
    assert other.shape == leaf.shape
    assert not np.array_equal(other, leaf)
    if np.array_equal(leaf, np.rint(leaf)):
        assert set(other.ravel()) <= set(leaf.ravel())


def test_a_box_keeps_its_lower_corner() -> None:
    for words, case in vary(FunctionCase("f", "a", {"boxes": draw_boxes(6)})):
        boxes = case.arguments["boxes"]
        if boxes.shape[-1] == 4:
            assert np.all(boxes[:, :2] <= boxes[:, 2:]), words


def test_a_row_more_is_another_one() -> None:
    x = RNG.normal(size=(3, 5))
    longer = [c.arguments["x"] for _, c in vary(FunctionCase("f", "a", {"x": x}))]
    (grown,) = [array for array in longer if array.shape == (4, 5)]
    assert not any(np.array_equal(grown[3], row) for row in grown[:3])
