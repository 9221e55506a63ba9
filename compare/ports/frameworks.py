"""Array kinds, a class for each framework; none is imported before it is used."""

import os
from importlib import import_module
from typing import Any

import numpy as np

from .framework import Framework, hide_packages

TENSORFLOW_ALIGNMENT = 64  # bytes: of every tensor that it allocates itself


class _NumPy(Framework):
    """It keeps the dtype it is given; BLAS threads are set by the environment."""

    name, packages = "numpy", ("numpy",)

    def share(self, value: np.ndarray) -> Any:
        return value.view(np.ndarray)


class _Torch(Framework):
    name, packages, ops = "torch", ("torch",), "torch"

    def configure(self, dtype: str, threads: int) -> None:
        self.set_dtype(dtype)
        import_module("torch").set_num_threads(threads)

    def set_dtype(self, dtype: str) -> None:
        torch = import_module("torch")
        torch.set_default_dtype(getattr(torch, dtype))

    def array(self, value: np.ndarray) -> Any:
        return self.share(value.copy())  # a copy: shared memory would let a port move the truth

    def share(self, value: np.ndarray) -> Any:
        return import_module("torch").from_numpy(value)

    def assign(self, old: Any, new: Any) -> Any:
        import torch

        if isinstance(old, torch.nn.Parameter):
            with torch.no_grad():
                old.copy_(new)
            return old
        return new.clone().requires_grad_(getattr(old, "requires_grad", False))

    def threads(self) -> dict[str, int]:
        return {"torch": import_module("torch").get_num_threads()}

    def seed(self, seed: int) -> None:
        import_module("torch").manual_seed(seed)


class _Jax(Framework):
    name, packages, ops = "jax", ("jax",), "jax.numpy"

    def configure(self, dtype: str, threads: int) -> None:
        import_module("jax").config.update("jax_enable_x64", dtype == "float64")

    def array(self, value: np.ndarray) -> Any:
        return import_module("jax.numpy").array(value)

    def share(self, value: np.ndarray) -> Any:
        # JAX copies what it converts, but takes over aligned memory that it is to put on a device
        return import_module("jax").device_put(value)

    def release(self) -> None:
        import_module("jax").clear_caches()


class _Keras(Framework):
    """What is the same on every backend."""

    ops = "keras.ops"
    # its wrappers and galleries import them: 1.8 of the 5.5 s that it takes to import
    unused_packages = ("sklearn", "matplotlib")

    def set_dtype(self, dtype: str) -> None:
        config = import_module("keras").config
        config.set_floatx(dtype)
        config.set_dtype_policy(dtype)  # or layers keep the floatx of the first that was made

    def array(self, value: np.ndarray) -> Any:
        # a copy: torch would share the memory
        return import_module("keras").ops.convert_to_tensor(value.copy())

    def seed(self, seed: int) -> None:
        # on torch and JAX TensorFlow would be imported to be seeded; Keras remembers that it found
        # none, and would refuse layers that need it
        lazy = import_module("keras.src.utils.module_utils").tensorflow
        before = lazy._available
        try:
            with hide_packages(("tensorflow",)):
                import_module("keras").utils.set_random_seed(seed)
        finally:
            lazy._available = before


class _KerasOnTensorFlow(_Keras):
    name, packages = "keras", ("keras", "tensorflow")
    seeds_slowly = True  # TensorFlow forgets its kernels: 15 ms for each case

    def configure(self, dtype: str, threads: int) -> None:
        os.environ["KERAS_BACKEND"] = "tensorflow"  # whatever the user's other programs run on
        threading = import_module("tensorflow").config.threading
        self.set_dtype(dtype)
        threading.set_intra_op_parallelism_threads(threads)
        threading.set_inter_op_parallelism_threads(threads)

    def array(self, value: np.ndarray) -> Any:
        return import_module("tensorflow").convert_to_tensor(value)

    def share(self, value: np.ndarray) -> Any:
        """TensorFlow copies what it converts, but not what it is handed through DLPack.

        It takes any address there, and aborts in an operation that counts on its own alignment.
        """
        if value.ctypes.data % TENSORFLOW_ALIGNMENT:
            return self.array(value)
        return import_module("tensorflow").experimental.dlpack.from_dlpack(value.__dlpack__())

    def threads(self) -> dict[str, int]:
        threading = import_module("tensorflow").config.threading
        return {
            "tensorflow, in an operation": threading.get_intra_op_parallelism_threads(),
            "tensorflow, of operations": threading.get_inter_op_parallelism_threads(),
        }


class _KerasOnTorch(_Keras):
    name, packages = "keras[torch]", ("keras", "torch")

    def configure(self, dtype: str, threads: int) -> None:
        os.environ["KERAS_BACKEND"] = "torch"
        os.environ["KERAS_TORCH_DEVICE"] = "cpu"  # else it takes a GPU where there is one
        torch = import_module("torch")
        self.set_dtype(dtype)
        torch.set_num_threads(threads)

    def share(self, value: np.ndarray) -> Any:
        return FRAMEWORKS["torch"].share(value)


class _KerasOnJax(_Keras):
    name, packages = "keras[jax]", ("keras", "jax")

    def configure(self, dtype: str, threads: int) -> None:
        os.environ["KERAS_BACKEND"] = "jax"
        FRAMEWORKS["jax"].configure(dtype, threads)
        self.set_dtype(dtype)

    def share(self, value: np.ndarray) -> Any:
        return FRAMEWORKS["jax"].share(value)

    def release(self) -> None:
        FRAMEWORKS["jax"].release()


FRAMEWORKS: dict[str, Framework] = {
    kind.name: kind()
    for kind in (_NumPy, _Torch, _KerasOnTensorFlow, _KerasOnTorch, _KerasOnJax, _Jax)
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
    if hasattr(value, "toarray"):  # of SciPy: its `data` are those of its numbers that are not 0
        raise TypeError("what a port returns must be dense (got a sparse array: .toarray())")
    array = np.array(value)
    if array.dtype == object and isinstance(getattr(value, "data", None), np.ndarray):
        return np.array(value.data)  # a variable of somebody's own automatic differentiation
    if array.dtype == object:
        raise TypeError(f"what a port returns must hold numbers (got {type(value).__name__})")
    return array
