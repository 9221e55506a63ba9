"""Causes of a training that departs: changed references trained beside the recording."""

from .causes import Cause, Found, find_causes
from .simulator import Observed

__all__ = ["Cause", "Found", "Observed", "find_causes"]
