"""What torch's functions give, asked for float32 by name."""

from collections.abc import Callable
from typing import Any

import torch

from trueport.compare.models.torch.wide_floats import wide_floats

FORMS: dict[str, Callable[[], Any]] = {
    "float": lambda: torch.arange(4).float(),
    "to": lambda: torch.ones(3, dtype=torch.float64).to("cpu", torch.float32),
    "arange": lambda: torch.arange(0, 4, 2, dtype=torch.float32),
    "softmax": lambda: torch.softmax(torch.ones(2, 2), -1, dtype=torch.float32),
    "type": lambda: torch.ones(3).type("torch.FloatTensor"),
    "module": lambda: torch.nn.Linear(2, 2).float().weight,
}


def show_dtypes(name: str) -> dict[str, str]:
    found = {}
    for dtype in ("float64", "float32"):
        with wide_floats(dtype, {}):
            found[dtype] = str(FORMS[name]().dtype).removeprefix("torch.")
    return found


def fill_hardsigmoid() -> float:
    """Return what a tensor holds behind hardsigmoid in its place."""
    x = torch.zeros((), dtype=torch.float64)
    with wide_floats("float64", {}):
        torch.nn.Hardsigmoid(inplace=True)(x)
    return float(x)


def derive_hardsigmoid() -> float:
    """Return the derivative of the layer at 1."""
    x = torch.ones((), dtype=torch.float64, requires_grad=True)
    with wide_floats("float64", {}):
        torch.nn.Hardsigmoid()(x).backward()
    assert x.grad is not None
    return float(x.grad)
