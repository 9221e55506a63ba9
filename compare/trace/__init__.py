"""Causes of a training that departs: changed references trained beside the recording."""

from compare.trace.bench import Observed
from compare.trace.causes import Cause, Found, find_causes

__all__ = ["Cause", "Found", "Observed", "find_causes"]
