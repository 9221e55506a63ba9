"""A Keras model of the caller's own, made once more in another dtype, and proven to be the same."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np

from ...ports.user_code.errors import TargetError
from ..side import RunOptions
from .backend import get_backend
from .describing import find_inputs
from .layers import NamedLayer
from .randomness import keep_random_state
from .side import KerasSide

SEED = 3  # of the inputs that a copy is proven by
BATCH, OPEN_SIZE = 2, 8  # where a shape leaves it open


class LocalKerasSide(KerasSide):
    """A Keras model in a process whose own dtype may be another one."""

    @contextmanager
    def _prepare(self, layers: Sequence[NamedLayer], train: bool) -> Iterator[None]:
        with in_dtype(self.dtype), super()._prepare(layers, train):
            yield


@contextmanager
def in_dtype(dtype: str) -> Iterator[None]:
    """In the block Keras makes layers and tensors of this dtype."""
    import keras

    floatx, policy = keras.config.floatx(), keras.config.dtype_policy()
    try:
        keras.config.set_floatx(dtype)
        keras.config.set_dtype_policy(dtype)
        yield
    finally:
        keras.config.set_floatx(floatx)
        keras.config.set_dtype_policy(policy)


@contextmanager
def keep_names() -> Iterator[None]:
    """Behind the block Keras names the layers that follow as it would have without it."""
    from keras.src.backend.common import global_state

    key = "object_name_uids"
    before = global_state.get_global_attribute(key)
    copied = None if before is None else before.copy()
    try:
        yield
    finally:
        global_state.set_global_attribute(key, copied)


def find_dtype(model: Any) -> str:
    """Return the dtype of a model's weights. Raises TargetError if it has none yet."""
    if not model.built:
        raise TargetError(f"{model.name} has no weights yet: call it once on an input")
    names = [str(v.dtype) for v in model.variables if "float" in str(v.dtype)]
    return names[0] if names else str(model.compute_dtype)


def copy_model(model: Any, dtype: str) -> Any:
    """Return the model in dtype, weights included; None if no equal one can be made.

    It is made by its configuration, and proven in the model's own dtype, in which it must give bit
    for bit what the model gives. The model stays as it was.
    """
    own = find_dtype(model)
    twin = rebuild(model, own)
    if twin is None or not give_the_same(model, twin, own):
        return None
    return twin if dtype == own else rebuild(model, dtype)


def rebuild(model: Any, dtype: str) -> Any:
    """Return a model by the configuration of this one, in dtype; None if Keras cannot make it."""
    import keras

    classes = {type(layer).__name__: type(layer) for layer in model._flatten_layers()}
    with ExitStack() as stack:
        for block in (
            *(keep_random_state(), get_backend().keep_random_state(), keep_names()),
            *(in_dtype(dtype), keras.utils.custom_object_scope(classes)),
        ):
            stack.enter_context(block)
        try:
            made = type(model).from_config(set_dtypes(model.get_config(), dtype))
            if not made.built:
                made.build_from_config(model.get_build_config())
        except Exception:  # noqa: BLE001  # a user's class may need anything to be made
            return None
    theirs, mine = list(model.variables), list(made.variables)
    if [tuple(v.shape) for v in theirs] != [tuple(v.shape) for v in mine]:
        return None
    for old, new in zip(theirs, mine, strict=True):
        new.assign(np.asarray(old.numpy()).astype(str(new.dtype)))
    return made


def set_dtypes(config: Any, dtype: str) -> Any:
    """Return a configuration with every dtype of layers and of inputs of fractions replaced.

    >>> set_dtypes({"units": 3, "dtype": "float32"}, "float64")
    {'units': 3, 'dtype': 'float64'}
    """
    if isinstance(config, list | tuple):
        return type(config)([set_dtypes(one, dtype) for one in config])
    if not isinstance(config, dict):
        return config
    found = {}
    for key, value in config.items():
        policy = isinstance(value, Mapping) and "Policy" in str(value.get("class_name"))
        if key == "dtype" and (policy or "float" in str(value)):
            found[key] = dtype
        else:
            found[key] = set_dtypes(value, dtype)
    return found


def give_the_same(model: Any, twin: Any, dtype: str) -> bool:
    """Whether two models give the same, bit for bit, on inputs of the shape that they declare."""
    inputs = make_inputs(model)
    if inputs is None:
        return False
    try:
        one, other = (
            LocalKerasSide(side, dtype).run(inputs, RunOptions()).outputs for side in (model, twin)
        )
    except Exception:  # noqa: BLE001  # whatever a user's model raises on inputs that are made up
        return False
    return one.keys() == other.keys() and all(np.array_equal(one[n], other[n]) for n in one)


def make_inputs(model: Any) -> list[np.ndarray] | None:
    """Return inputs of the shape that a model was built for; None if it does not say it."""
    shapes = [tuple(one.shape) for one in find_inputs(model)]
    if not shapes:
        told = (model.get_build_config() or {}).get("input_shape")
        if not isinstance(told, list | tuple) or not all(isinstance(n, int | None) for n in told):
            return None
        shapes = [tuple(told)]
    rng = np.random.default_rng(SEED)
    sizes = [(shape[0] or BATCH, *(n or OPEN_SIZE for n in shape[1:])) for shape in shapes]
    return [rng.uniform(0.0, 1.0, size) for size in sizes]
