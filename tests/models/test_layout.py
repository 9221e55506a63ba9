from collections import Counter

import numpy as np
import pytest

from trueport.compare.models.layout import choose_layout, list_layouts

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("axes", "shape"),
    [
        ((0, 1), (4, 5)),
        ((0, 2, 3, 1), (2, 3, 5, 7)),
        ((0, 3, 1, 2), (2, 5, 7, 3)),
        ((1, 0, 2), (6, 2, 4)),
        ((2, 0, 1), (3, 4, 5)),
    ],
)
def test_axes_that_were_moved_are_found_and_moved_back(axes, shape):
    theirs = RNG.normal(size=shape)
    mine = np.transpose(theirs, axes)
    layout = choose_layout(theirs, mine, Counter())
    assert layout is not None
    np.testing.assert_array_equal(layout.apply(theirs), mine)
    np.testing.assert_array_equal(layout.invert(mine, shape), theirs)


def test_heads_split_from_features_are_a_reshape():
    theirs = RNG.normal(size=(2, 6, 8))
    layout = choose_layout(theirs, theirs.reshape(2, 6, 2, 4), Counter())
    assert layout is not None
    assert layout.apply(theirs).shape == (2, 6, 2, 4)


def test_values_decide_where_shapes_do_not():
    theirs = RNG.normal(size=(4, 4, 4, 4))
    mine = np.moveaxis(theirs, 1, -1)
    votes = Counter()
    layout = choose_layout(theirs, mine, votes)
    assert layout is not None
    assert layout.axes == (0, 2, 3, 1)
    assert votes[layout.move] == 1
    # what was sure decides where values tell nothing
    unlike = choose_layout(theirs, RNG.normal(size=mine.shape), votes)
    assert unlike is not None
    assert unlike.axes == layout.axes


def test_other_sizes_have_no_layout():
    assert list(list_layouts((2, 3), (2, 4))) == []
    assert choose_layout(np.zeros((2, 3)), np.zeros((2, 4)), Counter()) is None


@pytest.mark.parametrize(
    ("image", "rows"),
    [
        ("b c (y i) (x j)", "b (y x) (i j c)"),
        ("b c (y i) (x j)", "b (y x) (c i j)"),
        ("b (y i) (x j) c", "b (y x) (i j c)"),
    ],
)
@pytest.mark.parametrize("back", [False, True])
def test_rows_of_patches_are_images_in_another_layout(image, rows, back):
    value = RNG.normal(size=(2, 3, 3, 4, 2, 4))  # b c y i x j
    shapes = {
        "b c (y i) (x j)": value.reshape(2, 3, 12, 8),
        "b (y i) (x j) c": np.moveaxis(value, 1, -1).reshape(2, 12, 8, 3),
        "b (y x) (i j c)": np.transpose(value, (0, 2, 4, 3, 5, 1)).reshape(2, 6, 48),
        "b (y x) (c i j)": np.transpose(value, (0, 2, 4, 1, 3, 5)).reshape(2, 6, 48),
    }
    theirs, mine = shapes[image], shapes[rows]
    theirs, mine = (mine, theirs) if back else (theirs, mine)
    layout = choose_layout(theirs, mine, Counter())
    assert layout is not None
    np.testing.assert_array_equal(layout.apply(theirs), mine)
    np.testing.assert_array_equal(layout.invert(mine, theirs.shape), theirs)


def test_what_only_fits_in_one_way_decides_too():
    votes = Counter()
    only = choose_layout(RNG.normal(size=(2, 4, 4, 8)), RNG.normal(size=(2, 8, 4, 4)), votes)
    unlike = choose_layout(RNG.normal(size=(2, 4, 4, 4)), RNG.normal(size=(2, 4, 4, 4)), votes)
    assert only is not None
    assert unlike is not None
    assert only.axes == unlike.axes == (0, 3, 1, 2)
