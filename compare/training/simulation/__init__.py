"""Causes of a training that departs: changed references trained beside the recording."""

from .causes import CauseSearchResult, TrainingCause, find_recording_causes
from .simulator import RecordedTraining

__all__ = ["CauseSearchResult", "RecordedTraining", "TrainingCause", "find_recording_causes"]
