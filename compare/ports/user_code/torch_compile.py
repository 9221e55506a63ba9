"""What torch.compile changes by itself for its whole process: that is nothing of the port's."""

import re
import sys
from typing import Any

VARIABLES = re.compile("_?(?:TORCHINDUCTOR|TRITON)_")  # that say where it keeps what it compiles
RECURSION_LIMIT = 2000  # to which it raises a lower one


def is_own_variable(name: str) -> bool:
    """Whether a variable of the environment is one of those that it sets.

    >>> is_own_variable("TORCHINDUCTOR_CACHE_DIR"), is_own_variable("HOME")
    (True, False)
    """
    return VARIABLES.match(name) is not None


def is_own_limit(before: Any, now: Any) -> bool:
    """Whether a recursion limit is what it makes of another."""
    return "torch._inductor" in sys.modules and now == max(before, RECURSION_LIMIT)


def is_own_wrapper(before: Any, now: Any) -> bool:
    """Whether a function is another one that torch has wrapped, so as not to be compiled."""
    module = getattr(now, "__globals__", {}).get("__name__", "")
    return module.partition(".")[0] == "torch" and getattr(now, "__wrapped__", None) is before
