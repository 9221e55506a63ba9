"""What holds of a derivative that departs, where no change of a layer is its cause."""

from collections.abc import Iterator

import numpy as np

from ..rounding import measure_shares
from .judge import Part


def describe_gradients(part: Part) -> Iterator[str]:
    """Yield what is seen of the wrong ones: rows by which the reference does not derive."""
    for name, truth in part.truths.items():
        got = part.got.get(name)
        if got is None or got.shape != truth.want.shape or got.ndim != 2:
            continue
        shares = measure_shares(got, truth.want, truth.allowed, nan_equal=True)
        rows = np.flatnonzero(np.any((shares > 1.0) & ~truth.undecided, axis=1))
        if len(rows) == 1 and not np.any(truth.want[rows[0]]):
            yield (
                f"{name} departs in row {rows[0]} alone, where the reference's derivative is 0: as "
                f"torch's Embedding(..., padding_idx={rows[0]}) has it"
            )
