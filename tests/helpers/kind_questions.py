"""What is asked about kinds of layers beside their cases: which there are, and their masks."""

from importlib import import_module
from typing import Any

import numpy as np


def find_kinds(framework: str) -> dict[str, str | None]:
    """The kinds of layers, and of subclasses of one that say other things or compute others."""
    from trueport.compare.models.layer_kinds import find_kind

    package = import_module("torch.nn" if framework == "torch" else "keras")
    layers = package if framework == "torch" else package.layers
    dense: Any = layers.Linear if framework == "torch" else layers.Dense
    call = "forward" if framework == "torch" else "call"
    named = type("Named", (dense,), {"words": "mine"})
    other = type("Other", (dense,), {call: lambda self, x: x})
    sizes = (3, 4) if framework == "torch" else (4,)
    made = {"plain": dense(*sizes), "named": named(*sizes), "other": other(*sizes)}
    made["none"] = layers.Module() if framework == "torch" else layers.Layer()
    found = {name: find_kind(framework, layer) for name, layer in made.items()}
    return {name: kind.name if kind else None for name, kind in found.items()}


def mask_attention(how: str) -> list[float]:
    """What attention gives of a mask of both sorts, and with it turned about or left out."""
    from trueport.compare.models.layer_kinds import LAYER_KINDS

    torch = import_module("torch")
    layer = torch.nn.MultiheadAttention(4, 2, batch_first=True).double().eval()
    x = torch.from_numpy(np.random.default_rng(0).normal(size=(1, 3, 4)))
    mask = torch.tensor([[True, False, False]])
    wanted = {"turned about": {"key_padding_mask": ~mask}, "left out": {}}[how]
    changed = LAYER_KINDS["attention"].forms["torch"].changes["mask"](layer, how)
    with torch.no_grad():
        want = layer(x, x, x, **wanted)[0]
        got = changed(x, x, x, key_padding_mask=mask)[0]
        plain = layer(x, x, x, key_padding_mask=mask)[0]
    return [float((got - want).abs().max()), float((plain - want).abs().max())]


def leave_mask_out(name: str, settings: dict[str, Any]) -> list[float]:
    """How far a masked layer without its mask is from the plain one, and with it."""
    from trueport.compare.models.layer_kinds import find_kind

    keras = import_module("keras")
    if name == "Bidirectional":
        settings = {"layer": keras.layers.LSTM(3)}
    made = getattr(keras.layers, name)(**settings)
    x = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")
    mask = np.array([[True, True, False, False], [True, True, True, False]])
    plain, masked = np.asarray(made(x)), np.asarray(made(x, mask=mask))
    kind = find_kind("keras", made)
    assert kind is not None
    changed = kind.forms["keras"].changes["mask"](made, "left out")
    got = np.asarray(changed(x, mask=mask))
    return [float(np.abs(got - plain).max()), float(np.abs(masked - plain).max())]
