"""Array kinds: how to hand a port its own arrays and take NumPy ones back.

One entry for each framework, and nothing is imported before it is used.
"""

import os
from typing import Any

import numpy as np

from .framework import Framework, hide_packages

# Keras's wrappers and galleries import them: 1.8 of the 5.5 s that it takes to import
KERAS_UNUSED_PACKAGES = ("sklearn", "matplotlib")
TENSORFLOW_ALIGNMENT = 64  # bytes: of every tensor that it allocates itself


def _rebind_param(old: Any, new: Any) -> Any:
    return new


def _configure_nothing(dtype: str, threads: int) -> None:
    """NumPy keeps the dtype it is given; BLAS threads are set by the environment."""


def _configure_torch(dtype: str, threads: int) -> None:
    import torch

    _set_torch_dtype(dtype)
    torch.set_num_threads(threads)


def _set_torch_dtype(dtype: str) -> None:
    import torch

    torch.set_default_dtype(getattr(torch, dtype))


def _to_torch(value: np.ndarray) -> Any:
    import torch

    return torch.from_numpy(value.copy())  # a copy: shared memory would let a port move the truth


def _share_with_torch(value: np.ndarray) -> Any:
    import torch

    return torch.from_numpy(value)


def _count_torch_threads() -> dict[str, int]:
    import torch

    return {"torch": torch.get_num_threads()}


def _seed_torch(seed: int) -> None:
    import torch

    torch.manual_seed(seed)


def _assign_torch(old: Any, new: Any) -> Any:
    import torch

    if isinstance(old, torch.nn.Parameter):
        with torch.no_grad():
            old.copy_(new)
        return old
    return new.clone().requires_grad_(getattr(old, "requires_grad", False))


def _configure_keras(dtype: str, threads: int) -> None:
    import tensorflow as tf

    _set_keras_dtype(dtype)
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)


def _set_keras_dtype(dtype: str) -> None:
    import keras

    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)  # or layers keep the floatx of the first that was made


def _to_tensorflow(value: np.ndarray) -> Any:
    import tensorflow as tf

    return tf.convert_to_tensor(value)


def _share_with_tensorflow(value: np.ndarray) -> Any:
    """TensorFlow copies what it converts, but not what it is handed through DLPack.

    It takes any address there, and aborts in an operation that counts on one it would have chosen.
    """
    import tensorflow as tf

    if value.ctypes.data % TENSORFLOW_ALIGNMENT:
        return tf.convert_to_tensor(value)
    return tf.experimental.dlpack.from_dlpack(value.__dlpack__())


def _count_tensorflow_threads() -> dict[str, int]:
    from tensorflow.config import threading

    return {
        "tensorflow, in an operation": threading.get_intra_op_parallelism_threads(),
        "tensorflow, of operations": threading.get_inter_op_parallelism_threads(),
    }


def _seed_keras(seed: int) -> None:
    """Seed Keras's generators; on torch and JAX it would import TensorFlow to seed that too."""
    import keras

    with hide_packages(("tensorflow",)):
        keras.utils.set_random_seed(seed)


def _assign_or_rebind(old: Any, new: Any) -> Any:
    if hasattr(old, "assign"):
        old.assign(new)
        return old
    return new


def _configure_keras_on_torch(dtype: str, threads: int) -> None:
    os.environ["KERAS_BACKEND"] = "torch"
    import torch

    _set_keras_dtype(dtype)
    torch.set_num_threads(threads)


def _configure_keras_on_jax(dtype: str, threads: int) -> None:
    os.environ["KERAS_BACKEND"] = "jax"
    _configure_jax(dtype, threads)
    _set_keras_dtype(dtype)


def _to_keras(value: np.ndarray) -> Any:
    import keras

    return keras.ops.convert_to_tensor(value.copy())  # torch would share the memory


def _configure_jax(dtype: str, threads: int) -> None:
    import jax

    jax.config.update("jax_enable_x64", dtype == "float64")


def _to_jax(value: np.ndarray) -> Any:
    import jax.numpy as jnp

    return jnp.array(value)


def _share_with_jax(value: np.ndarray) -> Any:
    """JAX copies what it converts, but takes over aligned memory that it is to put on a device."""
    import jax

    return jax.device_put(value)


def _release_jax() -> None:
    import jax

    jax.clear_caches()


FRAMEWORKS: dict[str, Framework] = {
    framework.name: framework
    for framework in (
        Framework(
            "numpy", ("numpy",), _configure_nothing, np.copy, _rebind_param, share=np.asarray
        ),
        Framework(
            "torch",
            ("torch",),
            _configure_torch,
            _to_torch,
            _assign_torch,
            _set_torch_dtype,
            "torch",
            _share_with_torch,
            _count_torch_threads,
            seed=_seed_torch,
        ),
        Framework(
            "keras",
            ("keras", "tensorflow"),
            _configure_keras,
            _to_tensorflow,
            _assign_or_rebind,
            _set_keras_dtype,
            "keras.ops",
            _share_with_tensorflow,
            _count_tensorflow_threads,
            KERAS_UNUSED_PACKAGES,
            seed=_seed_keras,
            seeds_slowly=True,  # TensorFlow forgets its kernels: 15 ms for each case
        ),
        Framework(
            "keras[torch]",
            ("keras", "torch"),
            _configure_keras_on_torch,
            _to_keras,
            _assign_or_rebind,
            _set_keras_dtype,
            "keras.ops",
            share=_share_with_torch,
            unused_packages=KERAS_UNUSED_PACKAGES,
            seed=_seed_keras,
        ),
        Framework(
            "keras[jax]",
            ("keras", "jax"),
            _configure_keras_on_jax,
            _to_keras,
            _assign_or_rebind,
            _set_keras_dtype,
            "keras.ops",
            share=_share_with_jax,
            unused_packages=KERAS_UNUSED_PACKAGES,
            release=_release_jax,
            seed=_seed_keras,
        ),
        Framework(
            "jax",
            ("jax",),
            _configure_jax,
            _to_jax,
            _assign_or_rebind,
            ops="jax.numpy",
            share=_share_with_jax,
            release=_release_jax,
        ),
    )
}


def is_real(array: np.ndarray) -> bool:
    """Return whether an array holds real numbers: what a verdict can be about.

    >>> is_real(np.zeros(2)), is_real(np.zeros(2, complex)), is_real(np.array(["1.0"]))
    (True, False, False)
    """
    return array.dtype.kind in "fiub" or array.dtype.name == "bfloat16"


def to_numpy(value: Any) -> np.ndarray:
    """Return any framework's array, number or nest of them as a NumPy array of its own.

    >>> to_numpy([1.0, 2.0])
    array([1., 2.])
    >>> to_numpy(None)
    Traceback (most recent call last):
      ...
    TypeError: what a port returns must hold numbers (got NoneType)
    """
    if isinstance(value, list | tuple):
        return np.array([to_numpy(item) for item in value])
    if hasattr(value, "detach"):  # torch refuses to convert what carries a gradient
        value = value.detach().cpu().resolve_conj().resolve_neg()
        value = (value.float() if str(value.dtype) == "torch.bfloat16" else value).numpy()
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError("what a port returns must hold numbers (got a masked array)")
    array = np.array(value)
    if array.dtype == object and isinstance(getattr(value, "data", None), np.ndarray):
        return np.array(value.data)  # a variable of somebody's own automatic differentiation
    if array.dtype == object:
        raise TypeError(f"what a port returns must hold numbers (got {type(value).__name__})")
    return array
