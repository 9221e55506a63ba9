"""What a layer's tensors become where not every one has a value given."""

from collections.abc import Mapping

import numpy as np


def fill_tensors(
    now: Mapping[str, np.ndarray],
    new: Mapping[str, np.ndarray | None],
    ones: tuple[str, ...] = (),
) -> dict[str, np.ndarray]:
    """Return new for each tensor that the layer has, in its shape; 0 where none is given.

    ones: those that are 1 where none is given: factors, variances.
    """
    filled = {}
    for role, value in now.items():
        given = new.get(role)
        if given is None:
            given = np.ones_like(value) if role in ones else np.zeros_like(value)
        filled[role] = np.reshape(given, value.shape)
    return filled
