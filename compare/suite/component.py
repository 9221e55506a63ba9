"""A port, one thing that it may offer, and the one way to call it.

The same `call` runs on a port, on the reference (the truth), and on the reference with
error-carrying arrays (the budget), so that there is nothing to keep in step.
"""

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Inputs = Mapping[str, Any]
Outputs = dict[str, Any]


class View(Protocol):
    """A port as the components see it: its names, and its kind of array."""

    def get(self, name: str) -> Any:
        """Return what the port has under a (dotted) name."""

    def array(self, value: Any) -> Any:
        """Return a NumPy array as the port's own kind of array."""

    def assign(self, old: Any, new: Any) -> Any:
        """Return what a slot that holds old shall hold, so that its value is new."""


Adapter = Callable[[View, Inputs], Outputs]


@dataclass(frozen=True)
class Component:
    """One thing that a port may offer.

    call: takes a view of a port and the inputs of a case, already the port's own arrays, and
        returns its outputs by name.
    expected: inputs to {output: (want, allowed)}, for outputs that are statistics of random draws;
        else the reference is the truth.
    unpromised: outputs, and arguments that a port changes, of which the suite promises nothing: to
        what is said if one departs, or comes although the truth has none.
    printed_forms: keys of the suite's faults of kind "limit": forms of it that the source of the
        truth prints for some inputs alone.
    wider_forms: to a way of calling, the other that it needs: one is not offered without the other.
    """

    name: str  # unique, as the report shows it
    gate: str  # one of the suite's
    needs: tuple[str, ...]  # the names that the port must have, "Class.method" for a method
    call: Adapter
    parts: tuple[str, ...] = ()  # the components that it is made of, whose fault shows here too
    stored_dtype: str | None = None  # that the outputs are kept in, whatever the port computes in
    expected: Callable[[Inputs], dict[str, tuple[Any, float]]] | None = None
    unpromised: Mapping[str, str] = field(default_factory=dict)
    printed_forms: tuple[str, ...] = ()
    wider_forms: Mapping[str, str] = field(default_factory=dict)
    # outputs that are shares of samples, to the input that holds these: each may be a rounding
    counts: Mapping[str, str] = field(default_factory=dict)
    limit: str = ""  # what is said of a case that is not promised, in place of the numbers


@dataclass(frozen=True)
class PortSpec:
    """A port, by the name that the user types.

    widens: its `train` takes float32 images, which all processes share, beside float64 parameters.
    """

    name: str
    module: str
    framework: str  # a key of `ports.frameworks.FRAMEWORKS`
    requires: tuple[str, ...]  # the packages without which it cannot run
    widens: bool = False

    def find_missing_packages(self) -> list[str]:
        """Return the required packages that are not installed."""
        return [name for name in self.requires if importlib.util.find_spec(name) is None]
