"""A bare `torch.nn.Module` or `keras.Model` as a TwoLayerNet."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...ports.frameworks import to_numpy
from ...ports.user_code.arrays import held_arrays
from ...ports.user_code.layout import Layout, Params, from_held
from ...ports.user_code.trouble import TargetError
from ..adapters import PARAMS
from .losses import Loss
from .plain_net import accuracy_of, gradient_in_order

IMAGES = ((28, 28), (1, 28, 28), (28, 28, 1))  # what a model may want instead of 784 pixels


@dataclass
class Reading:
    """How a model is to be read, found out once by experiment and the same for every size.

    output: "probabilities", "log-probabilities" or "logits". image: the shape of a sample, if not
    a row. loss: the user's, or None for the chapter's. own: methods that the user wrote.
    """

    ops: Any
    layout: Layout
    output: str = "probabilities"
    image: tuple[int, ...] | None = None
    loss: Loss | None = None
    own: dict[str, str] = field(default_factory=dict)


class ModelNet:
    """One model behind the contract's names."""

    def __init__(self, net: Any, reading: Reading) -> None:
        self.net, self.reading, self.ops = net, reading, reading.ops
        self.held = held_arrays(net)
        self.params = Params(self.held, reading.layout)
        own: dict[str, Callable[..., Any]] = {k: getattr(net, v) for k, v in reading.own.items()}
        self.predict = own.get("predict", self.probabilities)
        self.loss = own.get("loss", self.loss_of_output) if reading.loss is None else self.given
        self.accuracy = own.get("accuracy", accuracy_of(self.predict))
        gradient = own.get("gradient")
        self.gradient = (
            gradient_in_order(gradient, reading.layout) if gradient else self.gradient_of_loss
        )
        if "numerical_gradient" in own:
            self.numerical_gradient = gradient_in_order(own["numerical_gradient"], reading.layout)

    def raw(self, x: Any) -> Any:
        """What the model itself returns."""
        if self.reading.image is not None:
            x = self.ops.reshape(x, (x.shape[0], *self.reading.image))
        return self.net(x)

    def probabilities(self, x: Any) -> Any:
        return self.as_probabilities(self.raw(x))

    def as_probabilities(self, raw: Any) -> Any:
        if self.reading.output == "logits":
            return self.ops.softmax(raw)
        return self.ops.exp(raw) if self.reading.output == "log-probabilities" else raw

    def loss_of_output(self, x: Any, t: Any) -> Any:
        return self.ops.chapter_loss(self.probabilities(x), t)

    def given(self, x: Any, t: Any) -> Any:
        """The user's loss on the model's own output."""
        assert self.reading.loss is not None
        return self.reading.loss(self.raw(x), t)

    def gradient_of_loss(self, x: Any, t: Any) -> dict[str, Any]:
        places = [self.reading.layout[key] for key in PARAMS]
        arrays = [self.held[place.number].read() for place in places]
        found = {}
        for key, place, g in zip(
            PARAMS, places, self.ops.gradients(lambda: self.loss(x, t), arrays), strict=True
        ):
            if g is None:
                raise TargetError(f"no gradient reaches {place.label}: the loss is cut off from it")
            found[key] = from_held(g, place.form)
        return found


def read_output(model: ModelNet, x: Any) -> tuple[str, list[str]]:
    """What the model returns, found out on an input; sentences for the user."""
    reading, problem = model.reading, None
    raw = None
    for image in (None, *IMAGES):
        if image is not None and int(np.prod(image)) != x.shape[1]:
            continue
        reading.image = image
        try:
            raw = to_numpy(model.raw(x))
            break
        # any error: the next shape may be the one that the model wants
        except Exception as error:  # noqa: BLE001  # a user's code may raise anything
            problem = problem or error
    if raw is None:
        reading.image = None
        raise problem if problem else TargetError("the model was given no input")
    notes = []
    if reading.image is not None:
        notes.append(f"the model was given images of shape {reading.image}, not rows of pixels")
    if raw.ndim != 2 or len(raw) != len(x):
        raise TargetError(f"the model must return (N, K) for N samples (got shape {raw.shape})")
    with np.errstate(all="ignore"):
        # columns that sum to one are a softmax over the batch: a fault of probabilities, no scores
        if np.all(raw >= 0) and any(np.allclose(raw.sum(axis=a), 1.0, atol=1e-4) for a in (1, 0)):
            return "probabilities", notes
        if np.all(raw <= 0) and np.allclose(np.exp(raw).sum(axis=1), 1.0, atol=1e-4):
            notes.append("the model returns log-probabilities: exp was applied for predict")
            return "log-probabilities", notes
    if np.all((raw >= 0) & (raw <= 1)):
        notes.append(
            "the model's outputs lie in 0..1 and do not sum to one (a sigmoid at the end?): "
            "softmax was applied for predict"
        )
    else:
        notes.append("the model returns logits: softmax was applied for predict")
    return "logits", notes
