"""Whether a layout is the network's own: tried by value, where shapes cannot tell."""

from collections.abc import Callable
from typing import Any

import numpy as np

from trueport import reference

from ...ports.frameworks import to_numpy
from ...ports.user_code.arrays import StoredArray
from .calling import TRIAL_ROWS
from .class_adapter import adapt_net
from .layout import (
    ContractParams,
    LayerSizes,
    ParameterLayout,
    draw_random_params,
    fill_params,
)
from .model_adapter import ModelFormat, ModelNet


def make_layout_check(
    port: Any, net: Any, held: list[StoredArray], sizes: LayerSizes, model: bool
) -> Callable[[ParameterLayout], bool]:
    """Return whether a layout makes the network compute what the reference computes.

    port: the `NetPort` of the network. model: whether it is one of a framework.
    """
    values = draw_random_params(sizes)
    x = np.random.RandomState(1).randn(TRIAL_ROWS, sizes[0])
    truth = reference.TwoLayerNet(*sizes)
    truth.params = {key: value.astype(port.view.dtype) for key, value in values.items()}
    want = truth.predict(x)
    logits = np.log(want)

    def fits(layout: ParameterLayout) -> bool:
        try:
            fill_params(port.view, ContractParams(held, layout), values)
            here = port.view.array(x.astype(port.view.dtype))
            if model:
                raw = to_numpy(ModelNet(net, ModelFormat(port.ops, layout)).run_model(here))
            else:
                own = adapt_net(net, layout, port.methods, port.calling)
                raw = to_numpy(own.predict(here))  # type: ignore[attr-defined]  # the user's
        # a layout under which the network fails is not its own
        except Exception:  # noqa: BLE001  # a user's code may raise anything
            return False
        if raw.shape != want.shape:
            return False
        centred = raw - raw.mean(axis=1, keepdims=True)
        true = logits - logits.mean(axis=1, keepdims=True)
        return np.allclose(raw, want, atol=1e-3) or np.allclose(centred, true, atol=1e-2)

    return fits
