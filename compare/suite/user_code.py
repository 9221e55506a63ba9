"""How a stranger's code is taken for what a suite asks for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Modules = Mapping[str, dict[str, Any] | None]  # None: a module that swallows whatever is asked


@dataclass
class Adoption:
    """What was taken up of a stranger's module, as far as it is said to the user.

    layout: how a network's parameters lie.
    sizes: of a network that has one size alone.
    notes: sentences.
    not_looked_at: public functions and classes of the file that were not taken up, each with the
        suite's name that it may be meant for, or "".
    """

    layout: dict[str, str] = field(default_factory=dict)
    sizes: list[int] | None = None
    notes: list[str] = field(default_factory=list)
    not_looked_at: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class UserCodeRules:
    """What the engine needs to know to open a stranger's file as a port of a suite.

    adopt: fills a view with what a module offers, or with the one thing that was named; takes the
        view, the names that are the author's, the name or None, a loss (name, function) or None.
    examples: some of the suite's names, for people.
    modules: stand-ins for modules that such files import, before an installed package of that name.
    data_modules: of a framework that is imported for its data set alone, below "keras".
    optional_modules: for what is not installed.
    serve_data: lets the loaders of installed packages answer offline; takes the text of the user's
        files.
    """

    adopt: Callable[[Any, Any, str | None, tuple[str, Any] | None], Adoption]
    examples: str
    modules: Mapping[str, dict[str, Any]]
    data_modules: Modules
    optional_modules: Modules
    serve_data: Callable[[str], None]
