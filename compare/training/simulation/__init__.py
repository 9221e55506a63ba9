"""Causes of a training that departs: changed references trained beside the recording."""

from .causes import find_recording_causes
from .hypotheses import CauseSearchResult, TrainingCause
from .recorded import RecordedTraining

__all__ = ["CauseSearchResult", "RecordedTraining", "TrainingCause", "find_recording_causes"]
