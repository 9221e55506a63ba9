"""Anybody's code as a port: `parse_target` where the user is asked, `open_target` where it runs.

`parse_target` looks and runs nothing. `open_target` belongs into a worker process: it changes the
working directory and `sys.path`, and the user's code may do what it likes.
"""

from .errors import TargetError
from .loading import IMPORT_LIMIT
from .open import open_target
from .target import Target, parse_target

__all__ = ["IMPORT_LIMIT", "Target", "TargetError", "open_target", "parse_target"]
