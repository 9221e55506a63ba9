"""The user's warning filters, for their code alone.

`python -W error` and PYTHONWARNINGS hold in the process of a port as soon as its file has been
imported, for warnings of the user's own modules: what a framework or the harness warns of is no
finding, nor is what an import does. Nor is what NumPy says of numbers that are too large: the
harness chose them, and what comes out is judged.
"""

import json
import os
import sys
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

from .own_modules import is_own_place

NUMBERS = "(overflow|underflow|divide by zero|invalid value) encountered"  # as NumPy warns of them
VARIABLE = "TRUEPORT_WARNINGS"  # in the environment of a worker: `sys.warnoptions` of its parent


class OwnModules:
    """Stands for the pattern of a filter, and matches the names of the user's modules alone.

    find_module: from a name to the module that is the user's under it.
    """

    def __init__(
        self, folder: str, find_module: Callable[[str], ModuleType | None], pattern: Any
    ) -> None:
        self.folder, self.find_module, self.pattern = folder, find_module, pattern

    def match(self, name: str) -> bool:
        """Tell whether a filter is meant for a module."""
        if self.pattern is not None and not self.pattern.match(name):
            return False
        file = str(getattr(self.find_module(name), "__file__", None) or "")
        return file.startswith(self.folder) and is_own_place(file)


def keep_warning_filters(environment: dict[str, str], is_target: bool) -> None:
    """Take the user's filters out of a worker's environment, where they would hold for everything.

    is_target: for a process that runs the user's code, which is told of them.

    >>> given = {"PYTHONWARNINGS": "error"}
    >>> keep_warning_filters(given, is_target=False)
    >>> given
    {}
    """
    environment.pop("PYTHONWARNINGS", None)
    environment.pop(VARIABLE, None)
    if is_target and sys.warnoptions:  # PYTHONWARNINGS and -W, as the interpreter read them
        environment[VARIABLE] = json.dumps(sys.warnoptions)


def apply_warning_filters(
    folder: str, find_module: Callable[[str], ModuleType | None]
) -> list[str]:
    """Let the user's filters hold for their modules, which lie in folder; return what to say."""
    options = json.loads(os.environ.get(VARIABLE, "[]"))
    for option in options:
        with warnings.catch_warnings():
            warnings.resetwarnings()
            # the one reader of -W that there is; what it cannot read, Python has complained of
            warnings._processoptions([option])  # type: ignore[attr-defined]
            found = list(warnings.filters)
        for action, message, category, module, line in found:
            own = OwnModules(folder, find_module, module)
            warnings.simplefilter("ignore", lineno=sys.maxsize)  # a place that no filter has
            warnings.filters[0] = (action, message, category, own, line)  # type: ignore[index]
    if not options:
        return []
    warnings.filterwarnings("ignore", NUMBERS, RuntimeWarning)
    return [f"your warning filters hold for your own code: {', '.join(options)}"]
