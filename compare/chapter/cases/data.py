"""Cases of what a training starts with: the digits."""

from collections.abc import Iterator

import numpy as np

from ...suite.case import Case


def generate_data_cases(source: str, train_size: int, test_size: int, seed: int) -> Iterator[Case]:
    """Yield loads in the forms that the chapter uses: a sample of rows, the last of each set."""
    rng = np.random.RandomState(seed)
    rows = {
        f"{name}_rows": np.append(rng.choice(size, 20), size - 1)
        for name, size in (("train", train_size), ("test", test_size))
    }
    for normalize, flatten, one_hot_label in (
        (True, True, True),
        (True, True, False),
        (False, False, False),
    ):
        yield Case(
            "load_mnist",
            f"normalize={normalize}, flatten={flatten}, one_hot_label={one_hot_label}",
            rows
            | {
                "normalize": normalize,
                "flatten": flatten,
                "one_hot_label": one_hot_label,
                "source": source,
            },
        )
