"""Derivatives of a port by its own framework: torch, TensorFlow, JAX, or Keras on any of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from ..ports.user_code.errors import format_error
from ..rounding.random_rounding import map_leaves
from .gradients import make_cotangents, name_gradient
from .structures import ArrayDict, walk_leaves

Derivatives = dict[str, list[np.ndarray]]  # of each output with respect to each leaf


@dataclass(frozen=True)
class Asked:
    """What is to be derived: a function of arguments, by some of the arrays in them, the leaves.

    weights: of each output's elements, in the sum that is derived. notes: grows by what is not.
    """

    function: Callable[..., Any]
    arguments: Mapping[str, Any]
    leaves: Sequence[Any]
    weights: ArrayDict
    notes: list[str]

    def call(self, values: Iterable[Any]) -> dict[str, Any]:
        """Return the outputs that have weights, by name, with values in the leaves' places."""
        own = {id(leaf): value for leaf, value in zip(self.leaves, values, strict=True)}
        result = self.function(map_leaves(lambda v: own.get(id(v), v), dict(self.arguments)))
        return {n: v for n, v in walk_leaves("result", result) if n in self.weights}


def differentiate_port(
    framework: str,
    function: Callable[..., Any],
    arguments: Mapping[str, Any],
    outputs: Mapping[str, np.ndarray],
    seed: int,
    notes: list[str],
) -> ArrayDict:
    """Return the port's own derivatives by name; none where its framework does not differentiate.

    function: takes the arguments, the framework's arrays in them, and returns what the port does.
    notes: grows by what is not differentiated, and why.
    """
    weights = make_cotangents(outputs, seed)
    places = [
        (place, leaf)
        for argument, value in arguments.items()
        for place, leaf in walk_leaves(argument, value)
        if "float" in str(getattr(leaf, "dtype", "")) and not isinstance(leaf, np.ndarray)
    ]
    backend = framework.rpartition("[")[2].rstrip("]") or framework
    differentiate = DIFFERENTIATE.get(backend)
    if differentiate is None or not weights or not places:
        return {}
    groups = [places]
    found: ArrayDict = {}
    while groups:
        group = groups.pop()
        try:
            leaves = [leaf for _, leaf in group]
            told = differentiate(Asked(function, arguments, leaves, weights, notes))
        except Exception as error:  # noqa: BLE001  # an argument may be one that nobody differentiates by
            if len(group) > 1:  # each alone: the others may be
                groups += [[one] for one in group]
            else:
                notes.append(f"gradient of {group[0][0]}: {format_error(error)}")
            continue
        for output, grads in told.items():
            for (place, _), grad in zip(group, grads, strict=True):
                found[name_gradient(place, output, weights)] = grad
    return found


def _by_torch(asked: Asked) -> Derivatives:
    torch = import_module("torch")
    inputs = [leaf.detach().clone().requires_grad_() for leaf in asked.leaves]
    found: Derivatives = {}
    for name, value in asked.call(inputs).items():
        if not getattr(value, "requires_grad", False):
            asked.notes.append(f"{name} carries no gradient")
            continue
        total = (torch.as_tensor(asked.weights[name]) * value).sum()
        grads = torch.autograd.grad(total, inputs, allow_unused=True, retain_graph=True)
        pairs = zip(inputs, grads, strict=True)
        found[name] = [np.zeros(x.shape) if g is None else g.numpy() for x, g in pairs]
    return found


def _by_tensorflow(asked: Asked) -> Derivatives:
    tf = import_module("tensorflow")
    with tf.GradientTape(persistent=True) as tape:
        for leaf in asked.leaves:
            tape.watch(leaf)
        totals = {
            name: tf.reduce_sum(asked.weights[name] * tf.cast(value, "float64"))
            for name, value in asked.call(asked.leaves).items()
            if hasattr(value, "dtype")
        }
    found: Derivatives = {}
    for name, total in totals.items():
        grads = tape.gradient(total, asked.leaves)
        if all(grad is None for grad in grads):
            asked.notes.append(f"{name} carries no gradient")
            continue
        found[name] = [
            np.zeros(leaf.shape) if grad is None else np.asarray(tf.convert_to_tensor(grad))
            for leaf, grad in zip(asked.leaves, grads, strict=True)
        ]
    return found


def _by_jax(asked: Asked) -> Derivatives:
    jax = import_module("jax")

    def sum_outputs(values: list[Any]) -> dict[str, Any]:
        outputs = asked.call(values)
        return {n: (asked.weights[n] * jax.numpy.asarray(v)).sum() for n, v in outputs.items()}

    totals, pull_back = jax.vjp(sum_outputs, list(asked.leaves))
    found: Derivatives = {}
    for name in totals:
        chosen = {n: jax.numpy.full_like(v, float(n == name)) for n, v in totals.items()}
        found[name] = [np.asarray(grad) for grad in pull_back(chosen)[0]]
    return found


DIFFERENTIATE = {"torch": _by_torch, "keras": _by_tensorflow, "jax": _by_jax}
