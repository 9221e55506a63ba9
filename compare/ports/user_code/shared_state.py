"""What all code of a process shares, and one function of a user's must not change for the next.

What a file sets when it is imported is its author's, and holds for all of its functions. What a
call changes is put back behind it, and said. Names that a file gives another meaning in NumPy and
its like have that meaning in the user's calls alone, and not in what judges them.
"""

import contextlib
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from .torch_compile import is_own_limit, is_own_variable, is_own_wrapper

# modules, and classes in them, whose functions a user's code may replace
PLACES = (
    *("builtins", "math", "random", "numpy", "numpy.linalg", "numpy.random", "numpy.fft"),
    *("scipy.special", "torch", "torch.linalg", "torch.nn.functional", "torch.Tensor"),
    *("tensorflow", "keras.ops", "jax.numpy", "jax.nn"),
)
FOLLOWING = {("torch", "Storage")}  # torch sets it with its default dtype
SMALLEST = 5e-324  # which is zero where a processor rounds such numbers to zero
get_errors, set_errors = np.geterr, np.seterr  # a user's code may replace them

Names = Mapping[tuple[str, str], Any]  # from a place and a name in it to what that is


@dataclass(frozen=True)
class Setting:
    """One thing that a process has once. needs: the module without which it is not there.

    told: whether a change of it is said: what an import inside a function does to it, too.
    own: whether a change, from the first to the second, is torch's own, and not said.
    """

    name: str
    read: Callable[[], Any]
    write: Callable[[Any], object]
    needs: str = "builtins"
    told: bool = True
    own: Callable[[Any, Any], bool] = lambda before, now: False


def read_folder() -> str:
    """Return the working folder; "" if it has been deleted."""
    try:
        return os.getcwd()
    except OSError:
        return ""


def read_environment() -> dict[str, str]:
    """Return the environment, without what torch.compile keeps there."""
    return {name: value for name, value in os.environ.items() if not is_own_variable(name)}


def write_environment(values: Mapping[str, str]) -> None:
    """Make the environment hold these, and nothing else."""
    for name in set(read_environment()) - set(values):
        del os.environ[name]
    os.environ.update(values)


def write_filters(filters: list[Any]) -> None:
    """Make these the warning filters."""
    warnings.resetwarnings()  # which lets Python forget what it has looked up by the others
    warnings.filters[:] = filters  # type: ignore[index]


def read_streams() -> tuple[Any, Any, bool]:
    """Return where is printed, and whether that is still open."""
    streams = (sys.stdout, sys.stderr)
    return *streams, all(not getattr(stream, "closed", True) for stream in streams)


def write_streams(values: tuple[Any, Any, bool]) -> None:
    """Make these the places where is printed; one that was closed is opened anew."""
    sys.stdout, sys.stderr = (
        open(number, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115  # for good
        if stream.closed
        else stream
        for number, stream in zip((1, 2), values, strict=False)
    )


def read_descriptors() -> list[tuple[int, int] | None]:
    """Return which files the descriptors of stdout and stderr stand for; None for one closed."""
    return [read_descriptor(number) for number in (1, 2)]


def read_descriptor(number: int) -> tuple[int, int] | None:
    """Return which file a descriptor stands for."""
    try:
        told = os.fstat(number)
    except OSError:
        return None
    return told.st_dev, told.st_ino


def write_descriptors(values: list[tuple[int, int] | None]) -> None:
    """Let stdout and stderr stand for one another's file again, where one of the two is left."""
    now = read_descriptors()
    for number, other in ((1, 2), (2, 1)):
        if now[number - 1] != values[number - 1] and now[other - 1] == values[number - 1]:
            os.dup2(other, number)


def get_torch() -> Any:
    """Return torch, which is there."""
    return sys.modules["torch"]


def get_keras_config() -> Any:
    """Return the settings of Keras, which is there."""
    return sys.modules["keras"].config


def flushes_to_zero() -> bool:
    """Whether the processor rounds the smallest numbers to zero."""
    return bool(np.float64(SMALLEST) * np.float64(1.0) == 0.0)


def write_flushing(flushes: bool) -> None:
    """Let the processor round the smallest numbers to zero, or not; torch knows how to."""
    if "torch" in sys.modules:
        get_torch().set_flush_denormal(flushes)


SETTINGS = (
    Setting("the working folder", read_folder, os.chdir),
    Setting("the environment", read_environment, write_environment),
    Setting("np.seterr", get_errors, lambda value: set_errors(**value)),
    Setting("the recursion limit", sys.getrecursionlimit, sys.setrecursionlimit, own=is_own_limit),
    Setting("the warning filters", lambda: list(warnings.filters), write_filters, told=False),
    Setting("the file behind stdout or stderr", read_descriptors, write_descriptors),
    Setting("sys.stdout or sys.stderr", read_streams, write_streams),
    Setting("how the smallest numbers are rounded", flushes_to_zero, write_flushing),
    Setting(
        "torch's default dtype",
        lambda: get_torch().get_default_dtype(),
        lambda value: get_torch().set_default_dtype(value),
        "torch",
    ),
    Setting(
        "torch's default device",
        lambda: get_torch().get_default_device(),
        lambda value: get_torch().set_default_device(value),
        "torch",
    ),
    Setting(
        "whether torch keeps track of gradients",
        lambda: get_torch().is_grad_enabled(),
        lambda value: get_torch().set_grad_enabled(value),
        "torch",
    ),
    Setting(
        "Keras's floatx",
        lambda: get_keras_config().floatx(),
        lambda value: get_keras_config().set_floatx(value),
        "keras",
    ),
    Setting(
        "Keras's dtype policy",
        lambda: get_keras_config().dtype_policy(),
        lambda value: get_keras_config().set_dtype_policy(value),
        "keras",
    ),
    Setting(
        "JAX's float64",
        lambda: sys.modules["jax"].config.jax_enable_x64,
        lambda value: sys.modules["jax"].config.update("jax_enable_x64", value),
        "jax",
    ),
)


def read_settings() -> list[tuple[Setting, Any]]:
    """Return every setting that can be read here, with what it is."""
    found = []
    for setting in SETTINGS:
        if setting.needs in sys.modules:
            with contextlib.suppress(Exception):  # an older version, or a stand-in, has it not
                found.append((setting, setting.read()))
    return found


def find_place(place: str) -> Any:
    """Return a module, or a class of one, if it has been imported."""
    if place in sys.modules:
        return sys.modules[place]
    module, _, name = place.rpartition(".")
    return vars(sys.modules[module]).get(name) if module in sys.modules else None


def read_names() -> Names:
    """Return the public functions of `PLACES` as they are."""
    return {
        (place, name): value
        for place in PLACES
        if (owner := find_place(place)) is not None
        for name, value in list(vars(owner).items())
        if not name.startswith("_") and callable(value)
        if (place, name) not in FOLLOWING
    }


def write_names(names: Names) -> None:
    """Give names in `PLACES` a meaning."""
    for (place, name), value in names.items():
        setattr(find_place(place), name, value)


class SharedState:
    """What is shared after a user's file has been run. told: what its calls have changed since.

    pristine: what `read_names` gave before.

    >>> state = SharedState(read_names())
    >>> with state.in_force("softmax"):
    ...     _, np.exp = np.seterr(all="raise"), np.tanh
    >>> float(np.exp(0.0)), np.geterr()["over"], len(state.told)
    (1.0, 'warn', 2)
    """

    def __init__(self, pristine: Names) -> None:
        self.theirs = read_names()
        self.own = {
            key: pristine[key]
            for key, value in self.theirs.items()
            if pristine.get(key, value) is not value
        }
        self.places = {place: vars(find_place(place)) for place in {key[0] for key in self.theirs}}
        self.told: list[str] = []
        write_names(self.own)

    @contextmanager
    def in_force(self, name: str) -> Iterator[None]:
        """In the block a user's code runs; what it changes for others is put back behind it.

        name: of the function that is called.
        """
        with self.settings_held(name), self.names_in_force(name):
            yield

    @contextmanager
    def settings_held(self, name: str) -> Iterator[None]:
        """Put the settings alone back behind the block, in which several calls may need them."""
        before = read_settings()
        try:
            yield
        finally:
            for setting, value in before:
                self.put_back(name, setting, value)

    @contextmanager
    def names_in_force(self, name: str) -> Iterator[None]:
        """In the block the names that a user's code replaces have its meaning."""
        write_names({key: self.theirs[key] for key in self.own})
        try:
            yield
        finally:
            self.put_names_back(name)  # before all that needs them
            write_names(self.own)

    def put_back(self, name: str, setting: Setting, value: Any) -> None:
        """Put one setting back, if it is not what it was, and say so."""
        if (now := setting.read()) == value:
            return
        with contextlib.suppress(Exception):  # where it cannot be, that is said
            setting.write(value)
        if setting.read() != value and setting.read is not read_streams:
            self.tell(
                f"{name} changes {setting.name} for its whole process, and that cannot be put "
                "back: what ran after it may be off for that; check it by itself"
            )
        elif setting.told and not setting.own(value, now):
            self.tell(f"{name} changes {setting.name} for its whole process: put back each time")

    def put_names_back(self, name: str) -> None:
        """Put back the functions of packages that a call has replaced or deleted, and say so."""
        changed = {
            (place, key): value
            for (place, key), value in self.theirs.items()
            if (now := self.places[place].get(key)) is not value and not is_own_wrapper(value, now)
        }
        if changed:
            write_names(changed)
            shown = ", ".join(f"{place}.{key}" for place, key in list(changed)[:3])
            told = f"{name} replaces {shown} for its whole process: put back each time"
            self.tell(told)

    def tell(self, words: str) -> None:
        """Remember what is to be said, once."""
        if words not in self.told:
            self.told.append(words)
