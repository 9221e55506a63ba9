"""A framework's model of a user's: its weights made, and how it is to be read."""

from typing import Any

import numpy as np

from .calling import TRIAL_ROWS
from .layout import LayerSizes, compute_shapes, draw_random_params, fill_params
from .losses import UserLoss, find_compiled_loss
from .model_adapter import ModelFormat, ModelNet, detect_output_kind
from .other_networks import refuse_low_precision_output, refuse_other_layers


def prepare_model(net: Any, ops: Any, dtype: str, inputs: int | None) -> Any:
    """Return a model with its weights made, in this dtype.

    Its layers are looked at before: a convolution that has no weights yet cannot be given rows of
    pixels to make them.

    Raises NotComparableError if it is plainly no net of two layers.
    """
    refuse_other_layers(ops.list_layers(net))
    try:
        return ops.prepare_model(net, dtype, inputs)
    except Exception:  # whatever it raises: the layers that it made on the way may tell why
        refuse_other_layers(ops.list_layers(net), unbuilt=True)
        raise


def read_model(net: Any, port: Any, sizes: LayerSizes, loss: tuple[str, Any] | None) -> ModelFormat:
    """Return how a model is to be read, found out by experiment; the view is told of it.

    port: the `NetPort` of the model. loss: the user's, or None.
    """
    view, ops, own = port.view, port.ops, dict(port.methods)
    reading = ModelFormat(ops, port.places, own=own, counts_numbers=port.calling.counts_numbers)
    model = ModelNet(net, reading)
    fill_params(view, model.params, draw_random_params(sizes))
    x = view.array(np.random.RandomState(1).randn(TRIAL_ROWS, sizes[0]).astype(view.dtype))
    reading.output, notes = detect_output_kind(model, x)
    refuse_low_precision_output(model.run_model(x))
    view.notes += notes
    if parts := ops.find_random_layers(net):
        view.notes.append(f"it has {', '.join(parts)}: judged as when it predicts")
    t = view.array(np.arange(TRIAL_ROWS) % compute_shapes(sizes)["b2"][0])
    loss = loss or find_compiled_loss(net)
    if loss is not None:
        reading.loss = UserLoss(loss[1], loss[0], ops)
        view.notes.append(reading.loss.detect_label_format(model.run_model(x), t))
    elif "loss" not in own:
        view.hidden |= {"TwoLayerNet.loss"}  # it would be ours, and no pass of theirs
        view.notes.append(
            "no loss was given, so none is judged: the gradient is the framework's derivative "
            "of the chapter's cross-entropy through the model"
        )
    return reading
