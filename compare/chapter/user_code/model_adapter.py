"""A bare `torch.nn.Module` or `keras.Model` as a TwoLayerNet."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...ports.frameworks import to_numpy
from ...ports.user_code.arrays import find_stored_arrays
from ...ports.user_code.errors import TargetError
from ..adapters import PARAMS
from .class_adapter import adapt_gradient, give_numbers, make_accuracy
from .framework_models import find_call
from .layout import ContractParams, ParameterLayout, to_contract_form
from .losses import UserLoss

IMAGE_SHAPES = ((28, 28), (1, 28, 28), (28, 28, 1))  # what a model may want instead of 784 pixels


@dataclass
class ModelFormat:
    """How a model is to be read, found out once by experiment and the same for every size.

    output: "probabilities", "log-probabilities" or "logits".
    image: the shape of a sample, if not a row.
    several: whether it returns more than its scores.
    counts_numbers: whether its own accuracy takes labels as numbers alone.
    loss: the user's, or None for the chapter's.
    own: methods that the user wrote.
    """

    ops: Any
    layout: ParameterLayout
    output: str = "probabilities"
    image: tuple[int, ...] | None = None
    several: bool = False
    counts_numbers: bool = False
    loss: UserLoss | None = None
    own: dict[str, str] = field(default_factory=dict)


class ModelNet:
    """One model behind the contract's names."""

    def __init__(self, net: Any, reading: ModelFormat) -> None:
        self.net, self.model_format, self.ops = net, reading, reading.ops
        self.held = find_stored_arrays(net)
        self.params = ContractParams(self.held, reading.layout)
        own: dict[str, Callable[..., Any]] = {k: getattr(net, v) for k, v in reading.own.items()}
        self.predict = own.get("predict", self.predict_probabilities)
        self.loss = (
            own.get("loss", self.compute_chapter_loss) if reading.loss is None else self.given
        )
        self.accuracy = own.get("accuracy", make_accuracy(self.predict))
        if reading.counts_numbers:
            self.accuracy = give_numbers(self.accuracy)
        gradient = own.get("gradient")
        self.gradient = (
            adapt_gradient(gradient, reading.layout, self.params)
            if gradient
            else self.compute_gradient
        )
        if "numerical_gradient" in own:
            self.numerical_gradient = adapt_gradient(
                own["numerical_gradient"], reading.layout, self.params
            )

    def run_model(self, x: Any) -> Any:
        """Return what the model itself returns, of several things the first that is scores."""
        samples = x.shape[0]
        if self.model_format.image is not None:
            x = self.ops.reshape(x, (samples, *self.model_format.image))
        found = find_call(self.net)(x)
        if not isinstance(found, tuple | list):
            return found
        self.model_format.several = True
        wanted = (samples, *self.params["b2"].shape)
        return next((v for v in found if tuple(getattr(v, "shape", ())) == wanted), found)

    def predict_probabilities(self, x: Any) -> Any:
        """Return class probabilities, whatever the model gives."""
        return self.to_probabilities(self.run_model(x))

    def to_probabilities(self, raw: Any) -> Any:
        """Return what the model gives as probabilities."""
        if self.model_format.output == "logits":
            return self.ops.softmax(raw)
        return self.ops.exp(raw) if self.model_format.output == "log-probabilities" else raw

    def compute_chapter_loss(self, x: Any, t: Any) -> Any:
        """Return the chapter's loss of the model's probabilities."""
        return self.ops.compute_chapter_loss(self.predict_probabilities(x), t)

    def given(self, x: Any, t: Any) -> Any:
        """Return the user's loss on the model's own output."""
        assert self.model_format.loss is not None
        return self.model_format.loss(self.run_model(x), t)

    def compute_gradient(self, x: Any, t: Any) -> dict[str, Any]:
        """Return the gradient under the contract's names."""
        places = [self.model_format.layout[key] for key in PARAMS]
        arrays = [self.held[place.number].read() for place in places]
        found = {}
        for key, place, g in zip(
            PARAMS, places, self.ops.compute_gradients(lambda: self.loss(x, t), arrays), strict=True
        ):
            if g is None:
                raise TargetError(f"no gradient reaches {place.label}: the loss is cut off from it")
            found[key] = to_contract_form(g, place.form)
        return found


def detect_output_kind(model: ModelNet, x: Any) -> tuple[str, list[str]]:
    """Return what the model returns, found out on an input; sentences for the user."""
    reading, problem = model.model_format, None
    raw = None
    for image in (None, *IMAGE_SHAPES):
        if image is not None and int(np.prod(image)) != x.shape[1]:
            continue
        reading.image = image
        try:
            raw = to_numpy(model.run_model(x))
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
    if reading.several:
        notes.append("the model returns several things: the first (N, K) of them was judged")
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
            "the model's outputs lie in 0..1 and do not sum to one (a sigmoid at the end?): they "
            "were judged as they are"
        )
        return "probabilities", notes
    notes.append("the model returns logits: softmax was applied for predict")
    return "logits", notes
