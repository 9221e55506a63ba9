"""Derivatives of a port by its own framework: torch, TensorFlow, JAX, or Keras on any of them."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import numpy as np

from ..ports.user_code.errors import format_error
from ..rounding.random_rounding import map_leaves
from .gradients import make_cotangents, name_gradient
from .structures import ArrayDict, walk_leaves

Derivatives = dict[str, list[np.ndarray]]  # of each output with respect to each leaf


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
            told = differentiate(function, arguments, [leaf for _, leaf in group], weights, notes)
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


def _by_torch(
    function: Callable[..., Any],
    arguments: Any,
    leaves: list[Any],
    weights: ArrayDict,
    notes: list[str],
) -> Derivatives:
    torch = import_module("torch")
    own = {id(leaf): leaf.detach().clone().requires_grad_() for leaf in leaves}
    result = function(map_leaves(lambda v: own.get(id(v), v), dict(arguments)))
    inputs = [own[id(leaf)] for leaf in leaves]
    found: Derivatives = {}
    for name, value in walk_leaves("result", result):
        if name not in weights:
            continue
        if not getattr(value, "requires_grad", False):
            notes.append(f"{name} carries no gradient")
            continue
        total = (torch.as_tensor(weights[name]) * value).sum()
        grads = torch.autograd.grad(total, inputs, allow_unused=True, retain_graph=True)
        pairs = zip(inputs, grads, strict=True)
        found[name] = [np.zeros(x.shape) if g is None else g.numpy() for x, g in pairs]
    return found


def _by_tensorflow(
    function: Callable[..., Any],
    arguments: Any,
    leaves: list[Any],
    weights: ArrayDict,
    notes: list[str],
) -> Derivatives:
    tf = import_module("tensorflow")
    with tf.GradientTape(persistent=True) as tape:
        for leaf in leaves:
            tape.watch(leaf)
        result = function(dict(arguments))
        totals = {
            name: tf.reduce_sum(weights[name] * tf.cast(value, "float64"))
            for name, value in walk_leaves("result", result)
            if name in weights and hasattr(value, "dtype")
        }
    found: Derivatives = {}
    for name, total in totals.items():
        grads = tape.gradient(total, leaves)
        if all(grad is None for grad in grads):
            notes.append(f"{name} carries no gradient")
            continue
        found[name] = [
            np.zeros(leaf.shape) if grad is None else np.asarray(tf.convert_to_tensor(grad))
            for leaf, grad in zip(leaves, grads, strict=True)
        ]
    return found


def _by_jax(
    function: Callable[..., Any],
    arguments: Any,
    leaves: list[Any],
    weights: ArrayDict,
    notes: list[str],
) -> Derivatives:
    jax = import_module("jax")

    def sum_outputs(values: list[Any]) -> dict[str, Any]:
        own = {id(leaf): value for leaf, value in zip(leaves, values, strict=True)}
        result = function(map_leaves(lambda v: own.get(id(v), v), dict(arguments)))
        outputs = {n: v for n, v in walk_leaves("result", result) if n in weights}
        return {n: (weights[n] * jax.numpy.asarray(v)).sum() for n, v in outputs.items()}

    totals, pull_back = jax.vjp(sum_outputs, leaves)
    found: Derivatives = {}
    for name in totals:
        chosen = {n: jax.numpy.full_like(v, float(n == name)) for n, v in totals.items()}
        found[name] = [np.asarray(grad) for grad in pull_back(chosen)[0]]
    return found


DIFFERENTIATE = {"torch": _by_torch, "keras": _by_tensorflow, "jax": _by_jax}
