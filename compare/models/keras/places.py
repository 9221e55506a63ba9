"""The line of the user's own code that is being run."""

import os
import sys
import sysconfig

_COMPARE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_NOT_USERS = tuple({sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")})
_RUN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "side.py")


def find_place() -> str:
    """Return the nearest line of the user's code that led here, "file.py:12", or ""."""
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        path = os.path.abspath(name)
        if path == _RUN and frame.f_code.co_name == "_call":
            return ""  # beyond is who asks for the run
        if not name.startswith("<") and not path.startswith((*_NOT_USERS, _COMPARE + os.sep)):
            return f"{os.path.basename(name)}:{frame.f_lineno}"
        frame = frame.f_back  # type: ignore[assignment]
    return ""
