"""The line of the user's own code that is being run."""

import os
import sys

from ...ports.user_code.own_modules import is_own_place

_COMPARE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_RUN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "side.py")


def find_place() -> str:
    """Return the nearest line of the user's code that led here, "file.py:12", or ""."""
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if os.path.abspath(name) == _RUN and frame.f_code.co_name == "_call":
            return ""  # beyond is who asks for the run
        if is_own_place(name) and not name.startswith(_COMPARE + os.sep):
            return f"{os.path.basename(name)}:{frame.f_lineno}"
        frame = frame.f_back  # type: ignore[assignment]
    return ""
