"""The digits that the processes of a run share."""

from pathlib import Path

import numpy as np
from few_digits import load_rows

from trueport.compare.chapter.digits import load_data, load_shared_digits, share_digits


def test_shared_digits_are_those_of_load_mnist_and_a_writer_spoils_them_for_nobody(
    tmp_path: Path,
) -> None:
    share_digits(load_data("embedded"), tmp_path / "digits")
    mine, yours = load_shared_digits(tmp_path / "digits"), load_shared_digits(tmp_path / "digits")
    for got, want in zip(mine, load_rows(4000), strict=True):
        assert got.dtype == want.dtype
        assert np.array_equal(got, want)
    mine[0][:] = 7.0
    assert np.array_equal(yours[0], load_rows(4000)[0])
