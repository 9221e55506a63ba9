"""Cases of what a training starts with: the digits."""

from collections.abc import Iterator

import numpy as np

from compare.cases.case import Case
from compare.data import EMBEDDED

FORMS = (  # normalize, flatten, one_hot_label: as the chapter uses them
    (True, True, True),
    (True, True, False),
    (False, False, False),
)


def data_cases(source: str, train_size: int, test_size: int, seed: int) -> Iterator[Case]:
    """Loading in the forms that the chapter uses, on a sample of rows and the last of each set.

    The first form is that of the training, and is asked of the whole source. More digits than the
    embedded ones are read for it alone: half a second, and 235 MB, for each port and form.
    """
    whole = source, train_size, test_size
    for form in FORMS:
        some = whole if form == FORMS[0] or train_size <= EMBEDDED[1] else EMBEDDED
        rng = np.random.RandomState(seed)
        rows = {
            f"{name}_rows": np.append(rng.choice(size, 20), size - 1)
            for name, size in zip(("train", "test"), some[1:], strict=True)
        }
        normalize, flatten, one_hot_label = form
        yield Case(
            "load_mnist",
            f"normalize={normalize}, flatten={flatten}, one_hot_label={one_hot_label}",
            rows
            | {
                "normalize": normalize,
                "flatten": flatten,
                "one_hot_label": one_hot_label,
                "source": some[0],
            },
        )
