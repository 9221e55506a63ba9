"""How the gradients that a network returns lie: as its parameters do, or as the chapter's."""

from typing import Any

import numpy as np

from trueport import reference

from ...ports.frameworks import to_numpy
from .layout import ContractParams, to_contract_form


def to_contract_gradients(
    found: dict[str, Any], params: ContractParams, x: Any, t: Any
) -> dict[str, Any]:
    """Return gradients in the contract's shapes, each by its own form.

    A network that keeps its weights as (out, in) may return theirs as (in, out) all the same: its
    shape tells, and where that is square, its values.
    """
    result, true = dict(found), None
    for key, value in found.items():
        form, want = params.places[key][1], tuple(params[key].shape)
        shape = tuple(getattr(value, "shape", ()))
        if form == "as it is" or len(shape) != 2:  # a number, say, lies in no such form
            continue
        if form == "transposed" and shape == want:
            if shape[0] != shape[1]:
                continue
            true = compute_true_gradients(params, x, t) if true is None else true
            if lies_closer(to_numpy(value), true[key]):
                continue
        result[key] = to_contract_form(value, form)
    return result


def compute_true_gradients(params: ContractParams, x: Any, t: Any) -> dict[str, np.ndarray]:
    """Return the reference's gradients at a network's parameters."""
    own = {key: to_numpy(value) for key, value in params.items()}
    inputs, hidden = own["W1"].shape
    net = reference.TwoLayerNet(inputs, hidden, own["W2"].shape[1])
    net.params = own
    found: dict[str, np.ndarray] = net.gradient(to_numpy(x), to_numpy(t))
    return found


def lies_closer(value: np.ndarray, true: np.ndarray) -> bool:
    """Whether a matrix is more like another as it is than transposed, whatever its scale.

    >>> lies_closer(np.array([[0, 2], [0, 0]]), np.array([[0, 1], [0, 0]]))
    True
    """
    return bool(abs(np.sum(value * true)) > abs(np.sum(value.T * true)))
