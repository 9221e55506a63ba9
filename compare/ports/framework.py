"""What the harness needs to know of a framework."""

import gc
import importlib
import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

seed_python, seed_numpy = random.seed, np.random.seed  # a user's port may have replaced them
Generator = random.Random


class Framework:
    """A kind of array, and how a port is given it; what is not overridden is NumPy's way."""

    name: str  # as the reports show it
    packages: tuple[str, ...] = ()  # whose versions are recorded
    ops = "numpy"  # the module of its own operations, under NumPy's names
    unused_packages: tuple[str, ...] = ()  # that it imports, and no port of ours needs
    seeds_slowly = False  # whether `seed` takes longer than most cases

    def configure(self, dtype: str, threads: int) -> None:
        """Prepare it, once, before the port is imported."""

    def set_dtype(self, dtype: str) -> None:
        """Make a dtype the default, at any time."""

    def array(self, value: np.ndarray) -> Any:
        """Return a NumPy array as the framework's, on memory of its own."""
        return value.copy("K")

    def share(self, value: np.ndarray) -> Any:
        """As `array`, but on the same memory where it can: for images too large for many copies."""
        return self.array(value)

    def assign(self, old: Any, new: Any) -> Any:
        """Return what a parameter slot that holds old shall hold now."""
        if hasattr(old, "assign"):
            old.assign(new)
            return old
        return new

    def threads(self) -> dict[str, int]:
        """How many its own kernels use, by name; those of BLAS are held by the environment."""
        return {}

    def release(self) -> None:
        """Let go of what it has compiled, for shapes that may not come again."""

    def seed(self, seed: int) -> None:
        """Seed the global generator that it has besides Python's and NumPy's, if any."""

    def start(self, dtype: str, threads: int, whole: bool = False) -> None:
        """Call `configure` and seed. whole: import what is unused too, as a user's file may."""
        collecting = gc.isenabled()
        gc.disable()  # an import makes what stays: to look through it again and again takes a fifth
        try:
            with hide_packages(() if whole else self.unused_packages):
                self.configure(dtype, threads)
        finally:
            if collecting:
                gc.enable()
        self.seed_generators()

    def seed_generators(self, seed: int = 0, draws: bool = True) -> None:
        """Seed all that a port may draw from; what is slow to seed only if it draws.

        >>> from trueport.compare.ports.frameworks import FRAMEWORKS
        >>> FRAMEWORKS["numpy"].seed_generators(1)
        >>> round(random.random(), 3), np.random.randint(100)
        (0.134, 37)
        """
        seed_python(seed)
        seed_numpy(seed)
        # where NumPy takes the seeds of generators that are given none, as default_rng() makes
        vars(np.random.bit_generator)["randbits"] = Generator(seed).getrandbits
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
