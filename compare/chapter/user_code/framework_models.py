"""What is a model of a framework, and what is asked of the framework itself."""

import importlib
from typing import Any

OPS_MODULES = {
    "torch": "trueport.compare.ports.user_code.torch_ops",
    "keras": "trueport.compare.ports.user_code.keras_ops",
}


def import_ops(framework: str) -> Any:
    """Return the operations of a framework that has models; None for one that has not."""
    return importlib.import_module(OPS_MODULES[framework]) if framework in OPS_MODULES else None


def is_model(value: Any, ops: Any) -> bool:
    """Whether value is a model of the framework, or a class of them."""
    if ops is None:
        return False
    return (
        issubclass(value, ops.MODEL_CLASS)
        if isinstance(value, type)
        else isinstance(value, ops.MODEL_CLASS)
    )


def find_call(net: Any) -> Any:
    """Return what a model is called by: itself, or its `predict` where no `forward` is written."""
    forward = getattr(type(net), "forward", None)
    unwritten = getattr(forward, "__name__", "") == "_forward_unimplemented"
    return net.predict if unwritten and callable(getattr(net, "predict", None)) else net
