"""What the harness needs to know of a framework."""

import gc
import importlib
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

seed_python, seed_numpy = random.seed, np.random.seed  # a user's port may have replaced them


@dataclass(frozen=True)
class Framework:
    """A kind of array, and how a port is given it.

    name: as the reports show it.
    packages: importable names whose versions are recorded.

    configure: called once with (dtype, threads) before the port is imported.
    array: a NumPy array to the framework's.
    assign: (old, new) to what a parameter slot shall hold now.
    set_dtype: make a dtype the default, at any time.
    ops: the module of its own operations, under NumPy's names.
    share: as `array`, but on the same memory, for images that are mapped from a file and too large
        for a copy in every process; None for a framework that can only copy.
    threads: how many its own kernels use, by name; BLAS and OpenMP are held by the environment (see
        `compare.execution.limits`). unused: packages that it imports where they are installed, and
        that no port of ours needs.
    release: lets go of what it has compiled, for shapes that may not come again.
    seed: seeds the global generator that it has besides Python's and NumPy's, if any.
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
        """Call `configure`, in two thirds of the time; and what is drawn from then on repeats.

        whole: import what is unused too, for a user's file, which may need it.

        >>> from trueport.compare.ports.frameworks import FRAMEWORKS
        >>> FRAMEWORKS["numpy"].start("float32", threads=1)
        """
        unused = () if whole else self.unused_packages
        collecting = gc.isenabled()
        gc.disable()  # an import makes what stays: to look through it again and again takes a fifth
        try:
            with hide_packages(unused):
                self.configure(dtype, threads)
        finally:
            if collecting:
                gc.enable()
        self.seed_generators()

    def seed_generators(self, seed: int = 0, draws: bool = True) -> None:
        """Seed all that a port may draw from without a seed of its own.

        draws: whether what it is asked for is drawn; if not, a generator that is slow to seed is
            left alone.

        >>> from trueport.compare.ports.frameworks import FRAMEWORKS
        >>> FRAMEWORKS["numpy"].seed_generators(1)
        >>> round(random.random(), 3), np.random.randint(100)
        (0.134, 37)
        """
        seed_python(seed)
        seed_numpy(seed)
        if draws or not self.seeds_slowly:
            self.seed(seed)

    def versions(self) -> dict[str, str]:
        """Return the version of each of its packages."""
        return {name: importlib.import_module(name).__version__ for name in self.packages}


@contextmanager
def hide_packages(names: Sequence[str]) -> Iterator[None]:
    """In the block, an import finds none of these installed that is not there already."""
    absent = [name for name in names if name not in sys.modules]
    for name in absent:
        sys.modules[name] = None  # type: ignore[assignment]  # None: an import finds nothing
    try:
        yield
    finally:
        for name in absent:
            sys.modules.pop(name, None)
