"""How a stranger's code is taken for what a suite asks for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Modules = Mapping[str, dict[str, Any] | None]  # None: a module that swallows whatever is asked


@dataclass
class Adoption:
    """What was taken up of a stranger's module, as far as it is said to the user."""

    layout: dict[str, str] = field(default_factory=dict)  # how a network's parameters lie
    sizes: list[int] | None = None  # of a network that has one size alone
    notes: list[str] = field(default_factory=list)  # sentences
    # public functions and classes that were not taken up, each with the suite's name that it may
    # be meant for, or ""
    not_looked_at: list[tuple[str, str]] = field(default_factory=list)
    # components, and what of their way of being called is another, which no case asks for
    limits: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class UserCodeRules:
    """What the engine needs to know to open a stranger's file as a port of a suite.

    adopt: fills a view with what a module offers, or with the one thing that was named; takes the
        view, the author's own names, the name or None, a loss (name, function) or None.
    serve_data: lets the loaders of installed packages answer offline; takes the files' text.
    """

    adopt: Callable[[Any, Any, str | None, tuple[str, Any] | None], Adoption]
    examples: str  # some of the suite's names, for people
    modules: Mapping[str, dict[str, Any]]  # stand-ins, before an installed package of that name
    data_modules: Modules  # of a framework, below "keras", for its data set alone
    optional_modules: Modules  # for what is not installed
    serve_data: Callable[[str], None]
