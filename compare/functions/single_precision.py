"""Whether what a port in float64 is off by is what float32 rounds away, wherever that happens."""

import numpy as np

from .budget import compute_budget
from .edit_search import EditSearch
from .seen import Seen, is_within

LEAST_SHARE = 2.0**-30  # of the largest value: less than that is no rounding to float32
MOST_SHARE = 1e-4  # and more is hidden by nothing


def is_off_by_float32(search: EditSearch) -> bool:
    """Whether every wrong call departs by no more than the reference would in float32.

    And by no less than a rounding to float32 leaves: a small term that is left out is none.
    """
    wrong = [one for one in search.seen if one.is_wrong]
    original = search.build({})
    if search.dtype != "float64" or original is None or not wrong:
        return False
    return all(is_call_off_by_float32(search, original, one) for one in wrong)


def is_call_off_by_float32(search: EditSearch, original: object, one: Seen) -> bool:
    """As `is_off_by_float32`, of one call."""
    try:
        single = compute_budget(original, one.case, "float32")  # type: ignore[arg-type]
    except Exception:  # noqa: BLE001  # perturbed, a user's code may raise anything
        return False
    shares = [0.0]
    for name, truth in one.truth.items():
        got, low = (one.got or {}).get(name), single.get(name)
        if got is None or low is None or not got.shape == low.want.shape == truth.want.shape:
            return False
        moved = np.abs(low.want - truth.want)
        if not np.all(is_within(got, truth.want, low.allowed + moved) | truth.undecided):
            return False
        largest = np.max(np.abs(truth.want), initial=0.0)
        off = np.abs(got - truth.want)
        if largest:
            shares.append(float(np.median(off)) / float(largest))
    return LEAST_SHARE <= max(shares) <= MOST_SHARE
