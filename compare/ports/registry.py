"""Where ports come from: built in, or registered by an installed package.

A package offers its port through an entry point of group `trueport.ports`, whose name is the
port's and whose value is the importable module, with the framework that it imports behind a colon:
`jax = "jax_impl:jax"`; without one it takes NumPy's arrays. `[widens]` behind that says what
`PortSpec.widens` does. See docs/adding-a-port.md.
"""

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points

from .frameworks import FRAMEWORKS

ENTRY_POINTS = "trueport.ports"


@dataclass(frozen=True)
class PortSpec:
    """name: as the user types it. module: importable. framework: a key of `FRAMEWORKS`.

    requires: the packages without which it cannot run.
    widens: its `train` takes float32 images beside float64 parameters, so that it can read those
        that all processes share.
    """

    name: str
    module: str
    framework: str
    requires: tuple[str, ...]
    widens: bool = False

    def find_missing_packages(self) -> list[str]:
        """Return the required packages that are not installed."""
        return [name for name in self.requires if importlib.util.find_spec(name) is None]


BUILT_IN_PORTS = (
    PortSpec("reference", "trueport.reference", "numpy", ("numpy",), widens=True),
    PortSpec("torch", "trueport.torch_impl", "torch", ("torch",), widens=True),
    PortSpec(
        "keras", "trueport.keras_impl", "keras", ("keras", "tensorflow", "pandas"), widens=True
    ),
    PortSpec(
        "keras[torch]", "trueport.keras_impl", "keras[torch]", ("keras", "torch", "pandas"), True
    ),
    PortSpec("keras[jax]", "trueport.keras_impl", "keras[jax]", ("keras", "jax", "pandas"), True),
    PortSpec(
        "torch-idiomatic", "trueport.compare.chapter.idiomatic.torch_port", "torch", ("torch",)
    ),
    PortSpec(
        "keras-idiomatic",
        "trueport.compare.chapter.idiomatic.keras_port",
        "keras",
        ("keras", "tensorflow"),
        widens=True,
    ),
)


def load_ports() -> dict[str, PortSpec]:
    """Every port by name, the built-in ones first.

    Raises ValueError for an entry point that names no kind of array that there is.
    """
    ports = {port.name: port for port in BUILT_IN_PORTS}
    for entry in entry_points(group=ENTRY_POINTS):
        framework = entry.attr or "numpy"
        if framework not in FRAMEWORKS:
            raise ValueError(
                f"the framework of port {entry.name!r} must be of {', '.join(FRAMEWORKS)} "
                f"(got {framework!r})"
            )
        requires = (entry.module.split(".")[0], *FRAMEWORKS[framework].packages)
        widens = "widens" in entry.extras
        port = PortSpec(entry.name, entry.module, framework, requires, widens)
        ports.setdefault(entry.name, port)
    return ports


def find_ports(names: list[str]) -> list[PortSpec]:
    """Return the ports of these names, each once, in this order.

    Raises ValueError for a name that nobody offers.

    >>> find_ports(["torch", "pytorch"])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
      ...
    ValueError: unknown port 'pytorch': known are reference, torch, keras, ...
    """
    ports = load_ports()
    for name in names:
        if name not in ports:
            raise ValueError(f"unknown port {name!r}: known are {', '.join(ports)}")
    return [ports[name] for name in dict.fromkeys(names)]


KERAS_PORTS = {"tensorflow": "keras", "torch": "keras[torch]", "jax": "keras[jax]"}


def expand_backends(names: Sequence[str], backends: Sequence[str]) -> tuple[str, ...]:
    """Return names with Keras on these backends: in the place of "keras", or behind the rest.

    "all" stands for every backend that is installed. Raises ValueError for one that Keras has not.

    >>> expand_backends(("reference", "keras"), ("tensorflow", "torch"))
    ('reference', 'keras', 'keras[torch]')
    >>> expand_backends(("reference",), ("theano",))
    Traceback (most recent call last):
      ...
    ValueError: --backend must be of tensorflow, torch, jax or all (got theano)
    """
    if not backends:
        return tuple(names)
    for name in backends:
        if name not in (*KERAS_PORTS, "all"):
            raise ValueError(f"--backend must be of {', '.join(KERAS_PORTS)} or all (got {name})")
    installed = [b for b in KERAS_PORTS if importlib.util.find_spec(b) is not None]
    ports = [KERAS_PORTS[b] for b in (installed if "all" in backends else backends)]
    place = names.index("keras") if "keras" in names else len(names)
    chosen = [*names[:place], *ports, *(n for n in names[place:] if n != "keras")]
    return tuple(dict.fromkeys(chosen))
