"""Where ports come from: a suite's own, and the entry points of installed packages.

`jax = "jax_impl:jax [widens]"`: name, module, framework (or NumPy's), see docs/adding-a-port.md.
"""

from collections.abc import Iterable
from importlib.metadata import entry_points

from ..suite.component import PortSpec
from ..suite.suite import Suite
from .frameworks import FRAMEWORKS

ENTRY_POINTS = "trueport.ports"


def find_ports(suite: Suite, names: Iterable[str]) -> list[PortSpec]:
    """Return the ports of these names, each once. Raises ValueError for what nobody offers.

    >>> from trueport.compare.chapter.suite import CHAPTER
    >>> find_ports(CHAPTER, ["torch", "pytorch"])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
      ...
    ValueError: unknown port 'pytorch': known are reference, torch, keras, ...
    """
    ports = dict(suite.ports)
    for entry in entry_points(group=ENTRY_POINTS):
        framework = entry.attr or "numpy"
        if framework not in FRAMEWORKS:
            raise ValueError(
                f"the framework of port {entry.name!r} must be of {', '.join(FRAMEWORKS)} "
                f"(got {framework!r})"
            )
        requires = (entry.module.split(".")[0], *FRAMEWORKS[framework].packages)
        port = PortSpec(entry.name, entry.module, framework, requires, "widens" in entry.extras)
        ports.setdefault(entry.name, port)
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        if name not in ports:
            raise ValueError(f"unknown port {name!r}: known are {', '.join(ports)}")
    return [ports[name] for name in wanted]
