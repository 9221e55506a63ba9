"""Array kinds: how to hand a port its own arrays and take NumPy ones back.

One entry for each framework, and nothing is imported before it is used.
"""

import gc
import importlib
import os
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

# Keras's wrappers and galleries import them: 1.8 of the 5.5 s that it takes to import
KERAS_UNUSED_PACKAGES = ("sklearn", "matplotlib")
TENSORFLOW_ALIGNMENT = 64  # bytes: of every tensor that it allocates itself
seed_python, seed_numpy = random.seed, np.random.seed  # a user's port may have replaced them


@dataclass(frozen=True)
class Framework:
    """name: as the reports show it. packages: importable names whose versions are recorded.

    configure: called once with (dtype, threads) before the port is imported. array: a NumPy array
    to the framework's. assign: (old, new) to what a parameter slot shall hold now. set_dtype: make
    a dtype the default, at any time. ops: the module of its own operations, under NumPy's names.
    share: as `array`, but on the same memory, for images that are mapped from a file and too large
    for a copy in every process; None for a framework that can only copy. threads: how many its own
    kernels use, by name; BLAS and OpenMP are held by the environment
    (see `compare.execution.limits`). unused: packages that it imports where they are installed, and
    that no port of ours needs. release: lets go of what it has compiled, for shapes that may not
    come again. seed: seeds the global generator that it has besides Python's and NumPy's, if any.
    seeds_slowly: whether that takes longer than most cases.
    """

    name: str
    packages: tuple[str, ...]
    configure: Callable[[str, int], None]
    array: Callable[[np.ndarray], Any]
    assign: Callable[[Any, Any], Any]
    set_dtype: Callable[[str], None] = lambda dtype: None
    ops: str = "numpy"
    share: Callable[[np.ndarray], Any] | None = None
    threads: Callable[[], dict[str, int]] = lambda: {}
    unused_packages: tuple[str, ...] = ()
    release: Callable[[], None] = lambda: None
    seed: Callable[[int], None] = lambda seed: None
    seeds_slowly: bool = False

    def start(self, dtype: str, threads: int, whole: bool = False) -> None:
        """`configure`, in two thirds of the time; and what is drawn from then on repeats.

        whole: import what is unused too, for a user's file, which may need it.

        >>> FRAMEWORKS["numpy"].start("float32", threads=1)
        """
        unused = () if whole else self.unused_packages
        collecting = gc.isenabled()
        gc.disable()  # an import makes what stays: to look through it again and again takes a fifth
        try:
            with _hide_packages(unused):
                self.configure(dtype, threads)
        finally:
            if collecting:
                gc.enable()
        self.seed_generators()

    def seed_generators(self, seed: int = 0, draws: bool = True) -> None:
        """Seed all that a port may draw from without a seed of its own.

        draws: whether what it is asked for is drawn; if not, a generator that is slow to seed is
        left alone.

        >>> FRAMEWORKS["numpy"].seed_generators(1)
        >>> round(random.random(), 3), np.random.randint(100)
        (0.134, 37)
        """
        seed_python(seed)
        seed_numpy(seed)
        if draws or not self.seeds_slowly:
            self.seed(seed)

    def versions(self) -> dict[str, str]:
        return {name: importlib.import_module(name).__version__ for name in self.packages}


@contextmanager
def _hide_packages(names: Sequence[str]) -> Iterator[None]:
    """In the block, an import finds none of these installed that is not there already."""
    absent = [name for name in names if name not in sys.modules]
    for name in absent:
        sys.modules[name] = None  # type: ignore[assignment]  # None: an import finds nothing
    try:
        yield
    finally:
        for name in absent:
            sys.modules.pop(name, None)


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

    with _hide_packages(("tensorflow",)):
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
    """Whether an array holds real numbers: what a verdict can be about.

    >>> is_real(np.zeros(2)), is_real(np.zeros(2, complex)), is_real(np.array(["1.0"]))
    (True, False, False)
    """
    return array.dtype.kind in "fiub" or array.dtype.name == "bfloat16"


def to_numpy(value: Any) -> np.ndarray:
    """Any framework's array, number or nest of them as a NumPy array of its own.

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
    if array.dtype == object:
        raise TypeError(f"what a port returns must hold numbers (got {type(value).__name__})")
    return array
